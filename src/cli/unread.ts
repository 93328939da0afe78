import { extname } from 'node:path'
import { plural } from '../report/summary.ts'
import type { Terminal } from './output.ts'
import type { Project } from './project.ts'

/**
 * Says which files have scripts that nobody read: what these ask of a database is not judged.
 */
export function tellUnread(
  { repository, includes }: Pick<Project, 'repository' | 'includes'>,
  terminal: Terminal,
): void {
  const counts = new Map<string, number>()
  for (const path of repository.found.unread)
    if (includes(path)) counts.set(extname(path), (counts.get(extname(path)) ?? 0) + 1)
  if (counts.size === 0) return
  const kinds = [...counts].map(([extension, count]) => plural(count, `${extension} file`))
  terminal.err(`Not read: ${kinds.join(', ')}. What their scripts ask of a database is not judged.\n`)
}
