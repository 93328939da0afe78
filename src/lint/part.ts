import type { Dialect } from '../dialects/dialect.ts'
import type { BrokenFile, Repository } from '../repo/repository.ts'
import { contentId } from '../repo/watched.ts'
import type { Classifier } from '../rules/classify.ts'
import type { Rules } from '../rules/model.ts'
import { Program } from '../trace/program.ts'
import { relevantFiles } from '../trace/relevant.ts'
import { type FileFacts, fileFacts, leafFacts, type Trace, trace } from '../trace/trace.ts'
import { needsEvidence } from './lint.ts'

/** The facts of a part of a code base, as plain data. What they mean is said when all parts are there. */
export interface Part {
  readonly version: 1
  readonly command: 'lint-part'
  readonly part: { readonly number: number; readonly of: number }
  /** The identity of the code, the rules and the program. */
  readonly state: string
  readonly files: readonly PartFile[]
  /** Paths of the files that were parsed. */
  readonly parsed: readonly string[]
  readonly broken: readonly BrokenFile[]
}

interface PartFile {
  readonly path: string
  readonly facts: Omit<FileFacts, 'evidence' | 'anchors'>
  readonly evidence: readonly (readonly [
    number,
    FileFacts['evidence'] extends ReadonlyMap<number, infer V> ? V : never,
  ])[]
  readonly anchors: readonly (readonly [string, string])[]
}

/**
 * The files of one of several parts: dealt out in the order of a hash of their paths, so that each part gets as many as
 * any other, some of every folder, and the same on every machine.
 */
export function filesOfPart(paths: readonly string[], { number, of }: Part['part']): ReadonlySet<string> {
  const order = paths
    .map((path) => ({ path, hash: contentId(path) }))
    .sort((a, b) => (a.hash < b.hash ? -1 : a.hash > b.hash ? 1 : 0))
  return new Set(order.filter((_, index) => index % of === number - 1).map(({ path }) => path))
}

/** Looks at a part of a code base. */
export function lookAtPart(
  repository: Repository,
  rules: Rules,
  classifier: Classifier,
  dialects: readonly Dialect[],
  part: Part['part'],
  state: string,
): Part {
  const program = new Program(repository, rules, dialects)
  const wants = (access: Parameters<typeof needsEvidence>[0]) => needsEvidence(access, classifier, rules)
  const all = relevantFiles(program)
  const own = filesOfPart(
    all.map((file) => repository.relative(file)),
    part,
  )
  const files = all
    .filter((file) => own.has(repository.relative(file)))
    .map((file): PartFile => {
      const look = repository.isLeaf(file) ? leafFacts : fileFacts
      const { evidence, anchors, ...facts } = look(program, file, { wants })
      return { path: repository.relative(file), facts, evidence: [...evidence], anchors: [...anchors] }
    })
  return {
    version: 1,
    command: 'lint-part',
    part,
    state,
    files,
    parsed: [...repository.parsedFiles].map((file) => repository.relative(file)).sort(),
    broken: [...repository.broken.values()],
  }
}

/**
 * The trace of a code base whose parts were looked at elsewhere.
 * @param repository the same code base
 * @returns the paths of files that no part has, instead of a trace
 */
export function traceOfParts(
  repository: Repository,
  rules: Rules,
  dialects: readonly Dialect[],
  parts: readonly Part[],
): Trace | { readonly missing: readonly string[] } {
  const known = new Map<string, FileFacts>()
  for (const { files, parsed, broken } of parts) {
    for (const { path, facts, evidence, anchors } of files)
      known.set(repository.absolute(path), {
        ...facts,
        evidence: new Map(evidence),
        anchors: new Map(anchors),
      })
    repository.adopt(
      parsed.map((path) => repository.absolute(path)),
      broken,
    )
  }
  const program = new Program(repository, rules, dialects)
  const missing = relevantFiles(program).filter((file) => !known.has(file))
  if (missing.length > 0) return { missing: missing.map((file) => repository.relative(file)) }
  return trace(repository, rules, { dialects, known, program })
}
