import { existsSync, readFileSync } from 'node:fs'

/** The version of this package; the file lies one folder up from dist/, two from its source. */
export const version: string = JSON.parse(
  readFileSync(
    ['../package.json', '../../package.json']
      .map((path) => new URL(path, import.meta.url))
      .find((url) => existsSync(url))!,
    'utf8',
  ),
).version
