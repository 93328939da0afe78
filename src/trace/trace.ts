import type { Candidate, Dialect } from '../dialects/dialect.ts'
import { dialects as knownDialects } from '../dialects/index.ts'
import type { Module } from '../repo/module.ts'
import type { Repository } from '../repo/repository.ts'
import type { Range } from '../repo/text.ts'
import type { Rules } from '../rules/model.ts'
import { type Access, accessOf, candidatesOf } from './accesses.ts'
import { addressed } from './addresses.ts'
import { anchorer, anchorOf, type KnownAnchors, placeKey } from './anchor.ts'
import { type Creation, creationOf } from './creations.ts'
import type { AccessFact, CreationFact, DeclaredKeyFact, Evidence, Facts, SuppressionFact } from './facts.ts'
import { type HazardFacts, Hazards } from './hazards.ts'
import { missingNames } from './missing-names.ts'
import { Program } from './program.ts'
import { relevantFiles } from './relevant.ts'
import { sightOf } from './sight.ts'
import { suppressionsOf } from './suppressions.ts'
import { takenOff } from './taken.ts'
import { declarationsOf, trail } from './trail.ts'

export interface TraceOptions {
  readonly dialects?: readonly Dialect[]
  /**
   * Forgets the tree of every file that no other one needs, as soon as its facts are known. For these files the
   * evidence is made at once, for the accesses that `wants` picks.
   */
  readonly lean?: Lean
  /** What another thread found out about files already, by absolute path. */
  readonly known?: ReadonlyMap<string, FileFacts>
  /** A program of the same repository, rules and dialects that already knows a part. */
  readonly program?: Program
}

export interface Lean {
  readonly wants: (access: AccessFact) => boolean
}

/** All that `lint` needs of a file that was forgotten; plain data. */
export interface FileFacts {
  readonly accesses: readonly AccessFact[]
  readonly creations: readonly CreationFact[]
  readonly suppressions: readonly SuppressionFact[]
  readonly hazards: HazardFacts
  /** Chains of accesses, by their index in `accesses`. */
  readonly evidence: ReadonlyMap<number, readonly Evidence[]>
  /** What stands at the places that findings are most often about: see anchor.ts. */
  readonly anchors: KnownAnchors
}

/** The facts of a code base, and the means to ask for more about a single one. */
export interface Trace {
  readonly facts: Facts
  readonly program: Program
  readonly accesses: readonly Access[]
  readonly creations: readonly Creation[]
  /** The chain from an access back to where its clients are made; made when asked for. */
  evidence(access: number): readonly Evidence[]
  /** Where the clients that the rules name for an access are declared. */
  declarations(access: number): readonly Evidence[]
  /** What stands at a place, whatever its layout; asked for in the order of the files. */
  anchor(file: string, range: Range): string
}

/** Follows every client and every tenant id of a code base. */
export function trace(
  repository: Repository,
  rules: Rules,
  {
    dialects = knownDialects,
    lean,
    known,
    program = new Program(repository, rules, dialects),
  }: TraceOptions = {},
): Trace {
  const facts: { accesses: AccessFact[]; creations: CreationFact[]; suppressions: SuppressionFact[] } = {
    accesses: [],
    creations: [],
    suppressions: [],
  }
  const accesses = new Map<number, Access>()
  const creations: Creation[] = []
  const hazards = new Hazards(program)
  const evidence = new Map<number, readonly Evidence[]>()
  const anchors = new Map<string, KnownAnchors>()
  for (const file of relevantFiles(program)) {
    const first = facts.accesses.length
    const leaf =
      known?.get(file) ?? (lean && repository.isLeaf(file) ? leafFacts(program, file, lean) : undefined)
    if (leaf) {
      for (const [index, chain] of leaf.evidence) evidence.set(first + index, chain)
      if (leaf.anchors.size > 0) anchors.set(repository.relative(file), leaf.anchors)
      for (const access of leaf.accesses) facts.accesses.push({ ...access, id: facts.accesses.length })
      facts.creations.push(...leaf.creations)
      hazards.take(leaf.hazards)
      facts.suppressions.push(...leaf.suppressions)
      continue
    }
    const found = look(program, file, first)
    for (const access of found.accesses) {
      facts.accesses.push(access.fact)
      hazards.lookAtAccess(access)
      accesses.set(access.fact.id, access)
    }
    if (found.module) hazards.lookAtModule(found.module)
    creations.push(...found.creations)
    for (const creation of found.creations) hazards.lookAtCreation(creation)
    facts.creations.push(...found.creations.map((creation) => creation.fact))
    facts.suppressions.push(...found.suppressions)
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
      declaredKeys: declaredKeys(program),
      broken,
      missingNames: missingNames(program),
    },
    anchor: anchorer(program, anchors),
    declarations: (id) =>
      distinct((accesses.get(id)?.clients ?? []).flatMap((client) => declarationsOf(program, client))),
    evidence: (id) => evidence.get(id) ?? (accesses.has(id) ? chainOf(program, accesses.get(id)!) : []),
  }
}

