/**
 * One server for a whole run of the tests, started when the first test asks for it. Vitest runs this file in its main
 * process; the workers ask it over HTTP.
 */
import { once } from 'node:events'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { folderPrefix, PostgresServer } from './server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where to ask for the server. */
    readonly postgresBroker: string
  }
}

let running: Promise<PostgresServer> | undefined

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const broker = createServer((_, response) => {
    running ??= start()
    running.then(
      ({ port, password }) => response.end(JSON.stringify({ port, password })),
      (error: Error) => response.writeHead(500).end(error.message),
    )
  })
  broker.listen(0, '127.0.0.1').unref()
  await once(broker, 'listening')
  project.provide('postgresBroker', `http://127.0.0.1:${(broker.address() as AddressInfo).port}`)
  return async () => {
    broker.closeAllConnections()
    broker.close()
    await (await running?.catch(() => undefined))?.remove()
    running = undefined
  }
}

async function start(): Promise<PostgresServer> {
  removeAbandoned()
  return PostgresServer.create()
}

/** A run that was killed could not stop its server. */
function removeAbandoned(): void {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(folderPrefix))) {
    const folder = join(tmpdir(), name)
    if (isAlive(numberIn(join(folder, 'owner')))) continue
    const server = numberIn(join(folder, 'data', 'postmaster.pid'))
    if (server !== undefined && isAlive(server)) process.kill(server, 'SIGQUIT')
    rmSync(folder, { recursive: true, force: true })
  }
}

function numberIn(file: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(file, 'utf8'), 10)
  } catch {
    return undefined
  }
}

function isAlive(pid: number | undefined): boolean {
  if (pid === undefined) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
