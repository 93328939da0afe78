/** Programs made of routes with accesses, in any layout: for properties of findings that outlive edits. */
import fc from 'fast-check'

/** What a finding is about, wherever it stands. */
export interface Access {
  readonly table: string
  readonly columns: string
  readonly operation: 'select' | 'delete'
}

export interface Handler {
  readonly name: string
  readonly accesses: readonly Access[]
}

export interface RouteFile {
  /** Stays when the file moves. */
  readonly id: number
  readonly folder: string
  readonly handlers: readonly Handler[]
}

/** How a file is written; nothing of it matters. */
export interface Layout {
  readonly quote: "'" | '"'
  readonly semicolons: boolean
  readonly indent: string
  readonly broken: boolean
  readonly comments: boolean
  readonly client: string
  readonly helper: boolean
  readonly newline: '\n' | '\r\n'
  /** Calls of the factory where the client is used, instead of a variable. */
  readonly inPlace: boolean
}

const access: fc.Arbitrary<Access> = fc.record({
  table: fc.constantFrom('orders', 'invoices', 'tasks'),
  columns: fc.constantFrom('*', 'id', 'id, name'),
  operation: fc.constantFrom('select' as const, 'delete' as const),
})
const handlers = fc
  .uniqueArray(fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'), { minLength: 1, maxLength: 3 })
  .chain((names) =>
    fc.tuple(
      ...names.map((name) =>
        fc.record({ name: fc.constant(name), accesses: fc.array(access, { maxLength: 3 }) }),
      ),
    ),
  )
export const routes: fc.Arbitrary<RouteFile[]> = fc
  .array(handlers, { minLength: 1, maxLength: 3 })
  .map((list) => list.map((all, id) => ({ id, folder: `a${id}`, handlers: all })))

export const layout: fc.Arbitrary<Layout> = fc.record({
  quote: fc.constantFrom("'" as const, '"' as const),
  semicolons: fc.boolean(),
  indent: fc.constantFrom('  ', '\t', '    '),
  broken: fc.boolean(),
  comments: fc.boolean(),
  client: fc.constantFrom('supabase', 'db', 'client'),
  helper: fc.boolean(),
  newline: fc.constantFrom('\n' as const, '\r\n' as const),
  inPlace: fc.boolean(),
})

/** One change of a program that a finding has to outlive, to cause, or to end with. */
export type Change = (files: readonly RouteFile[]) => readonly RouteFile[]

const pick = fc.nat(99)
const at = <T>(items: readonly T[], number: number): T => items[number % items.length]!

function onHandler(
  file: number,
  handler: number,
  edit: (accesses: readonly Access[]) => readonly Access[],
): Change {
  return (files) =>
    files.map((item) =>
      item === at(files, file)
        ? {
            ...item,
            handlers: item.handlers.map((one) =>
              one === at(item.handlers, handler) ? { ...one, accesses: edit(one.accesses) } : one,
            ),
          }
        : item,
    )
}

export const change: fc.Arbitrary<Change> = fc.oneof(
  fc
    .tuple(pick, pick, pick, access)
    .map(([file, handler, where, added]) =>
      onHandler(file, handler, (all) => all.toSpliced(where % (all.length + 1), 0, added)),
    ),
  fc
    .tuple(pick, pick, pick)
    .map(([file, handler, which]) =>
      onHandler(file, handler, (all) => (all.length === 0 ? all : all.toSpliced(which % all.length, 1))),
    ),
  // Handlers in another order.
  pick.map(
    (file): Change =>
      (files) =>
        files.map((item) =>
          item === at(files, file) ? { ...item, handlers: item.handlers.toReversed() } : item,
        ),
  ),
  // The file moves, and what it imports is elsewhere from there.
  fc.tuple(pick, fc.constantFrom('deep/er/', 'b/', '(group)/')).map(
    ([file, folder]): Change =>
      (files) =>
        files.map((item) =>
          item === at(files, file) ? { ...item, folder: `${folder}${item.folder}` } : item,
        ),
  ),
)

export const pathOf = ({ folder }: RouteFile) => `src/app/api/${folder}/route.ts`

/** What an access is called whatever its layout and path. */
export const keyOf = (file: RouteFile, handler: Handler, { table, operation, columns }: Access) =>
  `${file.id} ${handler.name} ${operation} ${table}${operation === 'select' ? ` ${columns}` : ''}`

/** The text of a file, and which access stands at which line. */
export function render(file: RouteFile, style: Layout): { text: string; keys: Map<number, string> } {
  const lines: string[] = []
  const keys = new Map<number, string>()
  const { quote: q, indent } = style
  const end = style.semicolons ? ';' : ''
  const depth = file.folder.split('/').length + 2
  lines.push(`import { createAppClient as make } from ${q}${'../'.repeat(depth)}lib/db${q}${end}`, '')
  if (style.helper) lines.push('const other = (value: unknown) => value', '')
  for (const handler of file.handlers) {
    if (style.comments) lines.push('/** What it does. */')
    lines.push(`export async function ${handler.name}() {`)
    if (!style.inPlace) lines.push(`${indent}const ${style.client} = make()${end}`)
    for (const access of handler.accesses) {
      if (style.comments) lines.push(`${indent}// ${access.table}`)
      const client = style.inPlace ? 'make()' : style.client
      const last = access.operation === 'select' ? `.select(${q}${access.columns}${q})` : `.delete()`
      if (style.broken) {
        lines.push(`${indent}await ${client}`, `${indent}${indent}.from(${q}${access.table}${q})`)
        keys.set(lines.length, keyOf(file, handler, access))
        lines.push(`${indent}${indent}${last}${end}`)
      } else {
        lines.push(`${indent}await ${client}.from(${q}${access.table}${q})${last}${end}`)
        keys.set(lines.length, keyOf(file, handler, access))
      }
    }
    lines.push(`${indent}return new Response(null)${end}`, '}', '')
  }
  return { text: lines.join(style.newline), keys }
}
