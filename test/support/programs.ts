/** Route files put together at random from the ways in which people write them. */
import fc from 'fast-check'

/** How a file is laid out. */
interface Style {
  readonly quote: string
  readonly semicolon: string
  readonly newline: string
  readonly indent: string
  readonly bom: string
  readonly end: string
  readonly header: readonly string[]
}

interface Handler {
  readonly shape: (typeof shapes)[number]
  readonly guard: keyof typeof guards
  readonly creation: (typeof creations)[number]
  readonly client: string
  readonly steps: readonly (keyof typeof steps)[]
  readonly inTry: boolean
}

export interface Program {
  readonly style: Style
  readonly imported: keyof typeof imports
  readonly typed: boolean
  readonly handlers: readonly Handler[]
}

const shapes = ['function', 'arrow', 'wrapped', 'listed'] as const
const creations = ['top', 'after', 'in place', 'assigned', 'module'] as const

/** Guards between the session and the work. `{}` of a template is a block in the file's style. */
const guards = {
  id: ['if (!session?.user?.tenantId) return denied()'],
  user: ['if (!session?.user) return denied()'],
  session: ['if (!session) return denied()'],
  'two parts': ['if (!session || !session.user) return denied()'],
  null: ['if (session == null) return denied()'],
  block: ['if (!session?.user) {', '  return denied()', '}'],
  'user id': ['if (!session?.user?.id) return denied()'],
  variable: ['const tenantId = session?.user?.tenantId', 'if (!tenantId) return denied()'],
  destructured: [
    'if (!session?.user) return denied()',
    'const { tenantId: workspace } = session.user',
    'if (!workspace) return denied()',
  ],
  'of a user': ['const user = session?.user', 'if (!user) return denied()'],
  role: ["if (session?.user?.role === 'guest') return denied()"],
  none: [],
} as const

/** What a handler does; `$c` is its client, `$n` a number of its own. */
const steps = {
  orders: ["rows.push(await $c.from('orders').select('id'))"],
  invoices: [
    'const { data: invoices$n } = await $c',
    "  .from('invoices')",
    "  .select('id, lines(id)')",
    "  .eq('open', true)",
    'rows.push(invoices$n)',
  ],
  users: ["rows.push(await $c.from('users').select('id'))"],
  audit: ["await $c.from('audit_log').insert({ at: $n })"],
  both: [
    "rows.push(...(await Promise.all([$c.from('users').select('id'), $c.from('orders').select('id')])))",
  ],
  branch: ['if (rows.length > 1) {', "  rows.push(await $c.from('payments').select('id'))", '}'],
  nested: ["const load$n = async () => $c.from('orders').select('id')", 'rows.push(await load$n())'],
  callback: [
    "rows.push(...(await Promise.all(['a', 'b'].map(async (id) => $c.from('orders').select('id').eq('id', id)))))",
  ],
  query: [
    "let query$n = $c.from('orders').select('id')",
    "if (rows.length === 0) query$n = query$n.eq('id', 'first')",
    'rows.push(await query$n)',
  ],
  helper: ['rows.push(await countRows($c))'],
  file: ["rows.push($c.storage.from('files').getPublicUrl('a'))"],
  function: ["rows.push(await $c.rpc('totals'))"],
  embed: ["rows.push(await $c.from('contacts').select('id, users(name)'))"],
  taken: ['const tenantDb$x = rows.length', 'rows.push(tenantDb$x)'],
  shadow: [
    "const shadow$n = ($c: { from(name: string): string }) => $c.from('orders')",
    'rows.push(shadow$n({ from: (name) => name }))',
  ],
  text: ["rows.push(`  supabase.from('orders')", '      keep this`)'],
} as const

const imports = {
  named: { line: "import { createAppClient } from '@/lib/db'", call: 'createAppClient()' },
  alias: { line: "import { createAppClient as connect } from '@/lib/db'", call: 'connect()' },
  barrel: { line: "import { connectApp } from '@/lib'", call: 'connectApp()' },
  namespace: { line: "import * as database from '@/lib/db'", call: 'database.createAppClient()' },
  relative: { line: "import { createAppClient } from '../../../lib/db'", call: 'createAppClient()' },
} as const

const keys = <T extends object>(object: T) => Object.keys(object) as (keyof T & string)[]

const style: fc.Arbitrary<Style> = fc.record({
  quote: fc.constantFrom("'", '"'),
  semicolon: fc.constantFrom('', ';'),
  newline: fc.constantFrom('\n', '\n', '\r\n'),
  indent: fc.constantFrom('  ', '\t', '    '),
  bom: fc.constantFrom('', '', '\uFEFF'),
  end: fc.constantFrom('\n', '\n', ''),
  header: fc.constantFrom([], ['// Orders of a customer.'], ['/*', ' * Copyright the team.', ' */', '']),
})

/** One of the choices; the rare ones, after which a person has to look, seldom. */
function mostly<T extends string>(choices: readonly T[], rare: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof(
    { weight: 30, arbitrary: fc.constantFrom(...choices.filter((choice) => !rare.includes(choice))) },
    { weight: 1, arbitrary: fc.constantFrom(...rare) },
  )
}

