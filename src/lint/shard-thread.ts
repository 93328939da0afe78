import { parentPort } from 'node:worker_threads'
import { runShard, type ShardTask } from './shard.ts'

/** The entry of a thread: one task, one answer. The thread starts while the first one still looks for its work. */
parentPort?.once('message', async (task: ShardTask) => {
  parentPort?.postMessage(await runShard(task))
})
