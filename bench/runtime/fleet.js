/**
 * Many tenants in the directory, some hundred clients alive, on a real PostgreSQL. The tenants share a few databases: what
 * is measured is the directory, the caches, and the making and ending of pools. Prints JSON.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import pg from 'pg'
import { createTenantDatabases, postgresDirectory } from '../../dist/runtime/index.js'
import { pgClients } from '../../dist/runtime/pg/index.js'

const [tenantCount, clientCount] = process.argv.slice(2).map(Number)
const folder = mkdtempSync(join(tmpdir(), 'tenantize-bench-'))
const { PostgresServer } = await testServer()
const server = await PostgresServer.create()
const rows = []
const note = (what, value) => rows.push({ what, value })
try {
  await measure()
} finally {
  await server.remove()
  rmSync(folder, { recursive: true, force: true })
}
console.log(JSON.stringify({ tenants: tenantCount, clients: clientCount, rows }))
process.exit()

async function measure() {
  const admin = new pg.Client({ connectionString: server.url() })
  await admin.connect()
  const names = ['one', 'two', 'three', 'four']
  for (const name of names) await admin.query(`CREATE DATABASE ${name}`)
  await admin.query('CREATE TABLE tenants (id text PRIMARY KEY, url text NOT NULL, pool jsonb NOT NULL)')
  const urls = names.map((name) => server.url(name))
  await admin.query(
    `INSERT INTO tenants SELECT 't' || n, ($2::text[])[1 + n % 4], '{"max":1}' FROM generate_series(1, $1) AS n`,
    [tenantCount, urls],
  )
  const pool = new pg.Pool({ connectionString: server.url(), max: 10 })
  const columns = { id: 'id', url: 'url', pool: 'pool' }
  const tenants = createTenantDatabases({
    directory: postgresDirectory({ pool, columns }),
    client: pgClients({ Pool: pg.Pool }),
    closeOn: [],
    cache: { maxConfigurations: tenantCount },
    limits: { maxClients: clientCount, maxTotalConnections: clientCount, waitForRoom: 60_000 },
  })
  const ids = Array.from({ length: tenantCount }, (_, index) => `t${index + 1}`)
  const query = (id) => tenants.withTenant(id, (client) => client.query('SELECT 1'))

  const empty = memory()
  const filled = await timed(ids.slice(0, clientCount), 20, query)
  note(
    `first request of ${clientCount} tenants, 20 at a time (lookup, connection, query)`,
    percentiles(filled),
  )
  const living = memory()
  note(
    `memory of ${clientCount} clients with a connection each`,
    `${((living - empty) / clientCount).toFixed(0)} KB a client`,
  )

  // What the query takes by itself, then through the manager, in turns.
  const direct = new Map(
    ids.slice(0, 20).map((id, index) => [id, new pg.Pool({ connectionString: urls[index % 4], max: 1 })]),
  )
  const few = Array.from({ length: 4_000 }, (_, index) => ids[index % 20])
  for (const id of few.slice(0, 200)) await Promise.all([direct.get(id).query('SELECT 1'), query(id)])
  const bare = await timed(few, 1, (id) => direct.get(id).query('SELECT 1'))
  const through = await timed(few, 1, query)
  note('warm query on pools in a Map', percentiles(bare))
  note('warm query through withTenant', percentiles(through))
  await Promise.all([...direct.values()].map((one) => one.end()))

  const before = tenants.getCacheStats()
  const cold = ids.slice(clientCount, clientCount + 2_000)
  const evicting = await timed(cold, 10, query)
  const after = tenants.getCacheStats()
  note(
    `request that evicts (${after.evictions - before.evictions} evictions, 10 at a time)`,
    percentiles(evicting),
  )
  const unready = await timed(cold.slice(0, 500), 10, async (id) => {
    const client = new pg.Client({ connectionString: urls[0] })
    await client.connect()
    await client.query('SELECT 1')
    await client.end()
    return id
  })
  note('of that, a connection, the query and its end by themselves', percentiles(unready))

  // Every configuration, with clients that cost nothing.
  const configurations = createTenantDatabases({
    directory: postgresDirectory({ pool, columns }),
    client: { name: 'none', connections: () => 0, create: () => ({}), dispose: () => {}, check: undefined },
    closeOn: [],
    cache: { maxConfigurations: tenantCount },
    limits: { maxClients: 1, waitForRoom: 60_000 },
  })
  const held = memory()
  const start = performance.now()
  const lookups = await timed(ids, 10, (id) => configurations.withTenant(id, () => id))
  const { configCacheSize, evictions } = configurations.getCacheStats()
  note(
    `lookup of ${configCacheSize} tenants, 10 at a time, ${evictions} evictions of clients that cost nothing`,
    `${percentiles(lookups)}, ${((performance.now() - start) / 1000).toFixed(1)} s`,
  )
  note(
    `memory of ${configCacheSize} configurations`,
    `${((memory() - held) / configCacheSize).toFixed(2)} KB each`,
  )
  await configurations.close()
  note('memory of the process (RSS)', `${(process.memoryUsage.rss() / 2 ** 20).toFixed(0)} MB`)

  const closing = performance.now()
  const report = await tenants.close()
  note(
    `close() with ${report.closed} clients`,
    `${(performance.now() - closing).toFixed(0)} ms, ${report.unfinished.length} unfinished`,
  )
  await pool.end()
  const open = await admin.query(
    'SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = ANY($1)',
    [names],
  )
  note('connections to tenants’ databases after close()', String(open.rows[0].count))
  await admin.end()
}

/** @returns milliseconds of each call, sorted */
async function timed(ids, atOnce, call) {
  const times = []
  let next = 0
  const worker = async () => {
    while (next < ids.length) {
      const id = ids[next++]
      const start = performance.now()
      await call(id)
      times.push(performance.now() - start)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return times.sort((a, b) => a - b)
}

function percentiles(times) {
  const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))].toFixed(2)
  return `${at(0.5)} ms median, ${at(0.99)} ms at 99 %`
}

/** Kilobytes in use after a collection. */
function memory() {
  globalThis.gc()
  const { heapUsed, external } = process.memoryUsage()
  return (heapUsed + external) / 1024
}

/** The server of the tests, which is TypeScript. */
async function testServer() {
  const outfile = join(folder, 'server.mjs')
  const source = fileURLToPath(new URL('../../test/runtime/support/server.ts', import.meta.url))
  await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  })
  return import(pathToFileURL(outfile).href)
}
