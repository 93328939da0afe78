import type { Dialect } from '../dialects/dialect.ts'
import { dialects as knownDialects } from '../dialects/index.ts'
import type { Repository } from '../repo/repository.ts'
import type { Rules } from '../rules/model.ts'
import { type Access, accessOf, candidatesOf } from './accesses.ts'
import { type Creation, creationOf } from './creations.ts'
import type { AccessFact, CreationFact, Evidence, Facts, SuppressionFact } from './facts.ts'
import { Hazards } from './hazards.ts'
import { missingNames } from './missing-names.ts'
import { Program } from './program.ts'
import { relevantFiles } from './relevant.ts'
import { suppressionsOf } from './suppressions.ts'
import { trail } from './trail.ts'

export interface TraceOptions {
  readonly dialects?: readonly Dialect[]
  /**
   * Forgets the tree of every file that no other one needs, as soon as its facts are known. For these files the
   * evidence is made at once, for the accesses that `wants` picks.
   */
  readonly lean?: { readonly wants: (access: AccessFact) => boolean }
}

/** The facts of a code base, and the means to ask for more about a single one. */
export interface Trace {
  readonly facts: Facts
  readonly program: Program
  readonly accesses: readonly Access[]
  readonly creations: readonly Creation[]
  /** The chain from an access back to where its clients are made; made when asked for. */
  evidence(access: number): Evidence[]
}

/** Follows every client and every tenant id of a code base. */
export function trace(
  repository: Repository,
  rules: Rules,
  { dialects = knownDialects, lean }: TraceOptions = {},
): Trace {
  const program = new Program(repository, rules, dialects)
  const facts: { accesses: AccessFact[]; creations: CreationFact[]; suppressions: SuppressionFact[] } = {
    accesses: [],
    creations: [],
    suppressions: [],
  }
  const accesses = new Map<number, Access>()
  const creations: Creation[] = []
  const hazards = new Hazards(program)
  const evidence = new Map<number, Evidence[]>()
  for (const file of relevantFiles(program)) {
    const module = repository.module(file)
    if (!module) continue
    const forgets = lean !== undefined && repository.isLeaf(file)
    for (const { dialect, candidate } of candidatesOf(dialects, module.calls)) {
      const access = accessOf(program, module, dialect, candidate, facts.accesses.length)
      if (!access) continue
      facts.accesses.push(access.fact)
      hazards.lookAtAccess(access)
      if (!forgets) accesses.set(access.fact.id, access)
      else if (lean.wants(access.fact)) evidence.set(access.fact.id, chainOf(program, access))
    }
    for (const call of module.calls) {
      const creation = creationOf(program, module, call)
      if (!creation) continue
      facts.creations.push(creation.fact)
      hazards.lookAtCreation(creation)
      if (!forgets) creations.push(creation)
    }
    facts.suppressions.push(...suppressionsOf(repository.relative(file), module))
    if (forgets) program.release(module)
  }
  const broken = [...repository.broken.values()]
    .sort((a, b) => (a.file < b.file ? -1 : 1))
    .map((problem) => ({ ...problem, ...lineOf(repository, problem.file, problem.offset) }))
  return {
    program,
    accesses: [...accesses.values()],
    creations,
    facts: {
      files: repository.files.length,
      analysed: repository.parsed,
      ...facts,
      ...hazards.facts,
      broken,
      missingNames: missingNames(program),
    },
    evidence: (id) => evidence.get(id) ?? (accesses.has(id) ? chainOf(program, accesses.get(id)!) : []),
  }
}

function chainOf(program: Program, access: Access): Evidence[] {
  const steps = access.clients.flatMap((client) =>
    trail(program, access.module, access.candidate.receiver, client),
  )
  const end = access.fact.unresolved
  return end ? [...steps, { ...end, message: `the trail ends here: ${end.message}` }] : steps
}

function lineOf(repository: Repository, file: string, offset: number): { line: number; column: number } {
  const before = repository.text(repository.absolute(file)).slice(0, offset).split('\n')
  return { line: before.length, column: before.at(-1)!.length + 1 }
}
