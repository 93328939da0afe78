// Whoever asks for `typescript` gets the one of this folder: what typescript-eslint shares with others lies higher up,
// beside a TypeScript that it can't use.
const Module = require('node:module')

const resolve = Module._resolveFilename
Module._resolveFilename = function (request, parent, ...rest) {
  if (request === 'typescript' || request.startsWith('typescript/'))
    return resolve.call(this, request, module, ...rest)
  return resolve.call(this, request, parent, ...rest)
}
