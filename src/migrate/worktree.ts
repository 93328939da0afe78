/** Whether a folder has changes that git has not recorded. */
import { execFile } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { relative, sep } from 'node:path'

export interface WorkTree {
  /** False outside a repository and where git is not installed. */
  readonly git: boolean
  /** Changed, added, deleted, renamed and untracked files below the folder, relative to it, with `/`, sorted. */
  readonly dirty: string[]
}

/**
 * The files below `root` that differ from the last commit. Ignored files don't count.
 * @throws Error when git is there and fails for another reason than the missing repository
 */
export async function dirtyFiles(root: string): Promise<WorkTree> {
  const top = await git(root, ['rev-parse', '--show-toplevel'])
  if (top === undefined) return { git: false, dirty: [] }
  const status = await git(root, ['status', '--porcelain', '-z', '--untracked-files=all', '--', '.'])
  if (status === undefined) return { git: false, dirty: [] }
  // Porcelain paths start at the top of the work tree, whatever the current folder is.
  const prefix = relative(top.replace(/\r?\n$/, ''), realpathSync(root))
    .split(sep)
    .join('/')
  const below = prefix === '' ? '' : `${prefix}/`
  const dirty = pathsOf(status).filter((path) => path.startsWith(below))
  return { git: true, dirty: dirty.map((path) => path.slice(below.length)).sort() }
}

/**
 * Paths in `git status --porcelain -z`: `XY path\0`, and for a rename or a copy the old path as a second entry
 * (https://git-scm.com/docs/git-status#_pathname_format_notes_and_z).
 */
function pathsOf(status: string): string[] {
  const paths = new Set<string>()
  const entries = status.split('\0')
  for (let at = 0; at < entries.length; at++) {
    const entry = entries[at]!
    if (entry.length < 4) continue
    paths.add(entry.slice(3))
    if (/[RC]/.test(entry.slice(0, 2))) {
      const old = entries[++at]
      if (old) paths.add(old)
    }
  }
  return [...paths]
}

/** The output of git in a folder; undefined when there is no git or no work tree. */
function git(folder: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    // Reading the status must not take the index lock from a git that someone is running.
    const environment = { ...process.env, GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' }
    const options = { cwd: folder, env: environment, maxBuffer: 1 << 28 }
    execFile('git', [...args], options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout)
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return resolve(undefined)
      if (/not a git repository|must be run in a work tree/i.test(stderr)) return resolve(undefined)
      reject(
        new Error(`git ${args[0]} failed in ${folder}: ${stderr.trim() || error.message}`, { cause: error }),
      )
    })
  })
}
