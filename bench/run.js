/**
 * `npm run bench`: every program on generated trees, in one run.
 *
 *     --files 500,5000   sizes of the trees
 *     --only floor,lint  programs whose name contains one of these words
 *     --repeat 5         timed runs of each program, after one to warm up (3 when a run takes over 5 s)
 *     --seed 1           of the trees
 *     --json             figures instead of tables
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { measure, median } from './measure.js'
import { subjects } from './subjects.js'
import { render } from './table.js'
import { makeTree } from './tree.js'

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '500,5000' },
    only: { type: 'string', default: '' },
    repeat: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
})
const words = values.only.split(',').filter(Boolean)
const chosen = subjects.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)))
const machine = {
  node: process.version,
  platform: process.platform,
  cpus: cpus().length,
  cpu: cpus()[0]?.model,
  memoryGb: Math.round(totalmem() / 2 ** 30),
}

const sizes = []
for (const files of values.files.split(',').map(Number)) {
  const folder = mkdtempSync(join(tmpdir(), 'tenantize-bench-'))
  try {
    const tree = makeTree(folder, { files, seed: Number(values.seed) })
    sizes.push({ tree, rows: await compare(folder) })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  if (!values.json) console.log(`${render(sizes.at(-1))}\n`)
}
if (values.json) console.log(JSON.stringify({ version: 1, machine, sizes }, null, 2))
else
  console.log(
    `Node ${machine.node}, ${machine.platform}, ${machine.cpus} × ${machine.cpu}, ${machine.memoryGb} GB; each run is a process of its own, start included.`,
  )

/** Warms every program up, then runs them in turns, so that a slow moment of the machine hits all alike. */
async function compare(folder) {
  const rows = chosen.map((subject) => ({ subject, runs: [], rounds: Number(values.repeat) }))
  for (const row of rows) {
    await attempt(row, folder)
    if (row.runs[0]?.ms > 5000) row.rounds = Math.min(row.rounds, 3)
    row.runs = []
  }
  for (let round = 0; round < Number(values.repeat); round++) {
    for (const row of rows) if (round < row.rounds) await attempt(row, folder)
  }
  return rows.map(summarise)
}

async function attempt(row, folder) {
  const { subject } = row
  row.failure ??= subject.missing
  if (row.failure) return
  progress(`${subject.name} …`)
  const run = await measure({ command: subject.command, args: subject.args(folder), cwd: folder })
  // 1 is a result (findings, edits to make); anything above is not.
  if (run.status > 1 || run.status < 0) row.failure = `exit ${run.status}: ${firstLine(run.stderr)}`
  else {
    try {
      row.content = subject.read(run.stdout)
      row.runs.push({ ms: run.ms, rssMb: run.rssMb })
    } catch (error) {
      row.failure = `unreadable output: ${error.message}; ${firstLine(run.stderr)}`
    }
  }
  progress('')
}

function summarise({ subject: { name, task }, runs, content, failure }) {
  if (failure) return { name, task, failure }
  const times = runs.map(({ ms }) => ms)
  const memory = runs.map(({ rssMb }) => rssMb).filter((mb) => mb !== undefined)
  const rssMb = memory.length > 0 ? Math.max(...memory) : undefined
  return { name, task, median: median(times), min: Math.min(...times), runs: times.length, rssMb, content }
}

function firstLine(text) {
  return text.trim().split('\n')[0] ?? ''
}

function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`)
}
