import type { Check } from './check.ts'
import { method, wrap } from './wrap.ts'

const operations = new Set(['select', 'insert', 'upsert', 'update', 'delete'])

/** `from` names the table, the method after it what is done. `schema()` gives another client of the same database. */
export function guardSupabase<Client extends object>(client: Client, check: Check): Client {
  return wrap(client, (name, target) => {
    if (name === 'from')
      return (table: string) => {
        const query = method(target, 'from')!(table) as object
        return wrap(query, (operation, built) => {
          const run = operations.has(String(operation)) ? method(built, operation) : undefined
          return (
            run &&
            ((...args: unknown[]) => {
              check(String(operation), table)
              return run(...args)
            })
          )
        })
      }
    if (name === 'schema') return (schema: string) => guardSupabase(method(target, 'schema')!(schema), check)
    return undefined
  })
}
