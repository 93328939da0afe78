import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'
import type { Answer, Request, Task } from './worker.ts'

/** Asks the thread and waits for the answer without a turn of the event loop, as ESLint's rules have to. */
export class Asker {
  readonly #file: URL
  #started:
    | { readonly port: import('node:worker_threads').MessagePort; readonly done: Int32Array }
    | undefined
  #last = 0

  /** @param file the built thread */
  constructor(file: URL) {
    this.#file = file
  }

  /** @throws Error with the words of what went wrong there */
  ask(request: Request): unknown {
    const { port, done } = (this.#started ??= start(this.#file))
    const id = ++this.#last
    const before = Atomics.load(done, 0)
    port.postMessage({ id, request, done } satisfies Task)
    for (let waited = 0; ; waited++) {
      // The thread counts after it has answered, so what it has counted is there to be read.
      const received = receiveMessageOnPort(port) as { message: Answer } | undefined
      if (received?.message.id === id) {
        if (received.message.error !== undefined) throw new Error(received.message.error)
        return received.message.value
      }
      if (waited > 600) throw new Error('tenantize did not answer within ten minutes')
      Atomics.wait(done, 0, before, 1_000)
    }
  }
}

function start(file: URL) {
  const { port1, port2 } = new MessageChannel()
  const worker = new Worker(file, { workerData: { port: port2 }, transferList: [port2] })
  // Whoever lints is not kept from ending.
  worker.unref()
  port1.unref()
  return { port: port1, done: new Int32Array(new SharedArrayBuffer(4)) }
}
