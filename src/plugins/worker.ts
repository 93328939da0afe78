/** A thread that answers the plugins: they are asked in a way that can't wait, or where modules are translated. */
import { parentPort, workerData } from 'node:worker_threads'
import { migrated, type Question, Session } from './session.ts'

export type Request =
  | ({ readonly kind: 'complaints' } & Question)
  | { readonly kind: 'migrate'; readonly directory: string; readonly rules?: string }

/** `done` is counted up and woken when the answer is there, for who waits without a turn of the event loop. */
export interface Task {
  readonly id: number
  readonly request: Request
  readonly done?: Int32Array
}

export interface Answer {
  readonly id: number
  readonly value?: unknown
  readonly error?: string
}

const port = (workerData?.port ?? parentPort) as import('node:worker_threads').MessagePort
const session = new Session()
let turn: Promise<unknown> = Promise.resolve()

port.on('message', ({ id, request, done }: Task) => {
  // One after the other: the second question is often about what the first has found out.
  turn = turn.then(async () => {
    port.postMessage(await answer(id, request))
    if (!done) return
    Atomics.add(done, 0, 1)
    Atomics.notify(done, 0)
  })
})

async function answer(id: number, request: Request): Promise<Answer> {
  try {
    if (request.kind === 'complaints') return { id, value: await session.complaints(request) }
    return { id, value: [...(await migrated(request.directory, request.rules))] }
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) }
  }
}
