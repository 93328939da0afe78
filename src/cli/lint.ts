import { lint } from '../lint/lint.ts'
import type { LintResult } from '../lint/result.ts'
import { startThreads, traceForLint } from '../lint/sharded.ts'
import { EXIT_CLEAN, EXIT_FOUND } from './exit.ts'
import { checkFormats, type OutputOptions, type Terminal, writeResult } from './output.ts'
import { assertNamesFound, openProject, type Project } from './project.ts'

export type LintCommandOptions = OutputOptions & {
  readonly rules?: string
  readonly types?: boolean
}

/** `tenantize lint [dir]` */
export async function lintCommand(
  directory: string | undefined,
  options: LintCommandOptions,
  terminal: Terminal,
): Promise<number> {
  checkFormats('lint', options.format)
  const project = await openProject(directory, options.rules, startThreads)
  assertNamesFound(project)
  const { rules, classifier } = project
  const traced = await traceForLint(project.repository, rules, classifier, { dialects: project.dialects })
  // Neither the parser nor the code that reads SQL is loaded for those who have none.
  const sql =
    rules.sql.length > 0
      ? await (await import('../sql/index.ts')).sqlFacts(project.repository, rules)
      : undefined
  const judged = lint(traced, rules, classifier, {
    startedAt: 0,
    only: project.inScope,
    ...(sql ? { sql } : {}),
  })
  const result = options.types ? await withTypes(project, judged) : judged
  const sqlFiles = new Set(sql?.files.map(({ file }) => file))
  const fixes = options.format.includes('sarif')
    ? await (await import('./fixes.ts')).fixesOf(project)
    : undefined
  await writeResult(result, options, terminal, {
    readSource: (file) =>
      sqlFiles.has(file) || project.repository.has(project.repository.absolute(file))
        ? project.repository.text(project.repository.absolute(file))
        : undefined,
    repoPath: project.repoPath,
    ...(fixes ? { fixOf: fixes } : {}),
  })
  return result.summary.errors > 0 ? EXIT_FOUND : EXIT_CLEAN
}

/** Adds to every trail that ends what the compiler calls the value it ends at. */
async function withTypes({ root, repository }: Project, result: LintResult): Promise<LintResult> {
  const lost = result.findings.filter((finding) => finding.rule === 'unresolved-client')
  if (lost.length === 0) return result
  const { receiverTypes } = await import('../trace/types.ts')
  const places = lost.map(({ file, range }) => {
    const path = repository.absolute(file)
    return {
      file: path,
      offset: range.start.offset - (repository.text(path).charCodeAt(0) === 0xfeff ? 1 : 0),
    }
  })
  const types = await receiverTypes(root, places)
  const findings = result.findings.map((finding) => {
    const type = types[lost.indexOf(finding)]
    if (type === undefined) return finding
    const { line, column } = finding.range.start
    const evidence = [
      ...finding.evidence,
      { file: finding.file, line, column, message: `its type is \`${type}\`` },
    ]
    return { ...finding, evidence }
  })
  return { ...result, findings }
}
