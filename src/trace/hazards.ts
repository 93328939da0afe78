import type { Module } from '../repo/module.ts'
import type { Access } from './accesses.ts'
import { cachedReads } from './cached.ts'
import type { Creation } from './creations.ts'
import type { Facts, KeptFact, UntrustedIdFact } from './facts.ts'
import type { Program } from './program.ts'
import { keptClients } from './shared.ts'
import { sharedSignIns } from './sign-ins.ts'
import { untrustedIds } from './untrusted.ts'

/** What this collects; all of it is plain data. */
export type HazardFacts = Pick<Facts, 'untrustedIds' | 'keptClients' | 'cachedReads'>

/** Collects what is dangerous about the clients of per-tenant databases. Nothing is computed without such a client. */
export class Hazards {
  readonly #program: Program
  readonly #untrusted = new Map<string, UntrustedIdFact>()
  readonly #clients = new Map<string, KeptFact>()
  readonly #reads = new Map<string, KeptFact>()

  constructor(program: Program) {
    this.#program = program
  }

  lookAtCreation(creation: Creation): void {
    const { fact, module, id } = creation
    if (!fact.perTenant) return
    if (id)
      for (const found of untrustedIds(this.#program, module, id, fact.database))
        this.#untrusted.set(keyOf(found), found)
    for (const found of keptClients(this.#program, creation)) this.#clients.set(keyOf(found), found)
  }

  lookAtAccess(access: Access): void {
    for (const found of cachedReads(this.#program, access)) this.#reads.set(keyOf(found), found)
  }

  lookAtModule(module: Module): void {
    for (const found of sharedSignIns(this.#program, module)) this.#clients.set(keyOf(found), found)
  }

  /** Adds what was collected elsewhere: about another file, in another thread. */
  take({ untrustedIds, keptClients, cachedReads }: HazardFacts): void {
    for (const found of untrustedIds) this.#untrusted.set(keyOf(found), found)
    for (const found of keptClients) this.#clients.set(keyOf(found), found)
    for (const found of cachedReads) this.#reads.set(keyOf(found), found)
  }

  get facts(): HazardFacts {
    return {
      untrustedIds: [...this.#untrusted.values()],
      keptClients: [...this.#clients.values()],
      cachedReads: [...this.#reads.values()],
    }
  }
}

/** Several ways may lead to one place; it is told once. */
function keyOf({ file, range }: Pick<KeptFact, 'file' | 'range'>): string {
  return `${file}:${range.start.offset}`
}
