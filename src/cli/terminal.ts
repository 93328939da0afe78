import type { Terminal } from './output.ts'
import { Progress } from './progress.ts'

/** The streams of this process. */
export function systemTerminal(): Terminal {
  // A reader that has seen enough (`| head`) is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
  // Progress is for a person who waits: never in a log, nor where the cursor can't go back.
  const progress =
    process.stderr.isTTY && process.env.TERM !== 'dumb'
      ? new Progress(
          (text) => void process.stderr.write(text),
          () => process.stderr.columns || 80,
        )
      : undefined
  const after = (write: (text: string) => void) => (text: string) => {
    progress?.clear()
    write(text)
  }
  return {
    out: after((text) => void process.stdout.write(text)),
    err: after((text) => void process.stderr.write(text)),
    isTTY: process.stdout.isTTY === true,
    columns: process.stdout.columns || 120,
    env: process.env,
    ...(progress ? { progress } : {}),
  }
}
