import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import type { LintResult } from '../lint/result.ts'
import { Contents, type Stamp } from '../repo/contents.ts'
import { type Discovered, discoverSql } from '../repo/discover.ts'
import type { Look } from '../repo/look.ts'
import { surroundingsId } from '../repo/surroundings.ts'
import { contentId } from '../repo/watched.ts'
import { compileGlobs } from '../rules/glob.ts'
import { restoredRecords, type StoredRecords } from '../trace/record-file.ts'
import type { Records } from '../trace/records.ts'
import type { Located } from './project.ts'
import { version } from './version.ts'

/** The first part of the file: what says whether the others may be used. */
interface Head {
  /** The program, the rules and all but the sources. */
  readonly key: string
  /** Milliseconds since 1970. */
  readonly written: number
  readonly stamps: readonly (readonly [path: string, ...Stamp['state'], id: string])[]
}

/**
 * What is kept between runs, in one file: texts are known by their contents, everything else by what it came from. The
 * file has three lines, each with its checksum: identities, the last result, the facts. One that is damaged, or of
 * another program, other rules or another configuration, counts for nothing.
 */
export class Cache {
  readonly contents: Contents
  /** The identity of the code base, as it is now. */
  readonly state: string
  readonly #file: string
  readonly #root: string
  readonly #key: string
  readonly #lines: readonly (string | undefined)[]
  readonly #old: ReadonlyMap<string, Stamp>

  /** @param location another file than the one below node_modules/.cache */
  constructor(located: Located, found: Discovered, location: string | undefined) {
    const { root, rules } = located
    this.#root = root
    this.#file =
      location === undefined
        ? join(
            root,
            'node_modules/.cache/tenantize',
            `${contentId(relative(root, rules.file)).replace(/\W/g, '').slice(0, 12)}.json`,
          )
        : resolve(location)
    const sql = compileGlobs(rules.sql.map(({ files }) => files))
    const others =
      rules.sql.length > 0
        ? discoverSql(root)
            .filter(sql)
            .map((path) => join(root, path))
        : []
    this.#key = contentId(
      [version, surroundingsId(root, found, [...others, rules.file]), relative(root, rules.file)].join('\n'),
    )
    this.#lines = linesOf(this.#file)
    const head = parsed<Head>(this.#lines[0])
    const usable = head?.key === this.#key ? head : undefined
    if (!usable) this.#lines = []
    this.#old = new Map(
      usable?.stamps.map(([path, size, modified, changed, inode, id]) => [
        join(root, path),
        { id, state: [size, modified, changed, inode] },
      ]),
    )
    this.contents = new Contents(this.#old, usable?.written)
    const ids = found.sources.map((path) => `${path}\n${this.contents.idOf(join(root, path)) ?? ''}`)
    this.state = contentId([this.#key, ...ids].join('\n'))
  }

  /** The result for the same code, when that is what was kept. */
  result(scope: string): LintResult | undefined {
    const kept = parsed<{ readonly of: string; readonly result: LintResult }>(this.#lines[1])
    return kept?.of === `${this.state} ${scope}` ? kept.result : undefined
  }

  /** What is known of files that are as they were, and the facts of all. */
  records(): { readonly looks: Map<string, Look>; readonly earlier: Records | undefined } {
    const stored = parsed<StoredRecords>(this.#lines[2])
    if (!stored) return { looks: new Map(), earlier: undefined }
    const looks = stored.looks
      .map(([path, look]) => [join(this.#root, path), look] as const)
      .filter(([file]) => {
        const old = this.#old.get(file)
        return old !== undefined && this.contents.idOf(file) === old.id
      })
    return { looks: new Map(looks), earlier: restoredRecords(this.#root, stored) }
  }

  /** @throws Error when the file can't be written */
  write(scope: string, result: LintResult, records: StoredRecords): void {
    const head: Head = {
      key: this.#key,
      written: Date.now(),
      stamps: Array.from(this.contents.stamps, ([file, { id, state }]) => [
        relative(this.#root, file),
        ...state,
        id,
      ]),
    }
    const lines = [head, { of: `${this.state} ${scope}`, result }, records].map((part) => {
      const text = JSON.stringify(part)
      return `${contentId(text)} ${text}\n`
    })
    mkdirSync(dirname(this.#file), { recursive: true })
    const temporary = `${this.#file}.${process.pid}`
    try {
      writeFileSync(temporary, lines.join(''))
      renameSync(temporary, this.#file)
    } catch (error) {
      rmSync(temporary, { force: true })
      throw error
    }
  }
}

/** The lines of the file; none when there is no such file. */
function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split('\n')
  } catch {
    return []
  }
}

/** A part of the file, when it is whole. */
function parsed<T>(line: string | undefined): T | undefined {
  if (line === undefined) return undefined
  const at = line.indexOf(' ')
  const text = line.slice(at + 1)
  if (at === -1 || contentId(text) !== line.slice(0, at)) return undefined
  return JSON.parse(text) as T
}
