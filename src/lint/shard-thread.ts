import { parentPort, workerData } from 'node:worker_threads'
import { runShard, type ShardTask } from './shard.ts'

/** The entry of a thread: one task, one answer. */
parentPort?.postMessage(await runShard(workerData as ShardTask))
