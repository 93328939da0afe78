import { isAbsolute, join, relative, sep } from 'node:path'
import type { Look } from '../repo/look.ts'
import type { Question } from '../repo/watched.ts'
import type { FileRecord, Records } from './records.ts'
import type { FileFacts } from './trace.ts'

/** Records as plain data, with paths from the root. */
export interface StoredRecords {
  readonly looks: readonly (readonly [path: string, look: Look])[]
  readonly questions: readonly Question[]
  readonly answers: readonly string[]
  readonly parsed: readonly string[]
  readonly files: readonly StoredRecord[]
}

interface StoredRecord {
  readonly path: string
  readonly facts: Omit<FileFacts, 'evidence' | 'anchors'> & {
    readonly evidence: readonly (readonly [
      number,
      FileFacts['evidence'] extends ReadonlyMap<number, infer V> ? V : never,
    ])[]
    readonly anchors: readonly (readonly [string, string])[]
  }
  /** Numbers of the questions. */
  readonly asked: readonly number[]
  /** Numbers of the parsed files. */
  readonly parsed: readonly number[]
  readonly broken: FileRecord['broken']
  readonly reached: boolean
}

/** Numbers things in the order in which they are first met. */
class Numbers<T> {
  readonly list: T[] = []
  readonly #numbers = new Map<T, number>()

  of(item: T): number {
    let number = this.#numbers.get(item)
    if (number === undefined) {
      number = this.list.push(item) - 1
      this.#numbers.set(item, number)
    }
    return number
  }
}

/** @param answer the answers that all the records came from */
export function storedRecords(
  root: string,
  files: ReadonlyMap<string, FileRecord>,
  looks: ReadonlyMap<string, Look>,
  answer: (question: Question) => string,
): StoredRecords {
  const path = (file: string) => relative(root, file).split(sep).join('/')
  const questions = new Numbers<Question>()
  const parsed = new Numbers<string>()
  const stored = Array.from(
    files,
    ([file, record]): StoredRecord => ({
      path: path(file),
      facts: { ...record.facts, evidence: [...record.facts.evidence], anchors: [...record.facts.anchors] },
      asked: [...record.questions].map((question) => questions.of(question)),
      parsed: [...record.parsed].map((at) => parsed.of(path(at))),
      broken: record.broken,
      reached: record.reached,
    }),
  )
  return {
    looks: Array.from(looks, ([file, look]) => [path(file), look] as const),
    questions: questions.list,
    answers: questions.list.map(answer),
    parsed: parsed.list,
    files: stored,
  }
}

export function restoredRecords(root: string, { questions, answers, parsed, files }: StoredRecords): Records {
  const absolute = (path: string) => (isAbsolute(path) ? path : join(root, path))
  const paths = parsed.map(absolute)
  const known = new Map(questions.map((question, number) => [question, answers[number]!]))
  return {
    answer: (question) => known.get(question),
    files: new Map(
      files.map((record) => [
        absolute(record.path),
        {
          facts: {
            ...record.facts,
            evidence: new Map(record.facts.evidence),
            anchors: new Map(record.facts.anchors),
          },
          questions: new Set(record.asked.map((number) => questions[number]!)),
          parsed: new Set(record.parsed.map((number) => paths[number]!)),
          broken: record.broken,
          reached: record.reached,
        },
      ]),
    ),
  }
}
