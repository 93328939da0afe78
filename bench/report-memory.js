// Preloaded into Node programs where GNU time is missing: adds the process's peak memory to a file when it ends.
import { appendFileSync } from 'node:fs'

process.on('exit', () => {
  if (process.env.BENCH_RSS_FILE)
    appendFileSync(process.env.BENCH_RSS_FILE, `${process.resourceUsage().maxRSS}\n`)
})
