// Builds dist/: the JavaScript is bundled with code splitting, because starting Node on a few files is faster
// than on a hundred; the types are emitted by the compiler.
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
rmSync(`${root}dist`, { recursive: true, force: true })

await build({
  absWorkingDir: root,
  entryPoints: { index: 'src/index.ts', cli: 'src/cli/main.ts', shard: 'src/lint/shard-thread.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  // jsonc-parser's `main` is a UMD file that can't be bundled.
  mainFields: ['module', 'main'],
  target: 'node20.19',
  // Small pure-JavaScript libraries are bundled for a quick start; native and large ones stay outside.
  external: ['oxc-parser', 'oxc-resolver', 'ts-morph', 'libpg-query'],
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
})

execFileSync(
  process.execPath,
  [
    fileURLToPath(import.meta.resolve('typescript/package.json')).replace('package.json', 'bin/tsc'),
    '-p',
    'tsconfig.types.json',
  ],
  { cwd: root, stdio: 'inherit' },
)
