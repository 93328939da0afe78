import type { MigrateFile } from '../migrate/result.ts'

/** How many files of a folder, with those below it, were rewritten, and at how many places. */
export interface FolderCount {
  readonly folder: string
  readonly files: number
  readonly sites: number
}

/**
 * Counts by folder, as deep as the number of rows allows: a folder is opened while that keeps the list short.
 * @param most how many folders at most (more only when nothing can be joined)
 */
export function byFolder(files: readonly MigrateFile[], most: number): FolderCount[] {
  let groups: Group[] = [{ folder: '', files, closed: false }]
  for (;;) {
    const open = groups.filter((group) => !group.closed).sort((a, b) => b.files.length - a.files.length)[0]
    if (!open) break
    const inside = split(open)
    const fits = groups.length - 1 + inside.length <= most
    const parts = fits && inside.length > 0 ? inside : [{ ...open, closed: true }]
    groups = groups.flatMap((group) => (group === open ? parts : [group]))
  }
  return groups
    .map(({ folder, files }) => ({
      folder: folder === '' ? '.' : folder,
      files: files.length,
      sites: files.flatMap((file) => file.sites).filter((site) => site.status === 'rewritten').length,
    }))
    .sort((a, b) => (a.folder < b.folder ? -1 : 1))
}

interface Group {
  readonly folder: string
  readonly files: readonly MigrateFile[]
  /** Can't be opened any further. */
  readonly closed: boolean
}

/** The folders directly below, and the folder itself for the files it holds. */
function split({ folder, files }: Group): Group[] {
  const groups = new Map<string, MigrateFile[]>()
  const skip = folder === '' ? 0 : folder.length + 1
  for (const file of files) {
    const slash = file.file.indexOf('/', skip)
    const below = slash === -1 ? folder : file.file.slice(0, slash)
    groups.set(below, [...(groups.get(below) ?? []), file])
  }
  return Array.from(groups, ([below, inside]) => ({ folder: below, files: inside, closed: below === folder }))
}
