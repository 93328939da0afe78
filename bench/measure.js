/** Runs one program as a child process and says how long it took and how much memory its largest process had. */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath, pathToFileURL } from 'node:url'

const reportMemory = pathToFileURL(fileURLToPath(new URL('./report-memory.js', import.meta.url))).href
const gnuTime = existsSync('/usr/bin/time') && process.platform === 'linux' ? '/usr/bin/time' : undefined

/**
 * @param {{ command: string, args: readonly string[], cwd: string }} program
 * @returns {Promise<{ ms: number, rssMb: number | undefined, status: number, stdout: string, stderr: string }>}
 */
export async function measure({ command, args, cwd }) {
  const folder = mkdtempSync(join(tmpdir(), 'tenantize-measure-'))
  const note = join(folder, 'rss')
  const isNode = command === process.execPath
  // GNU time sees the largest of all descendants; without it, a preload in each Node process writes its own figure.
  const [file, rest] = gnuTime ? [gnuTime, ['-f', '%M', '-o', note, command, ...args]] : [command, args]
  const env = { ...process.env, NO_COLOR: '1' }
  if (!gnuTime && isNode)
    Object.assign(env, { NODE_OPTIONS: `--import=${reportMemory}`, BENCH_RSS_FILE: note })
  try {
    const start = performance.now()
    const { status, stdout, stderr } = await run(file, rest, { cwd, env })
    const ms = performance.now() - start
    return {
      ms,
      rssMb: existsSync(note) ? largest(readFileSync(note, 'utf8')) : undefined,
      status,
      stdout,
      stderr,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function run(file, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    const stdout = []
    const stderr = []
    child.stdout.on('data', (chunk) => stdout.push(chunk))
    child.stderr.on('data', (chunk) => stderr.push(chunk))
    child.on('error', reject)
    child.on('close', (status) => {
      resolve({
        status: status ?? -1,
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
      })
    })
  })
}

/** Kilobytes, one figure a line; GNU time may put a remark about the exit status before it. */
function largest(note) {
  const figures = note
    .split('\n')
    .map(Number)
    .filter((kilobytes) => kilobytes > 0)
  return figures.length > 0 ? Math.max(...figures) / 1024 : undefined
}

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
