import { statSync } from 'node:fs'
import { decoded, readLatin1 } from './read.ts'
import { contentId } from './watched.ts'

/** The identity of a file's text, and what the file system said of the file when it was read. */
export interface Stamp {
  readonly id: string
  /** Size, times of change of text and of entry (milliseconds), number of the entry. */
  readonly state: readonly [size: number, modified: number, changed: number, inode: number]
}

/** Clocks of file systems may be this coarse, in milliseconds: a file that is younger may change and look the same. */
const coarse = 2_000

/**
 * Identities of the texts of files. One that has the same size, times and entry as before has the same text, as git
 * takes it too (https://git-scm.com/docs/racy-git); all others are read.
 */
export class Contents {
  readonly stamps = new Map<string, Stamp>()
  readonly #known: ReadonlyMap<string, Stamp>
  readonly #until: number

  /** @param known by path @param written when these were noted, in milliseconds since 1970 */
  constructor(known: ReadonlyMap<string, Stamp> = new Map(), written = 0) {
    this.#known = known
    this.#until = written - coarse
  }

  /** The identity of a file's text; undefined when it can't be read. */
  idOf(file: string): string | undefined {
    const done = this.stamps.get(file)
    if (done) return done.id
    try {
      const { size, mtimeMs, ctimeMs, ino } = statSync(file)
      const state: Stamp['state'] = [size, mtimeMs, ctimeMs, ino]
      const known = this.#known.get(file)
      const same =
        known !== undefined &&
        mtimeMs < this.#until &&
        ctimeMs < this.#until &&
        state.every((value, index) => value === known.state[index])
      const stamp = same ? known : { id: contentId(decoded(readLatin1(file))), state }
      this.stamps.set(file, stamp)
      return stamp.id
    } catch {
      return undefined
    }
  }
}
