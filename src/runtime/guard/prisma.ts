import type { Check } from './check.ts'
import { method, wrap } from './wrap.ts'

/** What Prisma's client knows of its schema. Not a public part of it: without it, only the accessor's name is judged. */
interface DataModel {
  readonly models: Readonly<
    Record<
      string,
      {
        readonly dbName?: string | null
        readonly fields: readonly { readonly name: string; readonly kind: string; readonly type: string }[]
      }
    >
  >
}

/** `client.model.operation(args)`, with the relations that its arguments reach, in and outside of transactions. */
export function guardPrisma<Client extends object>(client: Client, check: Check): Client {
  const model = (client as { _runtimeDataModel?: DataModel })._runtimeDataModel
  const guarded = <T extends object>(target: T): T =>
    wrap(target, (name, own) => {
      if (typeof name !== 'string' || name.startsWith('_')) return undefined
      if (name === '$extends') return (...args: unknown[]) => guarded(method(own, name)!(...args))
      if (name === '$transaction') return transaction(own, guarded)
      if (name.startsWith('$')) return undefined
      const delegate = Reflect.get(own, name, own) as unknown
      if (typeof delegate !== 'object' || delegate === null) return undefined
      const type = `${name[0]?.toUpperCase()}${name.slice(1)}`
      return wrap(delegate, (operation, members) => {
        const run =
          typeof operation === 'string' && !operation.startsWith('$') ? method(members, operation) : undefined
        return (
          run &&
          ((...args: unknown[]) => {
            check(String(operation), ...spellings(model, name, type))
            judgeRelations(model, type, args[0], String(operation), check, 0)
            return run(...args)
          })
        )
      })
    })
  return guarded(client)
}

function transaction(
  client: object,
  guarded: <T extends object>(target: T) => T,
): (...args: unknown[]) => unknown {
  const run = method(client, '$transaction')!
  return (work, ...rest) =>
    typeof work === 'function' ? run((tx: object) => work(guarded(tx)), ...rest) : run(work, ...rest)
}

/** The accessor, the model's name and that of its table. */
function spellings(model: DataModel | undefined, accessor: string, type: string): string[] {
  const table = model?.models[type]?.dbName
  return [accessor, type, ...(table ? [table] : [])]
}

/** Relations that are named anywhere in the arguments: included, selected, filtered by, written along. */
function judgeRelations(
  model: DataModel | undefined,
  type: string,
  args: unknown,
  operation: string,
  check: Check,
  depth: number,
): void {
  const fields = model?.models[type]?.fields
  if (!fields || depth > 24 || typeof args !== 'object' || args === null) return
  if (Array.isArray(args)) {
    for (const item of args) judgeRelations(model, type, item, operation, check, depth + 1)
    return
  }
  for (const [key, value] of Object.entries(args)) {
    if (value === undefined || value === false) continue
    const relation = fields.find((field) => field.name === key && field.kind === 'object')
    if (relation) {
      const accessor = `${relation.type[0]?.toLowerCase()}${relation.type.slice(1)}`
      check(operation, ...spellings(model, accessor, relation.type))
    }
    judgeRelations(model, relation?.type ?? type, value, operation, check, depth + 1)
  }
}
