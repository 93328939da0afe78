import type { Creation } from './creations.ts'
import type { Facts, UntrustedIdFact } from './facts.ts'
import type { Program } from './program.ts'
import { untrustedIds } from './untrusted.ts'

/** Collects what is dangerous about the clients of per-tenant databases. Nothing is computed without such a client. */
export class Hazards {
  readonly #program: Program
  readonly #untrusted = new Map<string, UntrustedIdFact>()

  constructor(program: Program) {
    this.#program = program
  }

  lookAtCreation({ fact, module, id }: Creation): void {
    if (!fact.perTenant) return
    if (id)
      for (const found of untrustedIds(this.#program, module, id, fact.database))
        this.#untrusted.set(`${found.file}:${found.range.start.offset}`, found)
  }

  get facts(): Pick<Facts, 'untrustedIds'> {
    return { untrustedIds: [...this.#untrusted.values()] }
  }
}
