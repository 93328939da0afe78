import { dialects as knownDialects } from '../dialects/index.ts'
import type { Dialect } from '../dialects/dialect.ts'
import type { Repository } from '../repo/repository.ts'
import type { Rules } from '../rules/model.ts'
import { type Access, accessOf, candidatesOf } from './accesses.ts'
import { type Creation, creationOf } from './creations.ts'
import type { Evidence, Facts } from './facts.ts'
import { missingNames } from './missing-names.ts'
import { Program } from './program.ts'
import { relevantFiles } from './relevant.ts'
import { suppressionsOf } from './suppressions.ts'
import { trail } from './trail.ts'

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
export function trace(repository: Repository, rules: Rules, dialects: readonly Dialect[] = knownDialects): Trace {
  const program = new Program(repository, rules, dialects)
  const accesses: Access[] = []
  const creations: Creation[] = []
  const suppressions: Facts['suppressions'][number][] = []
  for (const file of relevantFiles(program)) {
    const module = repository.module(file)
    if (!module) continue
    const { calls } = module
    for (const { dialect, candidate } of candidatesOf(dialects, calls)) {
      const access = accessOf(program, module, dialect, candidate, accesses.length)
      if (access) accesses.push(access)
    }
    for (const call of calls) {
      const creation = creationOf(program, module, call)
      if (creation) creations.push(creation)
    }
    suppressions.push(...suppressionsOf(repository.relative(file), module))
  }
  const broken = [...repository.broken.values()].sort((a, b) => (a.file < b.file ? -1 : 1)).map((problem) => ({ ...problem, ...lineOf(repository, problem.file, problem.offset) }))
  return {
    program,
    accesses,
    creations,
    facts: {
      files: repository.files.length,
      analysed: repository.parsed,
      accesses: accesses.map((access) => access.fact),
      creations: creations.map((creation) => creation.fact),
      suppressions,
      broken,
      missingNames: missingNames(program),
    },
    evidence(id) {
      const access = accesses[id]!
      const chains = access.clients.map((client) => trail(program, access.module, access.candidate.receiver, client))
      const steps = chains.flat()
      const end = access.fact.unresolved
      return end ? [...steps, { ...end, message: `the trail ends here: ${end.message}` }] : steps
    },
  }
}

function lineOf(repository: Repository, file: string, offset: number): { line: number; column: number } {
  const before = repository.text(repository.absolute(file)).slice(0, offset).split('\n')
  return { line: before.length, column: before.at(-1)!.length + 1 }
}
