// A migration tool as small as one can be: applies the files of migrations/ that its ledger doesn't have yet. It reads
// its URL from DATABASE_URL or another variable, or with `libpq` takes the PG… variables, and writes down how it was
// started. With `slow` it waits before it ends, with `elsewhere` it migrates what .env says.
import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import pg from 'pg'

const how = process.argv[2]
// As dotenv does: a file of the folder fills in what the environment doesn't have.
if (existsSync('.env'))
  for (const line of readFileSync('.env', 'utf8').split('\n'))
    if (line.includes('='))
      process.env[line.slice(0, line.indexOf('='))] ??= line.slice(line.indexOf('=') + 1)
const url = process.env[how === 'elsewhere' ? 'HIDDEN_ADDRESS' : 'DATABASE_URL']

appendFileSync(
  'starts.log',
  `${JSON.stringify({ database: process.env.PGDATABASE, argv: process.argv, names: Object.keys(process.env) })}\n`,
)
const client = new pg.Client(how === 'libpq' ? {} : { connectionString: url })
await client.connect()
console.log(`migrating ${url}`)
await client.query('CREATE TABLE IF NOT EXISTS schema_migrations (name text PRIMARY KEY)')
const { rows } = await client.query('SELECT name FROM schema_migrations')
const applied = new Set(rows.map(({ name }) => name))
for (const file of readdirSync('migrations').sort()) {
  const name = file.replace('.sql', '')
  if (applied.has(name)) continue
  await client.query('BEGIN')
  await client.query(readFileSync(`migrations/${file}`, 'utf8'))
  await client.query('INSERT INTO schema_migrations VALUES ($1)', [name])
  await client.query('COMMIT')
}
// Its operator may be killed; it must not stay behind.
const operator = process.ppid
while (how === 'slow' && process.ppid === operator) await new Promise((resolve) => setTimeout(resolve, 100))
await client.end()
