/** A folder (with its slash) or a file, and how many accesses lie below it. */
export interface Group {
  readonly path: string
  readonly count: number
  /** Set for what is left of an opened folder: how many members that is. `path` is then the folder's. */
  readonly rest?: number
}

/**
 * Few enough folders to be drawn, that hold all of these files. The largest are opened, as long as there is room; of a
 * folder with too many members the largest are shown, and the rest as one. A folder with one member is shown as that member.
 * @param most how many there may be
 */
export function groupsOf(files: readonly string[], most: number): Group[] {
  const counts = new Map<string, number>()
  for (const file of files) counts.set(file, (counts.get(file) ?? 0) + 1)
  if (counts.size === 0) return []
  const tree = new Tree(counts)
  let groups: Group[] = [tree.group('')]
  for (;;) {
    const [largest] = groups
      .filter(({ path, rest }) => rest === undefined && tree.isFolder(path))
      .sort((a, b) => b.count - a.count)
    const room = most - groups.length + 1
    if (!largest || room < 2) break
    const members = tree.members(largest.path).sort((a, b) => b.count - a.count)
    const shown = members.length <= room ? members : members.slice(0, room - 1)
    const left = members.slice(shown.length)
    groups = groups.filter((group) => group !== largest).concat(shown)
    if (left.length > 0)
      groups.push({
        path: largest.path,
        count: left.reduce((sum, { count }) => sum + count, 0),
        rest: left.length,
      })
  }
  return groups.sort(
    (a, b) => Number(a.rest !== undefined) - Number(b.rest !== undefined) || (a.path < b.path ? -1 : 1),
  )
}

class Tree {
  readonly #counts: ReadonlyMap<string, number>

  constructor(counts: ReadonlyMap<string, number>) {
    this.#counts = counts
  }

  isFolder(path: string): boolean {
    return path === '' || path.endsWith('/')
  }

  group(path: string): Group {
    const own = this.#single(path)
    let count = this.#counts.get(own) ?? 0
    if (this.isFolder(own))
      for (const [file, number] of this.#counts) if (file.startsWith(own)) count += number
    return { path: own, count }
  }

  members(folder: string): Group[] {
    return this.#names(folder).map((name) => this.group(name))
  }

  #names(folder: string): string[] {
    const names = new Set<string>()
    for (const file of this.#counts.keys()) {
      if (!file.startsWith(folder)) continue
      const end = file.indexOf('/', folder.length)
      names.add(end < 0 ? file : file.slice(0, end + 1))
    }
    return [...names]
  }

  #single(path: string): string {
    if (!this.isFolder(path)) return path
    const names = this.#names(path)
    return names.length === 1 ? this.#single(names[0]!) : path
  }
}
