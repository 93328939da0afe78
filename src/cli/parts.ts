import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { lookAtPart, type Part, traceOfParts } from '../lint/part.ts'
import { discover } from '../repo/discover.ts'
import { Repository } from '../repo/repository.ts'
import type { Trace } from '../trace/trace.ts'
import { Cache } from './cache.ts'
import type { OutputOptions, Terminal } from './output.ts'
import { assertNamesFound, type Located, locate, openLocated, type Project } from './project.ts'
import { UsageError } from './usage-error.ts'

/** `tenantize lint --shard i/n`: looks at a part of the code base, and writes what it found for `tenantize merge`. */
export async function writePart(
  directory: string | undefined,
  shard: string,
  options: Pick<OutputOptions, 'format' | 'output' | 'quiet'> & { readonly rules?: string },
  terminal: Terminal,
): Promise<void> {
  const part = partOf(shard)
  if (options.format.length > 0)
    throw new UsageError('a part is no result yet and has no format; `tenantize merge` takes --format')
  if (options.output.length > 1) throw new UsageError('a part is written to one --output')
  const { project, state } = await open(locate(directory, options.rules))
  assertNamesFound(project)
  const { repository, rules, classifier, dialects } = project
  const found = lookAtPart(repository, rules, classifier, dialects, part, state)
  const text = `${JSON.stringify(found)}\n`
  const [file] = options.output
  if (file === undefined) return terminal.out(text)
  try {
    writeFileSync(resolve(file), text)
  } catch (error) {
    throw new UsageError(`${file}: can't be written (${(error as NodeJS.ErrnoException).code})`)
  }
  if (!options.quiet)
    terminal.err(
      `${file}: part ${part.number} of ${part.of}, ${found.files.length} files; \`tenantize merge\` judges all parts\n`,
    )
}

/**
 * Puts the parts of a code base together.
 * @throws UsageError when one is missing, there twice, or of other code
 */
export async function mergedTrace(
  located: Located,
  files: readonly string[],
): Promise<{ readonly project: Project; readonly trace: Trace }> {
  const parts = files.map((file) => ({ file, ...readPart(file) }))
  const count = parts[0]!.part.of
  for (const { file, part } of parts)
    if (part.of !== count)
      throw new UsageError(`${file}: one of ${part.of} parts, and ${parts[0]!.file} is one of ${count}`)
  for (let number = 1; number <= count; number++) {
    const those = parts.filter(({ part }) => part.number === number)
    if (those.length === 0) throw new UsageError(`part ${number} of ${count} is missing`)
    if (those.length > 1)
      throw new UsageError(`part ${number} is there twice: ${those.map(({ file }) => file).join(', ')}`)
  }
  const { project, state } = await open(located)
  for (const part of parts)
    if (part.state !== state)
      throw new UsageError(
        `${part.file}: made from other code, other rules or another version of tenantize than what is here`,
      )
  const traced = traceOfParts(project.repository, project.rules, project.dialects, parts)
  if ('missing' in traced) throw new UsageError(`no part has ${traced.missing[0]}`)
  return { project, trace: traced }
}

async function open(located: Located): Promise<{ readonly project: Project; readonly state: string }> {
  const found = discover(located.root)
  const { state } = new Cache(located, found, undefined)
  const repository = new Repository(located.root, { includes: located.includes, found })
  return { project: await openLocated(located, repository), state }
}

/** `2/4` */
function partOf(shard: string): Part['part'] {
  const [number, of, ...rest] = shard.split('/').map((word) => (/^\d{1,4}$/.test(word) ? Number(word) : 0))
  if (!number || !of || rest.length > 0 || number > of)
    throw new UsageError(`--shard ${shard}: say which of how many, as in --shard 2/4`)
  return { number, of }
}

function readPart(file: string): Part {
  let value: Partial<Part> | undefined
  try {
    value = JSON.parse(readFileSync(resolve(file), 'utf8'))
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    throw new UsageError(`${file}: ${code ? `can't be read (${code})` : 'this is no JSON'}`)
  }
  if (value?.version !== 1 || value.command !== 'lint-part')
    throw new UsageError(`${file}: this was not written by \`tenantize lint --shard\``)
  return value as Part
}
