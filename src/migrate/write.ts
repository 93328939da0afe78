/** Puts changed files on disk: all of them, or none. */
import { randomBytes } from 'node:crypto'
import {
  accessSync,
  chmodSync,
  constants,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'

export interface FileChange {
  /** Absolute path. */
  readonly path: string
  /** The new text, with its byte order mark and line ends as they are to be. */
  readonly text: string
  /** The text the change was made from. */
  readonly original: string
}

/** Nothing was changed, or everything that was is back as it was; `path` is the file that stood in the way. */
export class WriteError extends Error {
  override readonly name = 'WriteError'
  constructor(
    readonly path: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(`${path}: ${message}`, options)
  }
}

/** The steps that touch the disk; a test may take the place of one. */
export interface Disk {
  write(path: string, text: Buffer, mode: number): void
  rename(from: string, to: string): void
  remove(path: string): void
}

export const realDisk: Disk = {
  write: (path, text, mode) => {
    // Exclusive: a file that is already there is never written over. The umask narrows the mode, so it is set again.
    writeFileSync(path, text, { mode, flag: 'wx' })
    chmodSync(path, mode)
  },
  rename: renameSync,
  remove: (path) => rmSync(path, { force: true }),
}

/** A change with its neighbours on disk: the new text, and the old one to go back to. */
interface Staged {
  readonly path: string
  /** Where symbolic links lead: the link stays, the file behind it changes. */
  readonly target: string
  readonly text: Buffer
  readonly original: Buffer
  readonly mode: number
  readonly fresh: string
  readonly backup: string
}

/**
 * Writes every change through a temporary file beside its target and a rename.
 * @throws WriteError when a file is not what the change was made from, or can't be written; then no file is changed
 */
export function writeAll(changes: readonly FileChange[], disk: Disk = realDisk): void {
  const staged = changes.map(stage)
  refuseSharedTargets(staged)
  const made: string[] = []
  const renamed: Staged[] = []
  let current: Staged | undefined
  try {
    for (current of staged) {
      for (const [path, text] of [
        [current.backup, current.original],
        [current.fresh, current.text],
      ] as const) {
        made.push(path)
        disk.write(path, text, current.mode)
      }
    }
    for (current of staged) {
      // Counted first: a rename that reports an error after doing its work is undone as well.
      renamed.push(current)
      disk.rename(current.fresh, current.target)
    }
  } catch (cause) {
    const lost = restore(renamed, disk)
    const kept = new Set(lost.map((one) => one.backup))
    clear(
      made.filter((path) => !kept.has(path)),
      disk,
    )
    throw failure(current!.path, cause, lost)
  }
  clear(made, disk)
}

function stage({ path, text, original }: FileChange): Staged {
  const expected = Buffer.from(original)
  let target: string
  let mode: number
  let found: Buffer
  try {
    target = realpathSync(path)
    mode = statSync(target).mode & 0o7777
    found = readFileSync(target)
    // A rename would replace a file that its owner has made read-only.
    accessSync(target, constants.W_OK)
  } catch (cause) {
    throw failure(path, cause, [])
  }
  if (!found.equals(expected) && found.toString() === original) {
    throw new WriteError(path, 'is not UTF-8, and writing it would change other bytes. Convert it first.')
  }
  if (!found.equals(expected)) {
    throw new WriteError(path, 'has changed since it was read, so nothing was written. Run migrate again.')
  }
  const beside = join(
    dirname(target),
    `.${basename(target)}.${process.pid}-${randomBytes(4).toString('hex')}`,
  )
  return {
    path,
    target,
    mode,
    text: Buffer.from(text),
    original: expected,
    fresh: `${beside}.new`,
    backup: `${beside}.old`,
  }
}

/** Two paths that lead to one file would each undo the other's change. */
function refuseSharedTargets(staged: readonly Staged[]): void {
  const owners = new Map<string, string>()
  for (const { path, target } of staged) {
    const other = owners.get(target)
    if (other !== undefined) {
      throw new WriteError(
        path,
        `is the same file as ${other}. Leave one of them out with "ignore". No file was changed.`,
      )
    }
    owners.set(target, path)
  }
}

/** Puts the old texts back, last first; returns those for which that failed, whose backup then stays. */
function restore(renamed: readonly Staged[], disk: Disk): Staged[] {
  return renamed.toReversed().filter((one) => {
    if (holds(one.target, one.original)) return false
    try {
      disk.rename(one.backup, one.target)
      return false
    } catch {
      return true
    }
  })
}

function holds(path: string, text: Buffer): boolean {
  try {
    return readFileSync(path).equals(text)
  } catch {
    return false
  }
}

/** What is left over does no harm, so a failure to remove it must not hide the outcome. */
function clear(paths: readonly string[], disk: Disk): void {
  for (const path of paths) {
    try {
      disk.remove(path)
    } catch {}
  }
}

const remedies: Readonly<Record<string, string>> = {
  EACCES: 'may not be written: check the permissions of the file and its folder',
  EPERM: 'may not be written: it or its folder is protected, or another program has it open',
  EROFS: 'is on a read-only file system: work on a copy that can be written',
  ENOSPC: 'could not be written because the disk is full: free some space',
  EDQUOT: 'could not be written because the disk quota is used up: free some space',
  ENOENT: 'is gone, or its folder is: run migrate again',
  ENOTDIR: 'is no longer in a folder: run migrate again',
  EISDIR: 'is a folder where a file was expected: run migrate again',
  ENAMETOOLONG: 'has a name too long for a temporary file beside it: shorten it',
  EBUSY: 'is in use by another program: close it',
  EMFILE: 'could not be opened because too many files are open: close some programs',
}

function failure(path: string, cause: unknown, lost: readonly Staged[]): WriteError {
  const { code = '', message } = cause as NodeJS.ErrnoException
  const what = remedies[code] ?? `could not be written (${message})`
  const after =
    lost.length === 0
      ? 'No file was changed.'
      : `These could not be put back, and their old text is beside them: ${lost.map((one) => `${one.target} (in ${one.backup})`).join(', ')}.`
  return new WriteError(path, `${what}${code && remedies[code] ? ` (${code})` : ''}. ${after}`, { cause })
}
