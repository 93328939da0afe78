/**
 * `npm run bench:runtime`: what the runtime costs, over what ships (`npm run build` first).
 *
 *     --only warm,guard,fleet  parts to run
 *     --tenants 10000          tenants in the directory
 *     --clients 200            clients that live at a time
 *     --rounds 9               timed rounds of each warm case; the median counts
 *     --json                   figures instead of tables
 *
 * Each case is a process of its own. `fleet` runs on a real PostgreSQL of its own, as the tests do.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { renderFleet, renderWarm } from './runtime/table.js'

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: 'warm,guard,fleet' },
    tenants: { type: 'string', default: '10000' },
    clients: { type: 'string', default: '200' },
    rounds: { type: 'string', default: '9' },
    json: { type: 'boolean', default: false },
  },
})
const parts = values.only.split(',')
const at = (path) => fileURLToPath(new URL(path, import.meta.url))
if (!existsSync(at('../dist/runtime/index.js'))) throw new Error('Build first: npm run build')

const result = { node: process.version, cpu: cpus()[0]?.model, cpus: cpus().length }
// Garbage collection in the middle of a batch would hide what is allocated.
const flags = ['--expose-gc', '--min-semi-space-size=128', '--max-semi-space-size=128']
for (const part of ['warm', 'guard']) {
  if (!parts.includes(part)) continue
  const { default: cases } = await import(`./runtime/${part}-cases.js`)
  result[part] = []
  for (const name of Object.keys(cases)) {
    result[part].push(await run([...flags, at('runtime/one.js'), part, name, values.rounds]))
  }
  if (!values.json) console.log(`${renderWarm(result[part])}\n`)
}
if (parts.includes('fleet')) {
  result.fleet = await run(['--expose-gc', at('runtime/fleet.js'), values.tenants, values.clients])
  if (!values.json) console.log(`${renderFleet(result.fleet)}\n`)
}
if (values.json) console.log(JSON.stringify(result, null, 2))
else console.log(`Node ${result.node}, ${result.cpus} × ${result.cpu}`)

/** Runs a program that prints one JSON value. */
async function run(args) {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text
  })
  const [status] = await once(child, 'close')
  if (status !== 0) throw new Error(`${args.at(-2)} ended with ${status}`)
  return JSON.parse(output)
}
