import type { Dialect } from '../dialects/dialect.ts'
import type { BrokenFile } from '../repo/repository.ts'
import type { Question, WatchedRepository } from '../repo/watched.ts'
import type { Rules } from '../rules/model.ts'
import { Program } from './program.ts'
import { relevantFiles } from './relevant.ts'
import { type FileFacts, fileFacts, type Lean, type Trace, trace } from './trace.ts'

/** The facts of a file, and everything about the code base that they came from. */
export interface FileRecord {
  readonly facts: FileFacts
  readonly questions: ReadonlySet<Question>
  /** Absolute paths of the files that were parsed for them. */
  readonly parsed: ReadonlySet<string>
  readonly broken: readonly BrokenFile[]
  /** Whether a client could get to the file. */
  readonly reached: boolean
}

/** Records of an earlier state of the code base, and its answers. */
export interface Records {
  /** By absolute path. */
  readonly files: ReadonlyMap<string, FileRecord>
  readonly answer: (question: Question) => string | undefined
}

export interface RecordOptions {
  readonly dialects: readonly Dialect[]
  readonly wants: Lean['wants']
  /** What is known from before: made with the same rules and dialects. */
  readonly earlier?: Records | undefined
}

/** What a trace found, with the records that the next one may use. */
export interface RecordedTrace {
  readonly trace: Trace
  readonly files: ReadonlyMap<string, FileRecord>
  /** How many files were looked at; the others were as before. */
  readonly renewed: number
}

/**
 * Traces a code base by records: a file whose record still holds is not looked at. A record holds when everything that
 * was asked for it has the same answer, so every file is traced by a program of its own, which asks for itself.
 */
export function traceByRecords(
  repository: WatchedRepository,
  rules: Rules,
  { dialects, wants, earlier }: RecordOptions,
): RecordedTrace {
  const holds = sameAnswers(repository, earlier)
  const program = new Program(repository, rules, dialects)
  const files = new Map<string, FileRecord>()
  let renewed = 0
  for (const file of relevantFiles(program)) {
    const known = earlier?.files.get(file)
    const reached = program.isInReach(file)
    if (known?.reached === reached && [...known.questions].every(holds)) {
      files.set(file, known)
      repository.adopt(known.parsed, known.broken)
      continue
    }
    renewed++
    const { result: facts, asked } = repository.watch(() => {
      const own = new Program(repository, rules, dialects)
      own.reach = program.reach
      return fileFacts(own, file, { wants })
    })
    const broken = [...asked.parsed].flatMap((path) => repository.broken.get(path) ?? [])
    files.set(file, { facts, ...asked, broken, reached })
    if (repository.isLeaf(file)) repository.release(file)
  }
  const known = new Map(Array.from(files, ([file, record]) => [file, record.facts]))
  return { trace: trace(repository, rules, { dialects, known, program }), files, renewed }
}

/** Tells whether a question has the same answer as before; each is asked once. */
function sameAnswers(
  repository: WatchedRepository,
  earlier: Records | undefined,
): (question: Question) => boolean {
  const known = new Map<Question, boolean>()
  return (question) => {
    let same = known.get(question)
    if (same === undefined) {
      same = earlier?.answer(question) === repository.answer(question)
      known.set(question, same)
    }
    return same
  }
}
