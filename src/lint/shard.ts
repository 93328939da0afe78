import { dialectsNamed } from '../dialects/in-use.ts'
import { type BrokenFile, Repository, type RepositoryOutline } from '../repo/repository.ts'
import { createClassifier } from '../rules/classify.ts'
import type { Rules } from '../rules/model.ts'
import { Program } from '../trace/program.ts'
import type { Reach } from '../trace/reach/reach.ts'
import { type FileFacts, leafFacts } from '../trace/trace.ts'
import { needsEvidence } from './lint.ts'

/** A part of a code base for one thread: plain data. */
export interface ShardTask {
  readonly root: string
  readonly outline: RepositoryOutline
  readonly rules: Rules
  /** Names of the dialects to look for. */
  readonly dialects: readonly string[]
  /** Absolute paths of the files to look at; nobody imports them. */
  readonly files: readonly string[]
  /** Where clients can get to; missing where that is anywhere. */
  readonly reach?: Reach['places']
}

/** What a thread found out, in the order of the task's files. */
export interface ShardResult {
  readonly facts: readonly FileFacts[]
  readonly parsed: readonly string[]
  readonly broken: readonly BrokenFile[]
}

/** Looks at a part of a code base. What it finds is the same as when one thread looks at all files. */
export async function runShard({
  root,
  outline,
  rules,
  dialects,
  files,
  reach,
}: ShardTask): Promise<ShardResult> {
  const repository = new Repository(root, { outline })
  const classifier = createClassifier(rules)
  const program = new Program(repository, rules, await dialectsNamed(dialects, rules))
  if (reach) program.reach = { places: reach, open: undefined }
  const wants = (access: Parameters<typeof needsEvidence>[0]) => needsEvidence(access, classifier, rules)
  const facts = files.map((file) => leafFacts(program, file, { wants }))
  return { facts, parsed: [...repository.parsedFiles], broken: [...repository.broken.values()] }
}
