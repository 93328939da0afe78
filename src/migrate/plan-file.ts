import { createHash } from 'node:crypto'
import type { Repository } from '../repo/repository.ts'
import type { Migration } from './migrate.ts'

/** What a migration would do, for a person to look at and to choose from: the contents of a plan file. */
export interface PlanFile {
  readonly version: 1
  readonly command: 'migrate --plan'
  /** How to use it, for whoever opens it. */
  readonly about: string
  readonly files: readonly PlannedFile[]
}

export interface PlannedFile {
  /** Relative to the root of the code base, with `/`. */
  readonly file: string
  /** Whether `--apply` writes the file. Set it to false, or remove the entry, to leave the file as it is. */
  readonly apply: boolean
  /** Files that can only be changed together with this one. */
  readonly together: readonly string[]
  readonly diff: string
  /** Hashes of the text the plan was made for, and of the text it writes. */
  readonly before: string
  readonly after: string
}

export class PlanError extends Error {
  override readonly name = 'PlanError'
}

const about =
  'Read the diffs; set "apply" to false for what should stay; then run `tenantize migrate --apply <this file>`.'

/** The plan of a migration that has been made. */
export function planFile({ changes, connected, result }: Migration, repository: Repository): PlanFile {
  const groups = togetherIn([...changes.keys()], connected)
  const diffs = new Map(result.files.map(({ file, diff }) => [file, diff]))
  return {
    version: 1,
    command: 'migrate --plan',
    about,
    files: [...changes]
      .map(([path, { before, after }]) => {
        const file = repository.relative(path)
        return {
          file,
          apply: true,
          together: groups
            .get(path)!
            .filter((other) => other !== path)
            .map((other) => repository.relative(other)),
          diff: diffs.get(file) ?? '',
          before: hashOf(before),
          after: hashOf(after),
        }
      })
      .sort((a, b) => (a.file < b.file ? -1 : 1)),
  }
}

/** For each file, those that change with it, itself among them; sorted. */
export function togetherIn(
  files: readonly string[],
  connected: readonly (readonly string[])[],
): Map<string, string[]> {
  const groups = new Map(files.map((file) => [file, new Set([file])]))
  for (const members of connected) {
    const changed = members.filter((file) => groups.has(file))
    const joined = new Set(changed.flatMap((file) => [...groups.get(file)!]))
    for (const file of joined) groups.set(file, joined)
  }
  return new Map([...groups].map(([file, group]) => [file, [...group].sort()]))
}

/**
 * Reads a plan that a person may have edited.
 * @throws PlanError that names what is wrong
 */
export function readPlan(text: string, name: string): PlannedFile[] {
  let value: Partial<PlanFile> | undefined
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new PlanError(`${name}: this is no JSON: ${(error as Error).message}`)
  }
  if (value?.version !== 1 || value.command !== 'migrate --plan' || !Array.isArray(value.files))
    throw new PlanError(`${name}: this is no plan of \`tenantize migrate --plan\``)
  for (const [index, entry] of value.files.entries()) {
    const texts = [entry?.file, entry?.before, entry?.after]
    if (
      texts.some((item) => typeof item !== 'string') ||
      typeof entry.apply !== 'boolean' ||
      !Array.isArray(entry.together)
    )
      throw new PlanError(
        `${name}: files[${index}] is not as it was written: only "apply" may be changed, or the entry removed`,
      )
  }
  const chosen = value.files.filter(({ apply }) => apply)
  const applied = new Set(chosen.map(({ file }) => file))
  for (const { file, together } of chosen) {
    const missing = together.filter((other: string) => !applied.has(other))
    if (missing.length > 0)
      throw new PlanError(
        `${name}: ${file} can only be changed together with ${missing.join(', ')}: apply all of them, or none`,
      )
  }
  return chosen
}

/**
 * Compares what is about to be written with what was looked at.
 * @throws PlanError when the code base has changed since the plan was made
 */
export function assertAsPlanned(
  planned: readonly PlannedFile[],
  changes: Migration['changes'],
  repository: Repository,
  name: string,
): void {
  const now = new Map([...changes].map(([path, change]) => [repository.relative(path), change]))
  const other = planned.filter(({ file, before, after }) => {
    const change = now.get(file)
    return !change || hashOf(change.before) !== before || hashOf(change.after) !== after
  })
  if (other.length > 0)
    throw new PlanError(
      `${name}: the code base has changed since the plan was made (${other.map(({ file }) => file).join(', ')}); make the plan anew`,
    )
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}
