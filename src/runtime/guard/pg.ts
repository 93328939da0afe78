import { driver } from '../driver.ts'
import type { Check } from './check.ts'
import { tablesOf } from './sql.ts'
import { method, wrap } from './wrap.ts'

/** The text of each query is read before it is sent; the parser is loaded with the first. */
export function guardPg<Client extends object>(client: Client, check: Check): Client {
  return wrap(client, (name, target) => {
    if (name === 'connect') {
      const connect = method(target, 'connect')!
      return (...args: unknown[]) =>
        args.length > 0
          ? connect(...args)
          : Promise.resolve(connect()).then((made: unknown) =>
              typeof made === 'object' && made !== null ? guardPg(made, check) : made,
            )
    }
    if (name !== 'query') return undefined
    const query = method(target, 'query')!
    return (...args: unknown[]) => {
      const [first] = args
      const text = typeof first === 'string' ? first : (first as { text?: unknown } | undefined)?.text
      // With a callback, or an object that is submitted (a cursor), nothing can be put before the call.
      if (typeof text !== 'string' || args.some((arg) => typeof arg === 'function')) return query(...args)
      return judge(text, check).then(() => query(...args))
    }
  })
}

async function judge(text: string, check: Check): Promise<void> {
  const { parse } = await driver('libpg-query', () => import('libpg-query'))
  let tree: unknown
  try {
    tree = await parse(text)
  } catch {
    // The database will say what is wrong with it.
    return
  }
  for (const { table, operation } of tablesOf(tree)) check(operation, table)
}
