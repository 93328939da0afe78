/**
 * The transform for jscodeshift: writes what `tenantize migrate` writes. jscodeshift gives each file to one of several
 * processes, while others already write theirs: the first that begins plans the whole migration, and the others read
 * that plan. CommonJS, because that is how transforms are loaded; the work is done in a thread, where nothing is translated.
 */
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { Answer, Request } from './worker.ts'

interface Options {
  /** `--rules=<file>` */
  readonly rules?: string
}

const prefix = 'tenantize-jscodeshift-'
const plans = new Map<string, Promise<ReadonlyMap<string, string>>>()

export default async function transform(
  { path, source }: { readonly path: string; readonly source: string },
  _api: unknown,
  options: Options = {},
): Promise<string | undefined> {
  const file = realpathSync(path)
  const rules = options.rules === undefined ? rulesAbove(dirname(file)) : resolve(options.rules)
  let plan = plans.get(rules)
  if (!plan) plans.set(rules, (plan = planOf(dirname(file), rules)))
  const after = (await plan).get(file)
  // The same text is what jscodeshift calls unmodified.
  return after === undefined || after === source ? undefined : after
}

/** @throws Error when no folder above has a rules.json */
function rulesAbove(folder: string): string {
  const rules = join(folder, 'rules.json')
  if (existsSync(rules)) return rules
  if (dirname(folder) === folder)
    throw new Error('there is no rules.json in a folder above; name one by --rules=<file>')
  return rulesAbove(dirname(folder))
}

async function planOf(directory: string, rules: string): Promise<ReadonlyMap<string, string>> {
  // With --run-in-band there is one process; otherwise those of one run have one parent.
  const run = process.send ? process.ppid : process.pid
  const key = createHash('sha1').update(rules).digest('hex').slice(0, 12)
  const folder = join(tmpdir(), `${prefix}${run}-${key}`)
  const done = join(folder, 'plan.json')
  removeOld()
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch {
    for (let waited = 0; waited < 12_000 && !existsSync(done); waited++) await wait(50)
    return new Map(JSON.parse(readFileSync(done, 'utf8')) as [string, string][])
  }
  const changes = await ask({ kind: 'migrate', directory, rules })
  writeFileSync(`${done}.new`, JSON.stringify(changes), { mode: 0o600 })
  renameSync(`${done}.new`, done)
  return new Map(changes)
}

let thread: Worker | undefined
let asked = 0

/** One thread for all questions: jscodeshift begins with many files at the same time. */
function ask(request: Request): Promise<[string, string][]> {
  thread ??= new Worker(join(__dirname, '..', 'plugin-thread.js')).setMaxListeners(0)
  const worker = thread
  const id = ++asked
  return new Promise((resolve, reject) => {
    const done = () => {
      worker.off('message', hear).off('error', reject)
      // Whoever waits keeps the process alive, and nobody else.
      if (worker.listenerCount('message') === 0) worker.unref()
    }
    const hear = (answer: Answer) => {
      if (answer.id !== id) return
      done()
      if (answer.error === undefined) resolve(answer.value as [string, string][])
      else reject(new Error(answer.error))
    }
    worker.ref()
    worker.on('message', hear).once('error', reject)
    worker.postMessage({ id, request })
  })
}

/** Plans of runs that are over; who runs at the same time has a young one. */
function removeOld(): void {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(prefix)) continue
    const folder = join(tmpdir(), name)
    const age = Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
    if (age > 3_600_000) rmSync(folder, { recursive: true, force: true })
  }
}
