import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { lint } from '../lint/lint.ts'
import { picture } from '../lint/picture.ts'
import { migrate } from '../migrate/migrate.ts'
import { dot } from '../report/picture/dot.ts'
import { html, type PageAssets } from '../report/picture/html.ts'
import { mermaid } from '../report/picture/mermaid.ts'
import { type ReportResult, reportResult } from '../report/picture/result.ts'
import { nearest } from '../rules/nearest.ts'
import { trace } from '../trace/trace.ts'
import { EXIT_CLEAN } from './exit.ts'
import { writeText } from './files.ts'
import type { OutputOptions, Terminal } from './output.ts'
import { assertNamesFound, openProject, type Project } from './project.ts'
import { UsageError } from './usage-error.ts'

const formats: Readonly<Record<string, (result: ReportResult) => string>> = {
  html: (result) => html(result, assets()),
  mermaid,
  dot,
  json: (result) => `${JSON.stringify(result, null, 2)}\n`,
}

export const reportFormats = Object.keys(formats)

export type ReportCommandOptions = OutputOptions & {
  readonly rules?: string
  readonly html?: string
}

/** `tenantize report [dir]` */
export async function reportCommand(
  directory: string | undefined,
  options: ReportCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const wanted = [
    ...(options.html === undefined ? [] : [{ name: 'html', file: options.html }]),
    ...options.format.map((name, index) => ({ name, file: options.output[index] })),
  ]
  if (options.output.length > options.format.length)
    throw new UsageError('there are more --output files than --format names')
  if (wanted.length === 0)
    throw new UsageError('say what to write: --html report.html, or --format mermaid, dot or json')
  for (const { name } of wanted) {
    if (name in formats) continue
    const meant = nearest(name, Object.keys(formats))
    throw new UsageError(
      `there is no format \`${name}\` for report (known: ${Object.keys(formats).join(', ')})${meant ? `; did you mean ${meant}?` : ''}`,
    )
  }
  const project = await openProject(directory, options.rules)
  assertNamesFound(project)
  const result = await look(project)
  for (const { name, file } of wanted) {
    const text = formats[name]!(result)
    if (file === undefined) terminal.out(text)
    else writeText(file, text)
    if (file !== undefined && !options.quiet)
      terminal.err(
        `${file}: ${result.summary.accesses} accesses, ${result.summary.wrong} on the wrong database\n`,
      )
  }
  return EXIT_CLEAN
}

/** What lint and migrate find, of the whole code base. */
async function look({
  root,
  repository,
  rules,
  classifier,
  dialects,
  inScope,
  diffPath,
}: Project): Promise<ReportResult> {
  const traced = trace(repository, rules, { dialects })
  const sql =
    rules.sql.length > 0 ? await (await import('../sql/index.ts')).sqlFacts(repository, rules) : undefined
  const judged = lint(traced, rules, classifier, { startedAt: 0, only: inScope, ...(sql ? { sql } : {}) })
  const drawn = picture(traced, rules, classifier)
  const migration = await migrate(repository, rules, classifier, {
    startedAt: 0,
    verify: false,
    only: inScope,
    diffPath,
    dialects,
  })
  return reportResult(
    basename(root),
    {
      ...drawn,
      files: drawn.files.filter(({ file }) => inScope(file)),
      accesses: drawn.accesses.filter(({ file }) => inScope(file)),
    },
    judged,
    migration.result,
  )
}

/** The page's program and style, which the build puts beside the command line. */
function assets(): PageAssets {
  const read = (name: string) => readFileSync(new URL(`./report/${name}`, import.meta.url), 'utf8')
  return { script: read('page.js'), style: read('style.css') }
}
