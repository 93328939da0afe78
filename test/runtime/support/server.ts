/** A PostgreSQL server of the tests' own, in a temporary folder, reachable on 127.0.0.1 with a password. */
import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Binaries, findBinaries } from './binaries.ts'

export const folderPrefix = 'tenantize-postgres-'

/** What speeds up a server whose data nobody needs after the test. */
const settings = [
  ['listen_addresses', '127.0.0.1'],
  ['unix_socket_directories', ''],
  ['fsync', 'off'],
  ['synchronous_commit', 'off'],
  ['full_page_writes', 'off'],
  ['autovacuum', 'off'],
  ['shared_buffers', '32MB'],
  ['max_connections', '400'],
].flatMap(([name, value]) => ['-c', `${name}=${value}`])

export class PostgresServer {
  #process: ChildProcess | undefined
  #log = ''

  private constructor(
    readonly folder: string,
    readonly port: number,
    readonly password: string,
    private readonly binaries: Binaries,
  ) {}

  /** Makes a cluster and starts it. About two seconds. */
  static async create(): Promise<PostgresServer> {
    const binaries = await findBinaries()
    const folder = mkdtempSync(join(tmpdir(), folderPrefix))
    const server = new PostgresServer(folder, await freePort(), randomBytes(12).toString('hex'), binaries)
    try {
      server.#initialise()
      await server.start()
      return server
    } catch (error) {
      await server.remove()
      throw error
    }
  }

  /** @returns the URL of a database, by default as the superuser */
  url(database = 'postgres', user = 'postgres', password = this.password): string {
    return `postgres://${user}:${password}@127.0.0.1:${this.port}/${database}`
  }

  async start(): Promise<void> {
    const parameters = ['-D', this.#data, '-p', String(this.port), ...settings]
    const child = spawn(this.binaries.postgres, parameters, {
      ...this.#options,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.#process = child
    this.#log = ''
    await new Promise<void>((resolve, reject) => {
      child.stderr!.setEncoding('utf8').on('data', (text: string) => {
        this.#log = (this.#log + text).slice(-20_000)
        if (this.#log.includes('ready to accept connections')) resolve()
      })
      child.once('error', reject)
      child.once('exit', (code) => reject(new Error(`PostgreSQL ended with ${code}:\n${this.#log}`)))
    })
    // The test must not wait for the server to end.
    child.unref()
    ;(child.stderr as unknown as { unref(): void }).unref()
  }

  /**
   * `fast` rolls back and disconnects everybody, `immediate` crashes as a machine would.
   */
  async stop(mode: 'fast' | 'immediate' = 'fast'): Promise<void> {
    const child = this.#process
    this.#process = undefined
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    child.ref()
    const ended = once(child, 'exit')
    child.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT')
    await ended
  }

  /** Stops the server and removes its folder. */
  async remove(): Promise<void> {
    await this.stop('immediate')
    rmSync(this.folder, { recursive: true, force: true })
  }

  get #data(): string {
    return join(this.folder, 'data')
  }

  /** PostgreSQL refuses to run as root. */
  get #options(): SpawnOptions {
    const environment = { ...process.env, LC_ALL: 'C', LC_MESSAGES: 'C' }
    const base = { cwd: this.folder, env: environment }
    return process.getuid?.() === 0 ? { ...base, ...ordinaryUser() } : base
  }

  #initialise(): void {
    const passwordFile = join(this.folder, 'password')
    writeFileSync(passwordFile, this.password)
    if (process.getuid?.() === 0) {
      const { uid, gid } = ordinaryUser()
      for (const path of [this.folder, passwordFile]) chownSync(path, uid, gid)
    }
    chmodSync(this.folder, 0o700)
    writeFileSync(join(this.folder, 'owner'), String(process.pid))
    const parameters = [
      '-D',
      this.#data,
      '-U',
      'postgres',
      '--auth=scram-sha-256',
      `--pwfile=${passwordFile}`,
    ]
    execFileSync(this.binaries.initdb, [...parameters, '--no-sync', '--locale=C', '-E', 'UTF8'], {
      ...this.#options,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
  }
}

/** The user a root process runs the server as. */
function ordinaryUser(): { uid: number; gid: number } {
  for (const name of ['postgres', 'nobody']) {
    const entry = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .find(([user]) => user === name)
    if (entry !== undefined) return { uid: Number(entry[2]), gid: Number(entry[3]) }
  }
  throw new Error('PostgreSQL does not run as root, and there is no user "postgres" or "nobody" to run it as')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
