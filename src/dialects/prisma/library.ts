import { readFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import type { Code } from '../sight.ts'
import { type Model, type Schema, type SchemaFile, schemaOf } from './models.ts'
import { parseSchema } from './schema/parse.ts'
import type { SchemaBlock } from './schema/tree.ts'

/** What the schemas of a code base declare. */
export interface Library {
  readonly schemas: readonly Schema[]
  /** Files that can't be read whole, with what is wrong. */
  readonly broken: readonly { readonly file: string; readonly message: string; readonly offset: number }[]
}

/** The schemas of a code base; read once, whoever asks: nothing but these files decides what they say. */
export function libraryOf({ repository }: Code): Library {
  let library = known.get(repository)
  if (!library) {
    const read = (file: string) => readFileSync(repository.absolute(file), 'utf8')
    known.set(repository, (library = readLibrary(repository.schemas, read, repository.root)))
  }
  return library
}

const known = new WeakMap<Code['repository'], Library>()

/**
 * Sorts schema files into schemas. A file with a `datasource` begins one; the others belong to the nearest that lies
 * in their folder, or in one around it or below that.
 * @param files paths relative to the root, sorted
 */
export function readLibrary(files: readonly string[], read: (file: string) => string, root: string): Library {
  const parsed = files.map((file): SchemaFile => {
    const text = read(file)
    return { file, text, tree: parseSchema(text) }
  })
  const mains = parsed.filter(({ tree }) => tree.blocks.some((block) => block.kind === 'datasource'))
  const parts = new Map<SchemaFile, SchemaFile[]>(mains.map((main) => [main, [main]]))
  const loose: SchemaFile[] = []
  for (const file of parsed) {
    if (parts.has(file)) continue
    const owners = ownersOf(file, mains)
    for (const owner of owners) parts.get(owner)!.push(file)
    if (owners.length === 0) loose.push(file)
  }
  const groups = [...parts.values(), ...(loose.length > 0 ? [loose] : [])]
  return {
    schemas: groups.map((group) => schemaOf(group, clientsOf(group, root))),
    broken: parsed.flatMap(({ file, tree }) => (tree.problem ? [{ file, ...tree.problem }] : [])),
  }
}

/** The mains that lie nearest to a file. */
function ownersOf({ file }: SchemaFile, mains: readonly SchemaFile[]): SchemaFile[] {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const here = mains.filter((main) => dirname(main.file) === folder)
    if (here.length > 0) return here
    // `prisma/models/user.prisma` beside `prisma/base/schema.prisma`; a whole repository is no such folder.
    const below = folder === '.' ? [] : mains.filter((main) => dirname(main.file).startsWith(`${folder}/`))
    if (below.length > 0) return below
    if (folder === '.') return []
  }
}

/** Where Prisma puts a client that names no place of its own. */
const usual = '@prisma/client'

/** The modules that the clients of a schema are imported from. */
function clientsOf(group: readonly SchemaFile[], root: string): string[] {
  const generators = group.flatMap(({ file, tree }) =>
    tree.blocks
      .filter((block) => block.kind === 'generator' && makesClient(block))
      .map((block) => ({ file, output: textOf(block, 'output') })),
  )
  return [
    ...new Set(
      generators.map(({ file, output }) => {
        if (output === undefined) return usual
        const path = join(root, dirname(file), output)
        const packages = `${sep}node_modules${sep}`
        const at = path.lastIndexOf(packages)
        return at === -1
          ? path
          : path
              .slice(at + packages.length)
              .split(sep)
              .join('/')
      }),
    ),
  ]
}

function makesClient(block: SchemaBlock): boolean {
  const provider = textOf(block, 'provider')
  return provider === 'prisma-client-js' || provider === 'prisma-client'
}

function textOf(block: SchemaBlock, setting: string): string | undefined {
  const value = block.settings.get(setting)
  return value?.kind === 'text' ? value.value : undefined
}

/** The models that a member of a client may stand for: of one schema, or of several where nothing tells them apart. */
export function modelsNamed({ schemas }: Pick<Library, 'schemas'>, accessor: string): Model[] {
  const lower = accessor.charAt(0).toLowerCase() + accessor.slice(1)
  return schemas.flatMap(({ byAccessor }) => byAccessor.get(accessor) ?? byAccessor.get(lower) ?? [])
}

/** The models of a table, by the name that SQL writes. */
export function modelsOfTable(library: Library, table: string): Model[] {
  return library.schemas.flatMap(({ byTable }) => byTable.get(table) ?? [])
}
