import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Dialect } from '../dialects/dialect.ts'
import type { Repository } from '../repo/repository.ts'
import type { Classifier } from '../rules/classify.ts'
import type { Rules } from '../rules/model.ts'
import { Program } from '../trace/program.ts'
import { relevantFiles } from '../trace/relevant.ts'
import { type FileFacts, leafFacts, type Trace, trace } from '../trace/trace.ts'
import { needsEvidence } from './lint.ts'
import type { ShardResult, ShardTask } from './shard.ts'

/** Files for which a thread of their own pays: its start and its answer cost as much as some hundred files. */
const filesOfThread = 250
const mostThreads = 4

/** Hands a part of the work to somebody else. */
export type RunShard = (task: ShardTask) => Promise<ShardResult>

export interface LintTraceOptions {
  readonly dialects: readonly Dialect[]
  /** How many parts there are, the own one included; by default as many as pay on this machine. */
  readonly parts?: (leaves: number) => number
  readonly run?: RunShard
}

/**
 * Traces a code base for `lint`: files that nobody imports are forgotten as soon as their facts are known, and are
 * shared among threads where there are many. The facts have one order, whoever found them.
 */
export async function traceForLint(
  repository: Repository,
  rules: Rules,
  classifier: Classifier,
  { dialects, parts = partsThatPay, run = inThread }: LintTraceOptions,
): Promise<Trace> {
  const lean = {
    wants: (access: Parameters<typeof needsEvidence>[0]) => needsEvidence(access, classifier, rules),
  }
  const program = new Program(repository, rules, dialects)
  const leaves = relevantFiles(program).filter((file) => repository.isLeaf(file))
  const count = parts(leaves.length)
  if (count < 2) return trace(repository, rules, { dialects, lean, program })
  // One after the other in turns: files of one folder are alike, and each part gets some of each.
  const shares = Array.from({ length: count }, (_, part) =>
    leaves.filter((_, index) => index % count === part),
  )
  const [own = [], ...others] = shares
  const base = {
    root: repository.root,
    outline: repository.outline(),
    rules,
    dialects: dialects.map(({ name }) => name),
    ...(program.reach && program.reach.open === undefined ? { reach: program.reach.places } : {}),
  }
  const answers = others.map((files) => run({ ...base, files }))
  const known = new Map<string, FileFacts>()
  for (const file of own) known.set(file, leafFacts(program, file, lean))
  for (const [index, answer] of (await Promise.allSettled(answers)).entries()) {
    // Where no thread can be had, or one gave up, the files are looked at here: slower, with the same result.
    if (answer.status === 'rejected') continue
    const { facts, parsed, broken } = answer.value
    for (const [at, file] of others[index]!.entries()) known.set(file, facts[at]!)
    repository.adopt(parsed, broken)
  }
  return trace(repository, rules, { dialects, lean, known, program })
}

function partsThatPay(leaves: number): number {
  return Math.min(Math.floor(leaves / filesOfThread), availableParallelism(), mostThreads)
}

/** A code base below this size has hardly work for two threads. */
const filesThatNeedThreads = 2000

/** Threads that were started before it was known what they have to do. */
const waiting = new Set<Worker>()

/** Starts the threads that a code base of so many files will want, so that they load their code meanwhile. */
export function startThreads(files: number): void {
  const wanted = files < filesThatNeedThreads ? 0 : Math.min(availableParallelism(), mostThreads) - 1
  while (waiting.size < wanted) {
    const thread = newThread()
    // One that nobody gives anything to do keeps nobody waiting; one that can't start is not asked.
    thread.unref()
    waiting.add(thread)
    const forget = () => void waiting.delete(thread)
    thread.once('error', forget)
    thread.once('exit', forget)
  }
}

function newThread(): Worker {
  return new Worker(new URL('./shard.js', import.meta.url))
}

function inThread(task: ShardTask): Promise<ShardResult> {
  return new Promise((resolve, reject) => {
    const [started] = waiting
    const worker = started ?? newThread()
    waiting.delete(worker)
    worker.ref()
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', (status) => reject(new Error(`a thread ended without an answer (${status})`)))
    worker.postMessage(task)
  })
}
