import type { Terminal } from '../output.ts'

const WIDTH = 24

/** How far the work on many tenants is, for a person who waits. */
export class TenantProgress {
  #total = 0
  #ended = 0
  #failed = 0

  constructor(private readonly line: Terminal['progress']) {}

  start(total: number): void {
    this.#total = total
    this.#draw('…')
  }

  /** A tenant is done with. */
  step(tenantId: string, failed: boolean): void {
    this.#ended++
    if (failed) this.#failed++
    this.#draw(tenantId)
  }

  clear(): void {
    this.line?.clear()
  }

  #draw(word: string): void {
    const filled = this.#total === 0 ? WIDTH : Math.round((this.#ended / this.#total) * WIDTH)
    const bar = `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}`
    const failed = this.#failed > 0 ? ` · ${this.#failed} failed` : ''
    this.line?.step(`${bar} ${this.#ended}/${this.#total}${failed} · ${word}`, true)
  }
}
