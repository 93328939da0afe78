import type { Check } from './check.ts'
import { method, wrap } from './wrap.ts'

const operations = new Set(['query', 'mutation', 'action', 'consistentQuery'])
const functionName = Symbol.for('functionName')

/** A function is judged by its path, else by its module's name, which is that of its table. */
export function guardConvex<Client extends object>(client: Client, check: Check): Client {
  return wrap(client, (name, target) => {
    const run = operations.has(String(name)) ? method(target, name) : undefined
    return (
      run &&
      ((reference: unknown, ...args: unknown[]) => {
        const path = pathOf(reference)
        if (path !== undefined) check(String(name), ...spellings(path))
        return run(reference, ...args)
      })
    )
  })
}

/** `chat/messages:list` is that function, one of module `chat/messages`, and one of table `messages`. */
function spellings(path: string): string[] {
  const [module = path] = path.split(':')
  return [path, module, module.slice(module.lastIndexOf('/') + 1)]
}

/** `conversations:list`, from the text itself or from what `api` makes. */
function pathOf(reference: unknown): string | undefined {
  if (typeof reference === 'string') return reference
  const name =
    typeof reference === 'object' && reference !== null ? Reflect.get(reference, functionName) : undefined
  return typeof name === 'string' ? name : undefined
}
