import { existsSync, realpathSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { explain } from '../lint/explain.ts'
import { planMigration } from '../migrate/plan.ts'
import { explanation } from '../report/explanation.ts'
import { sqlFacts } from '../sql/index.ts'
import { trace } from '../trace/trace.ts'
import { EXIT_CLEAN, EXIT_FOUND } from './exit.ts'
import { type OutputOptions, type Terminal, unknownFormat, wantsColor } from './output.ts'
import { watchParsing } from './progress.ts'
import { assertNamesFound, openProject } from './project.ts'
import { UsageError } from './usage-error.ts'

/** `tenantize explain <file:line>` */
export async function explainCommand(
  place: string,
  options: OutputOptions & { readonly rules?: string },
  terminal: Terminal,
): Promise<number> {
  const [format = 'pretty'] = options.format
  if (format !== 'pretty' && format !== 'json')
    throw new UsageError(unknownFormat(format, 'explain', ['pretty', 'json']))
  const parts = /^(.*?):(\d+)(?::\d+)?$/.exec(place)
  if (!parts) throw new UsageError(`${place}: expected <file>:<line>`)
  const [, name = '', line = ''] = parts
  const path = resolve(name)
  if (!existsSync(path)) throw new UsageError(`${name}: there is no such file`)
  const file = realpathSync(path)
  const project = await openProject(name, options.rules)
  watchParsing(project.repository, options.quiet ? undefined : terminal.progress)
  const sql = await sqlFacts(project.repository, project.rules)
  const relative = project.repository.relative(file)
  if (
    !project.repository.has(file) &&
    !relative.endsWith('.sql') &&
    !sql?.files.some((one) => one.file === relative)
  )
    throw new UsageError(`${name}: the file is not part of the code base of ${project.rules.file}`)
  assertNamesFound(project)
  const traced = trace(project.repository, project.rules, { dialects: project.dialects })
  const result = explain(
    traced,
    project.rules,
    project.classifier,
    relative,
    Number(line),
    () => planMigration(traced, project.rules, project.classifier).sites,
    sql,
  )
  const [output] = options.output
  const text =
    format === 'json'
      ? `${JSON.stringify(result, null, 2)}\n`
      : explanation(result, output === undefined && wantsColor(terminal, options.color), options.quiet)
  if (output === undefined) terminal.out(text)
  else writeFileSync(resolve(output), text)
  return result.accesses.length + result.creations.length > 0 || result.sql?.database !== undefined
    ? EXIT_CLEAN
    : EXIT_FOUND
}
