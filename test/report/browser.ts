/** Finds Chromium: Debian's package, or another one on this machine. */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const places = [
  ...(process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== ''),
  '/usr/bin',
  '/usr/lib/chromium',
  '/snap/bin',
]

/** @returns the path of the program; undefined when there is none */
export function findBrowser(): string | undefined {
  const candidates = [
    process.env.CHROMIUM_PATH ?? '',
    ...places.flatMap((folder) => names.map((name) => join(folder, name))),
  ]
  return candidates.find((file) => {
    try {
      accessSync(file, constants.X_OK)
      return file !== ''
    } catch {
      return false
    }
  })
}
