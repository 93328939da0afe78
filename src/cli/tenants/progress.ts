import type { Terminal } from '../output.ts'

/** A line that says how far a long work is. It is drawn only where a person looks. */
export interface Progress {
  start(total: number): void
  step(word: string, failed: boolean): void
  /** Removes the line, so that words can follow. */
  clear(): void
}

const WIDTH = 24

export function progress(terminal: Terminal): Progress {
  let total = 0
  let ended = 0
  let failed = 0
  const draw = (word: string) => {
    const filled = total === 0 ? WIDTH : Math.round((ended / total) * WIDTH)
    const bar = `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}`
    const words = `${bar} ${ended}/${total}${failed > 0 ? ` · ${failed} failed` : ''} · ${word}`
    terminal.err(`\r\u001b[2K${words.slice(0, Math.max(10, terminal.columns - 1))}`)
  }
  if (!terminal.isTTY || terminal.env.TERM === 'dumb') return { start() {}, step() {}, clear() {} }
  return {
    start(tenants) {
      total = tenants
      draw('…')
    },
    step(word, hasFailed) {
      ended++
      if (hasFailed) failed++
      draw(word)
    },
    clear: () => terminal.err('\r\u001b[2K'),
  }
}
