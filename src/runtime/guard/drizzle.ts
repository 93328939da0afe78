import type { Check } from './check.ts'
import { method, wrap } from './wrap.ts'

const writing = new Set(['insert', 'update', 'delete', '$count', 'refreshMaterializedView'])
const selecting = new Set(['select', 'selectDistinct', 'selectDistinctOn'])
const naming = new Set(['from', 'leftJoin', 'rightJoin', 'innerJoin', 'fullJoin', 'crossJoin', 'using'])
const tableName = Symbol.for('drizzle:Name')
const originalName = Symbol.for('drizzle:OriginalName')

/** Tables are objects that know their names: they are judged where a query takes them. */
export function guardDrizzle<Client extends object>(client: Client, check: Check): Client {
  const judge = (operation: string, table: unknown) => {
    const names = typeof table === 'object' && table !== null ? [originalName, tableName] : []
    const found = names
      .map((name) => Reflect.get(table as object, name))
      .filter((name) => typeof name === 'string')
    if (found.length > 0) check(operation, ...(found as string[]))
  }
  const builder = (target: object, operation: string): object =>
    wrap(target, (name, own) => {
      const run = typeof name === 'string' && name !== 'then' ? method(own, name) : undefined
      if (!run) return undefined
      return (...args: unknown[]) => {
        if (naming.has(String(name))) judge(operation, args[0])
        const result = run(...args)
        return typeof result === 'object' && result !== null && !(result instanceof Promise)
          ? builder(result, operation)
          : result
      }
    })
  const guarded = <T extends object>(target: T): T =>
    wrap(target, (name, own) => {
      if (name === 'query') return relational(own, check)
      const run = typeof name === 'string' ? method(own, name) : undefined
      if (!run) return undefined
      const operation = String(name)
      if (name === 'transaction')
        return (work: (tx: object) => unknown, ...rest: unknown[]) =>
          run((tx: object) => work(guarded(tx)), ...rest)
      if (name === 'with') return (...args: unknown[]) => guarded(run(...args))
      if (selecting.has(operation)) return (...args: unknown[]) => builder(run(...args), operation)
      if (writing.has(operation))
        return (table: unknown, ...rest: unknown[]) => {
          judge(operation, table)
          return run(table, ...rest)
        }
      return undefined
    })
  return guarded(client)
}

interface Schema {
  readonly dbName?: string
  readonly relations?: Readonly<
    Record<string, { readonly referencedTableName?: string; readonly referencedTable?: object }>
  >
  readonly tsName?: string
}

/** `db.query.orders.findMany({ with: { customer: true } })` */
function relational(client: object, check: Check): unknown {
  const query = Reflect.get(client, 'query', client) as object | undefined
  if (typeof query !== 'object' || query === null) return undefined
  const schema =
    (Reflect.get(client, '_', client) as { schema?: Record<string, Schema> } | undefined)?.schema ?? {}
  const judgeWith = (table: Schema | undefined, args: unknown, operation: string, depth: number): void => {
    const wanted = (args as { with?: Record<string, unknown> } | undefined)?.with
    if (!wanted || depth > 12) return
    for (const [name, value] of Object.entries(wanted)) {
      const other = table?.relations?.[name]
      const joined =
        other?.referencedTableName ??
        (other?.referencedTable && Reflect.get(other.referencedTable, tableName))
      if (!value || typeof joined !== 'string') continue
      check(operation, joined)
      judgeWith(
        Object.values(schema).find((entry) => entry.dbName === joined),
        value,
        operation,
        depth + 1,
      )
    }
  }
  return wrap(query, (name, own) => {
    const table = typeof name === 'string' ? (Reflect.get(own, name, own) as unknown) : undefined
    if (typeof table !== 'object' || table === null) return undefined
    return wrap(table, (operation, members) => {
      const run = typeof operation === 'string' ? method(members, operation) : undefined
      return (
        run &&
        ((args?: unknown) => {
          const known = schema[String(name)]
          check(String(operation), ...(known?.dbName ? [known.dbName] : []), String(name))
          judgeWith(known, args, String(operation), 0)
          return run(args)
        })
      )
    })
  })
}
