// A migration tool as small as one can be: applies the files of migrations/ that its ledger doesn't have yet. It reads
// its URL from the variable that URL_VARIABLE names (DATABASE_URL), and writes down how it was started.
import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import pg from 'pg'

const variable = process.argv[2] ?? 'DATABASE_URL'
// As dotenv does: a file of the folder fills in what the environment doesn't have.
if (existsSync('.env'))
  for (const line of readFileSync('.env', 'utf8').split('\n'))
    if (line.includes('='))
      process.env[line.slice(0, line.indexOf('='))] ??= line.slice(line.indexOf('=') + 1)

appendFileSync(
  'starts.log',
  `${JSON.stringify({ database: process.env.PGDATABASE, argv: process.argv, names: Object.keys(process.env) })}\n`,
)
const client = new pg.Client({ connectionString: process.env[variable] })
await client.connect()
console.log(`migrating ${process.env[variable]}`)
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
await client.end()