const handler: fc.Arbitrary<Handler> = fc.record({
  shape: fc.constantFrom(...shapes),
  guard: mostly(keys(guards), ['role', 'none']),
  creation: fc.constantFrom(...creations),
  client: fc.constantFrom('supabase', 'db', 'client', 'tenantDb'),
  steps: fc.array(mostly(keys(steps), ['embed']), { minLength: 1, maxLength: 5 }),
  inTry: fc.boolean(),
})

export const program: fc.Arbitrary<Program> = fc.record({
  style,
  imported: fc.constantFrom(...keys(imports)),
  typed: fc.boolean(),
  handlers: fc.array(handler, { minLength: 1, maxLength: 3 }),
})

const methods = ['GET', 'POST', 'DELETE']

/** The text of a program. */
export function write({ style, imported, typed, handlers }: Program): string {
  const { line, call } = imports[imported]
  const all = handlers.flatMap((item) => item.steps)
  const shared = handlers.some((item) => item.creation === 'module')
  const lines = [
    ...style.header,
    "import { getServerSession } from 'next-auth'",
    "import { authOptions } from '@/lib/auth'",
    line,
    ...(all.includes('helper') ? ["import { countRows } from '@/lib/count'"] : []),
    ...(handlers.some((item) => item.shape === 'wrapped')
      ? ["import { withErrors } from '@/lib/with-errors'"]
      : []),
    '',
    ...(typed && imported !== 'namespace'
      ? [`export type Client = ReturnType<typeof ${call.slice(0, -2)}>`, '']
      : []),
    ...(shared ? [`const shared = ${call}`, ''] : []),
    'const denied = () => new Response(null, { status: 401 })',
    ...handlers.flatMap((item, index) => ['', ...writeHandler(item, methods[index]!, call)]),
    ...(handlers.some((item) => item.shape === 'listed')
      ? [
          '',
          `export { ${handlers.flatMap((item, index) => (item.shape === 'listed' ? [`handle${methods[index]} as ${methods[index]}`] : [])).join(', ')} }`,
        ]
      : []),
  ]
  const text = lines.map((written) => {
    const depth = /^(?: {2})*/.exec(written)![0].length / 2
    const bare = written.slice(depth * 2)
    const quoted = bare.includes('`') ? bare : bare.replaceAll("'", style.quote)
    const ends = style.semicolon && endsStatement(bare, written) ? `${quoted};` : quoted
    return style.indent.repeat(depth) + ends
  })
  return style.bom + text.join(style.newline) + style.end
}

/** Whether a line is the end of a statement that takes a semicolon. */
function endsStatement(line: string, written: string): boolean {
  if (/^(?:\/\/|\/\*| ?\*|$)/.test(line) || /(?:[{([,]|=>)$/.test(line)) return false
  if (/^\}/.test(line)) return line === '})'
  if (line.includes('rows.push(`') || line === 'const { data: invoices = await') return false
  return (
    !(/= await \w[\w.()]*$/.test(line) && written.includes('invoices')) && !/^\.(?:from|select)\(/.test(line)
  )
}

function writeHandler(item: Handler, method: string, call: string): string[] {
  const name = item.creation === 'module' ? 'shared' : item.client
  const receiver = item.creation === 'in place' ? call : name
  const make =
    item.creation === 'assigned'
      ? [`let ${name}`, `${name} = ${call}`]
      : item.creation === 'top' || item.creation === 'after'
        ? [`const ${name} = ${call}`]
        : []
  const atTop = item.creation === 'top'
  const work = item.steps.flatMap((step, index) =>
    steps[step].map((line) =>
      line
        .replaceAll('$c', step === 'shadow' ? name : receiver)
        .replaceAll('$n', String(index))
        .replaceAll(
          'tenantDb$x',
          name === 'tenantDb' || item.steps.indexOf('taken') !== index ? `tenantDb${index}` : 'tenantDb',
        ),
    ),
  )
  const inner = [
    'const session = await getServerSession(authOptions)',
    ...guards[item.guard],
    ...(atTop ? [] : make),
    ...work,
    'return Response.json(rows)',
  ]
  const body = [
    'const rows: unknown[] = []',
    ...(atTop ? make : []),
    ...(item.inTry
      ? [
          'try {',
          ...inner.map(indented),
          '} catch (error) {',
          '  return Response.json({ error: String(error) })',
          '}',
        ]
      : inner),
  ]
  const lines = body.map(indented)
  switch (item.shape) {
    case 'function':
      return [`export async function ${method}() {`, ...lines, '}']
    case 'arrow':
      return [`export const ${method} = async () => {`, ...lines, '}']
    case 'wrapped':
      return [`export const ${method} = withErrors(async () => {`, ...lines, '})']
    case 'listed':
      return [`async function handle${method}() {`, ...lines, '}']
  }
}

function indented(line: string): string {
  return `  ${line}`
}