function declaredKeys(program: Program): DeclaredKeyFact[] {
  return program.dialects.flatMap((dialect) =>
    (dialect.keys?.(program.code) ?? []).map((key) => ({
      ...key,
      table: program.spelling(key.table),
      target: program.spelling(key.target),
    })),
  )
}

/** The facts of a file that no other one needs; its tree is forgotten. */
export function leafFacts(program: Program, file: string, lean: Lean): FileFacts {
  const facts = fileFacts(program, file, lean)
  const module = program.repository.module(file)
  if (module) program.release(module)
  return facts
}

/** The facts of a file by themselves. */
export function fileFacts(program: Program, file: string, { wants }: Lean): FileFacts {
  const { accesses, creations, suppressions, module } = look(program, file, 0)
  const evidence = new Map<number, readonly Evidence[]>()
  const anchors = new Map<string, string>()
  const anchor = (range: Range) => {
    if (module) anchors.set(placeKey(range), anchorOf(module, range.start.offset, range.end.offset))
  }
  for (const access of accesses) {
    if (!wants(access.fact)) continue
    evidence.set(access.fact.id, chainOf(program, access))
    anchor(access.fact.nameRange ?? access.fact.range)
  }
  // A client that is rightly there is mostly beside accesses that are right too.
  if (anchors.size > 0) for (const creation of creations) anchor(creation.fact.range)
  const hazards = new Hazards(program)
  for (const access of accesses) hazards.lookAtAccess(access)
  for (const creation of creations) hazards.lookAtCreation(creation)
  if (module) hazards.lookAtModule(module)
  return {
    accesses: accesses.map((access) => access.fact),
    creations: creations.map((creation) => creation.fact),
    suppressions,
    hazards: hazards.facts,
    evidence,
    anchors,
  }
}

interface Look {
  readonly module?: Module
  readonly accesses: readonly Access[]
  readonly creations: readonly Creation[]
  readonly suppressions: readonly SuppressionFact[]
}

/** @param first the number of the first access */
function look(program: Program, file: string, first: number): Look {
  const { repository, dialects } = program
  const module = repository.module(file)
  if (!module) return { accesses: [], creations: [], suppressions: [] }
  const accesses: Access[] = []
  const inReach = program.isInReach(file)
  const counts = (dialect: Dialect, candidate: Candidate) =>
    program.mayHaveClient(module, candidate) ||
    candidate.certain ||
    candidate.likely ||
    dialect.sure === undefined ||
    dialect.isOwn?.(candidate, sightOf(program, module))
  for (const candidates of candidatesOf(dialects, module)) {
    for (const { dialect, candidate } of candidates) {
      if (!counts(dialect, candidate)) continue
      const access = accessOf(program, module, dialect, candidate, first + accesses.length)
      if (!access) continue
      accesses.push(access)
      break
    }
  }
  for (const found of inReach ? takenOff(program, module) : []) {
    const access = accessOf(program, found.module, found.dialect, found.candidate, first + accesses.length)
    if (access) accesses.push(access)
  }
  for (const { module: home, dialect, candidate, client } of addressed(program, module)) {
    const access = accessOf(program, home, dialect, candidate, first + accesses.length, client)
    if (access) accesses.push(access)
  }
  const creations: Creation[] = []
  for (const call of module.calls) {
    const creation = creationOf(program, module, call)
    if (creation) creations.push(creation)
  }
  return { module, accesses, creations, suppressions: suppressionsOf(repository.relative(file), module) }
}

function distinct(steps: readonly Evidence[]): Evidence[] {
  return [...new Map(steps.map((step) => [`${step.file}:${step.line}:${step.column}`, step])).values()]
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
