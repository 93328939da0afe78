import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { UsageError } from './usage-error.ts'

/** Reads a file that the user named. @throws UsageError */
export function readText(file: string): string {
  try {
    return readFileSync(resolve(file), 'utf8')
  } catch (error) {
    throw new UsageError(`${file}: can't be read (${(error as NodeJS.ErrnoException).code})`)
  }
}

/** Writes a file that the user named. @throws UsageError */
export function writeText(file: string, text: string): void {
  try {
    writeFileSync(resolve(file), text)
  } catch (error) {
    throw new UsageError(`${file}: can't be written (${(error as NodeJS.ErrnoException).code})`)
  }
}
