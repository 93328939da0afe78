/** Builds what bin/tenantize.js runs, when it is missing or older than the source. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const lock = `${root}node_modules/.tenantize-build`

export async function setup(): Promise<void> {
  if (isFresh()) return
  await acquire()
  try {
    // Another run may have built it while this one waited.
    if (!isFresh()) build()
  } finally {
    rmSync(lock, { recursive: true, force: true })
  }
}

function build(): void {
  try {
    execFileSync(process.execPath, [`${root}scripts/build.js`], { stdio: 'inherit' })
  } catch (error) {
    // The program comes first, its types after it: a type error is for the type check to report.
    if (!isFresh()) throw error
  }
}

/** Two runs at a time would each remove what the other has built. */
async function acquire(): Promise<void> {
  for (let waited = 0; ; waited += 100) {
    try {
      mkdirSync(lock)
      return
    } catch {
      if (waited > 30_000) rmSync(lock, { recursive: true, force: true })
      await setTimeout(100)
    }
  }
}

function isFresh(): boolean {
  const built = `${root}dist/cli.js`
  return existsSync(built) && newest(`${root}src`) <= statSync(built).mtimeMs
}

function newest(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  return Math.max(...files.map((entry) => statSync(`${entry.parentPath}/${entry.name}`).mtimeMs))
}
