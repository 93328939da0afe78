import { join } from 'node:path'
import { type Discovered, isSource } from './discover.ts'
import { changesSince, type GitChange, stagedChanges, textsOf } from './git.ts'

/** A state of a code base: which files there are, and the texts that are other ones than on disk. */
export interface State {
  readonly found: Discovered
  /** By absolute path. */
  readonly overlay: ReadonlyMap<string, string>
}

/** A code base as it is to be judged, as it was, and what changed in between. */
export interface Revisions {
  readonly now: State
  readonly before: State
  /** Paths relative to the root of every file that changed, sources or not. */
  readonly changed: ReadonlySet<string>
}

/**
 * The work tree, and the code base at a commit.
 * @param found the files of the work tree
 * @throws GitError
 */
export function sinceCommit(root: string, found: Discovered, reference: string): Revisions {
  const changes = changesSince(root, reference)
  const now: State = { found, overlay: new Map() }
  return { now, before: undone(root, now, changes), changed: new Set(changes.map(({ path }) => path)) }
}

/**
 * What is staged, and the last commit. What the work tree has beyond that counts for nothing.
 * @throws GitError
 */
export function stagedRevisions(root: string, found: Discovered): Revisions {
  const { staged, unstaged } = stagedChanges(root)
  const now = undone(root, { found, overlay: new Map() }, unstaged)
  return { now, before: undone(root, now, staged), changed: new Set(staged.map(({ path }) => path)) }
}

/** The state before changes were made. */
function undone(root: string, { found, overlay }: State, changes: readonly GitChange[]): State {
  const texts = textsOf(
    root,
    changes.flatMap(({ path, before }) => (before !== undefined && isSource(path) ? [before] : [])),
  )
  const sources = new Set(found.sources)
  const next = new Map(overlay)
  for (const { path, before, there } of changes) {
    if (!isSource(path)) continue
    // A file that git has and a .gitignore names is none of the code base.
    if (there && !sources.has(path)) continue
    if (before === undefined) {
      sources.delete(path)
      next.delete(join(root, path))
    } else {
      sources.add(path)
      next.set(join(root, path), texts.get(before)!)
    }
  }
  return { found: { ...found, sources: [...sources].sort() }, overlay: next }
}
