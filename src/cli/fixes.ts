import type { Edit, Finding } from '../lint/result.ts'
import { edited } from '../lint/unsuppress.ts'
import { migrate } from '../migrate/migrate.ts'
import { replacedLines } from '../migrate/replaced.ts'
import type { Repository } from '../repo/repository.ts'
import type { Fix } from '../report/index.ts'
import type { Project } from './project.ts'

/** A repair that touches more files than this is for `migrate`, not for a button beside one line. */
const mostFiles = 10

/** What `migrate` would write for each finding that it rewrites: with all the files that belong to the change. */
export async function fixesOf(project: Project): Promise<(finding: Finding) => Fix | undefined> {
  const { repository } = project
  const { changes, connected, result } = await migrate(repository, project.rules, project.classifier, {
    startedAt: 0,
    verify: false,
    only: project.inScope,
    dialects: project.dialects,
  })
  const rewritten = new Set(
    result.files.flatMap(({ file, sites }) =>
      sites.flatMap((site) => (site.status === 'rewritten' ? [`${file}:${site.line}:${site.column}`] : [])),
    ),
  )
  const fixes = new Map<string, Fix | undefined>()
  const fixFor = (file: string): Fix | undefined => {
    const together = [...belongingTo(file, connected)].filter((path) => changes.has(path)).sort()
    if (together.length === 0 || together.length > mostFiles) return undefined
    return {
      description: 'Take the client of the database that owns the table, as `tenantize migrate` does.',
      files: together.map((path) => {
        const { before, after } = changes.get(path)!
        return { file: repository.relative(path), replacements: replacedLines(before, after) }
      }),
    }
  }
  return ({ rule, file, range: { start }, fixable, edit }) => {
    if (edit) return removed(repository, file, edit)
    if (!fixable) return undefined
    if (!fixes.has(file)) fixes.set(file, fixFor(repository.absolute(file)))
    const fix = fixes.get(file)
    if (rewritten.has(`${file}:${start.line}:${start.column}`)) return fix
    // A route is about the client it obtains: repaired when the line that obtains it goes.
    return rule === 'route-database' && fix && removes(fix, file, start.line) ? fix : undefined
  }
}

function removed(repository: Repository, file: string, edit: Edit): Fix {
  const text = repository.text(repository.absolute(file))
  return {
    description: 'Remove what suppresses nothing.',
    files: [{ file, replacements: replacedLines(text, edited(text, [edit])) }],
  }
}

function removes(fix: Fix, file: string, line: number): boolean {
  const replacements = fix.files.find((change) => change.file === file)?.replacements ?? []
  return replacements.some(({ start, end }) => start.line <= line && line < end.line)
}

/** A file and every other one that its change needs, however far away. */
function belongingTo(file: string, connected: readonly (readonly string[])[]): Set<string> {
  const found = new Set([file])
  for (const path of found)
    for (const together of connected)
      if (together.includes(path)) for (const other of together) found.add(other)
  return found
}
