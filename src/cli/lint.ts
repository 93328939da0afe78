import { lint, needsEvidence } from '../lint/lint.ts'
import { trace } from '../trace/trace.ts'
import { EXIT_CLEAN, EXIT_FOUND } from './exit.ts'
import { checkFormats, type OutputOptions, type Terminal, writeResult } from './output.ts'
import { assertNamesFound, openProject } from './project.ts'
import { version } from './version.ts'

export type LintCommandOptions = OutputOptions & { readonly rules?: string }

/** `tenantize lint [dir]` */
export async function lintCommand(
  directory: string | undefined,
  options: LintCommandOptions,
  terminal: Terminal,
): Promise<number> {
  checkFormats('lint', options.format)
  const project = openProject(directory, options.rules)
  assertNamesFound(project)
  const { rules, classifier } = project
  const traced = trace(project.repository, rules, {
    dialects: project.dialects,
    lean: { wants: (access) => needsEvidence(access, classifier, rules) },
  })
  // Neither the parser nor the code that reads SQL is loaded for those who have none.
  const sql =
    rules.sql.length > 0
      ? await (await import('../sql/index.ts')).sqlFacts(project.repository, rules)
      : undefined
  const result = lint(traced, rules, classifier, {
    startedAt: 0,
    only: project.inScope,
    ...(sql ? { sql } : {}),
  })
  const sqlFiles = new Set(sql?.files.map(({ file }) => file))
  await writeResult(
    result,
    options,
    terminal,
    (file) =>
      sqlFiles.has(file) || project.repository.has(project.repository.absolute(file))
        ? project.repository.text(project.repository.absolute(file))
        : undefined,
    version,
  )
  return result.summary.errors > 0 ? EXIT_FOUND : EXIT_CLEAN
}
