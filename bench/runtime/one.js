/** Times one case: nanoseconds and allocated bytes of one call. Prints JSON. */
import { performance } from 'node:perf_hooks'

const [part, name, rounds] = process.argv.slice(2)
const { default: cases } = await import(`./${part}-cases.js`)
const { call, ids } = await cases[name]()

const perRound = 50_000
await repeat(perRound)
const times = []
for (let round = 0; round < Number(rounds); round++) {
  const start = performance.now()
  await repeat(perRound)
  times.push(((performance.now() - start) / perRound) * 1e6)
}
times.sort((a, b) => a - b)

// So few that the young generation does not fill up: then nothing is collected, and the difference is what was allocated.
const few = 10_000
const bytes = []
for (let round = 0; round < 5; round++) {
  globalThis.gc()
  const before = process.memoryUsage().heapUsed
  await repeat(few)
  bytes.push((process.memoryUsage().heapUsed - before) / few)
}
bytes.sort((a, b) => a - b)
console.log(JSON.stringify({ name, ns: times[times.length >> 1], least: times[0], bytes: bytes[2] }))
process.exit()

/** One call after the other, as one request after the other: every call is awaited. */
async function repeat(count) {
  for (let index = 0; index < count; index++) await call(ids[index % ids.length])
}
