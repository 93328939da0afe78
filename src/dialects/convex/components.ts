import { keyName, memberName, type Node, unwrap, walk } from '../../repo/node.ts'
import type { Code } from '../sight.ts'
import { type Declared, declarationOf } from './declared.ts'

/** What a function that is not in the code base may do when it is handed the context. */
export type Foreign =
  /** It works on the tables of a component: `components.agent`. */
  | { readonly component: string }
  /** Nobody knows: the function and its package. */
  | { readonly package: string }

/**
 * Packages whose functions read and write what they are told in the code itself, or only ask who is signed in.
 * Source: https://labs.convex.dev/auth/api_reference/server (`getAuthUserId` reads the identity, no table).
 */
const harmless = /^convex(?:-helpers)?(?:\/|$)|^@convex-dev\/auth\/server#getAuth(?:UserId|SessionId)$/

/** The component that an expression names: `components.agent.threads.list` is of `components.agent`. */
export function componentOf(expression: Node): string | undefined {
  const names: string[] = []
  let at = unwrap(expression)
  while (at.type === 'MemberExpression') {
    const name = memberName(at)
    if (name === undefined) return undefined
    names.unshift(name)
    at = unwrap(at.object)
  }
  const isImported = at.type === 'Identifier' && at.binding?.kind === 'import'
  return isImported && at.name === 'components' && names[0] !== undefined
    ? `components.${names[0]}`
    : undefined
}

/**
 * What is called, where it is no function of the code base.
 * @returns undefined where nothing has to be said: a function that is handed in, a helper of Convex itself
 */
export function foreignOf(code: Code, { module, node }: Declared, depth = 0): Foreign | undefined {
  if (depth > 6) return undefined
  const again = (next: Declared) => foreignOf(code, next, depth + 1)
  const declared = declarationOf(code.repository, { module, node })
  const at = declared.node
  if (at.type === 'Identifier') return ofImport(at)
  if (at.type === 'MemberExpression') {
    const object = declarationOf(code.repository, { module: declared.module, node: at.object })
    const name = memberName(at)
    const entry =
      object.node.type === 'ObjectExpression' && name !== undefined
        ? (object.node.properties as Node[]).find((one) => one.type === 'Property' && keyName(one) === name)
        : undefined
    if (entry) return again({ module: object.module, node: entry.value })
    const whole = importOf(object.node)
    if (whole?.exported === undefined && whole && name !== undefined) return named(whole.source, name)
    return again(object)
  }
  if (at.type !== 'NewExpression' && at.type !== 'CallExpression') return undefined
  // `new Agent(components.agent, …)`, `new Aggregate({ component: components.counts })`
  let component: string | undefined
  for (const argument of at.arguments as Node[])
    walk(argument, (inner) => {
      if (inner.type === 'MemberExpression') component ??= componentOf(inner)
      return component === undefined
    })
  return component === undefined ? again({ module: declared.module, node: at.callee }) : { component }
}

function ofImport(id: Node): Foreign | undefined {
  const found = importOf(id)
  return found && named(found.source, found.exported ?? '*')
}

/** The import that a name comes from; `exported` is undefined for the whole module. */
function importOf(id: Node): { source: string; exported?: string } | undefined {
  const declaration =
    id.type === 'Identifier' && id.binding?.kind === 'import' ? id.binding.declaration : undefined
  const source: string | undefined = declaration?.parent?.source?.value
  if (source === undefined || source.startsWith('.') || source.includes('_generated/')) return undefined
  if (declaration?.type === 'ImportNamespaceSpecifier') return { source }
  return {
    source,
    exported:
      declaration?.type === 'ImportDefaultSpecifier'
        ? 'default'
        : (declaration?.imported.name ?? declaration?.imported.value),
  }
}

function named(source: string, exported: string): Foreign | undefined {
  return harmless.test(source) || harmless.test(`${source}#${exported}`)
    ? undefined
    : { package: `\`${exported}\` of ${source}` }
}
