import { execFileSync } from 'node:child_process'

/** A file that is another one than it was. */
export interface GitChange {
  /** Relative to the folder that was asked about, with `/`. */
  readonly path: string
  /** The text it had, by its object's name; undefined for a file that was not there. */
  readonly before?: string
  /** Whether it is still there. */
  readonly there: boolean
}

/** A commit that git does not know, or a folder that is in no repository. The message says all. */
export class GitError extends Error {
  override readonly name = 'GitError'
}

/**
 * What changed below a folder since a commit: what is committed, staged, changed and untracked. For a branch that went
 * on meanwhile it is the commit where the two part that counts, as in a pull request.
 * @throws GitError
 */
export function changesSince(folder: string, reference: string): readonly GitChange[] {
  if (reference.startsWith('-')) throw new GitError(`\`${reference}\` is no commit`)
  inRepository(folder)
  let commit: string
  try {
    commit = git(folder, ['rev-parse', '--verify', '--quiet', `${reference}^{commit}`]).trim()
  } catch {
    throw new GitError(
      `git knows no commit \`${reference}\`; in CI, fetch it (a shallow clone has the last commit only)`,
    )
  }
  let start = commit
  try {
    start = git(folder, ['merge-base', commit, 'HEAD']).trim()
  } catch {
    // Without a common commit the two are compared as they are.
  }
  return [...rawDiff(folder, [start]), ...untracked(folder)]
}

/**
 * What is staged below a folder, against the last commit; and how the work tree differs from what is staged.
 * @throws GitError
 */
export function stagedChanges(folder: string): {
  readonly staged: readonly GitChange[]
  readonly unstaged: readonly GitChange[]
} {
  inRepository(folder)
  const commit = hasCommit(folder) ? 'HEAD' : git(folder, ['hash-object', '-t', 'tree', '/dev/null']).trim()
  return {
    staged: rawDiff(folder, ['--cached', commit]),
    unstaged: [...rawDiff(folder, []), ...untracked(folder)],
  }
}

/** The texts of objects, by their names. */
export function textsOf(folder: string, objects: readonly string[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>()
  if (objects.length === 0) return texts
  const names = [...new Set(objects)]
  const output = run(folder, ['cat-file', '--batch'], `${names.join('\n')}\n`)
  // `<name> <type> <size>\n<contents>\n` for each (https://git-scm.com/docs/git-cat-file#_batch_output).
  let at = 0
  for (const name of names) {
    const end = output.indexOf(10, at)
    const [, type, size] = output.toString('latin1', at, end).split(' ')
    if (type !== 'blob') throw new GitError(`git has lost the object ${name}`)
    const start = end + 1
    texts.set(name, output.toString('utf8', start, start + Number(size)))
    at = start + Number(size) + 1
  }
  return texts
}

/** Entries of `git diff --raw -z`: `:<mode> <mode> <object> <object> <status>\0<path>\0`. */
function rawDiff(folder: string, args: readonly string[]): GitChange[] {
  const fields = git(folder, [
    'diff',
    '--raw',
    '-z',
    '--no-renames',
    '--no-ext-diff',
    '--relative',
    '--abbrev=64',
    '--ignore-submodules',
    ...args,
    '--',
    '.',
  ]).split('\0')
  const changes: GitChange[] = []
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [before = '', after = '', object = ''] = fields[at]!.slice(1).split(' ')
    changes.push({
      path: fields[at + 1]!,
      // (Links and other repositories are no texts.)
      ...(before.startsWith('100') ? { before: object } : {}),
      there: after.startsWith('100'),
    })
  }
  return changes
}

function untracked(folder: string): GitChange[] {
  return git(folder, ['ls-files', '--others', '--exclude-standard', '-z', '--', '.'])
    .split('\0')
    .filter((path) => path !== '')
    .map((path) => ({ path, there: true }))
}

function inRepository(folder: string): void {
  try {
    git(folder, ['rev-parse', '--show-toplevel'])
  } catch (error) {
    throw new GitError(
      (error as NodeJS.ErrnoException).code === 'ENOENT'
        ? 'git is not installed'
        : `${folder}: this is in no git repository`,
    )
  }
}

function hasCommit(folder: string): boolean {
  try {
    git(folder, ['rev-parse', '--verify', '--quiet', 'HEAD'])
    return true
  } catch {
    return false
  }
}

function git(folder: string, args: readonly string[]): string {
  return run(folder, args).toString('utf8')
}

/** (Looking must not take the index lock from a git that someone is running.) */
function run(folder: string, args: readonly string[], input?: string): Buffer {
  return execFileSync('git', [...args], {
    cwd: folder,
    env: { ...process.env, GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' },
    maxBuffer: 1 << 30,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    ...(input === undefined ? {} : { input }),
  })
}
