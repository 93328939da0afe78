/** Builds what bin/tenantize.js runs, when it is missing or older than the source. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

export function setup(): void {
  const built = `${root}dist/cli.js`
  if (existsSync(built) && newest(`${root}src`) <= statSync(built).mtimeMs) return
  execFileSync(process.execPath, [`${root}scripts/build.js`], { stdio: 'inherit' })
}

function newest(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  return Math.max(...files.map((entry) => statSync(`${entry.parentPath}/${entry.name}`).mtimeMs))
}
