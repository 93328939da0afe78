import { dirname } from 'node:path'
import { importedName, type Module } from '../../repo/module.ts'
import { memberName, type Node, unwrap } from '../../repo/node.ts'
import type { Code, Seen } from '../sight.ts'

/** A function of a deployment, as code names it: `api.conversations.list`. */
export interface Reference {
  /** `conversations:list`, `admin/users:ban`. */
  readonly path: string
  /** The folder that holds its implementation, where the import tells; absolute. */
  readonly folder?: string
}

/** What an expression that should name a function may be. */
export interface References {
  readonly found: readonly Reference[]
  /** Why there may be others, in words. */
  readonly dynamic?: string
  /** Whether some alternative is something else altogether: a SQL text, a function. */
  readonly other: boolean
}

/** Reads expressions of one module. */
export interface Reader {
  readonly code: Code
  readonly module: Module
  look(expression: Node): readonly Seen[]
}

/** The module that `convex codegen` writes; the objects `api` and `internal` come from it. */
const generated = /(?:^|\/)_generated\/api(?:\.[cm]?[jt]s)?$/

/** Names of the objects whose members are functions. */
const roots = new Set(['api', 'internal', 'anyApi', 'components'])

/** Every function that an expression may name. */
export function referencesOf(expression: Node, reader: Reader): References {
  const node = unwrap(expression)
  if (node.type === 'ConditionalExpression')
    return joined([node.consequent, node.alternate].map((branch) => referencesOf(branch, reader)))
  const written = writtenReference(node)
  if (written && written.names.length > 1) {
    const folder = folderOf(written.root, reader)
    return { found: [{ path: pathOf(written.names), ...(folder ? { folder } : {}) }], other: false }
  }
  return joined(reader.look(node).map(seenReference))
}

/** Several answers as one. */
export function joined(all: readonly References[]): References {
  const dynamic = all.find((one) => one.dynamic !== undefined)?.dynamic
  return {
    found: all.flatMap((one) => one.found),
    ...(dynamic === undefined ? {} : { dynamic }),
    other: all.some((one) => one.other),
  }
}

/**
 * Whether an expression is written as a function of a deployment, and nothing else: `api.tasks.list`.
 * Components (`components.agent.threads.list`) are packages with tables of their own.
 */
export function isWrittenReference(expression: Node): boolean {
  const written = writtenReference(unwrap(expression))
  return written !== undefined && written.names.length > 1 && written.exported !== 'components'
}

/** Whether an expression may hold a function: a name, a member, a choice of these. */
export function mayBeReference(expression: Node): boolean {
  const node = unwrap(expression)
  if (node.type === 'ConditionalExpression')
    return mayBeReference(node.consequent) && mayBeReference(node.alternate)
  if (node.type === 'CallExpression') return unwrap(node.callee).name === 'makeFunctionReference'
  return node.type === 'Identifier' || node.type === 'MemberExpression'
}

/** The members that are read from `api` or `internal`, for an expression that is nothing but that. */
function writtenReference(node: Node): { root: Node; exported: string; names: string[] } | undefined {
  const names: string[] = []
  let at = node
  while (at.type === 'MemberExpression') {
    const name = memberName(at)
    if (name === undefined) return undefined
    names.unshift(name)
    at = unwrap(at.object)
  }
  if (at.type !== 'Identifier' || names.length === 0) return undefined
  const declaration = at.binding?.kind === 'import' ? at.binding.declaration : undefined
  if (declaration?.parent?.type !== 'ImportDeclaration') return undefined
  if (declaration.type === 'ImportNamespaceSpecifier') {
    const [exported, ...rest] = names
    return generated.test(declaration.parent.source.value) && roots.has(exported!)
      ? { root: at, exported: exported!, names: rest }
      : undefined
  }
  const exported = importedName(declaration)
  return roots.has(exported) ? { root: at, exported, names } : undefined
}

/** `['admin', 'users', 'ban']` is `admin/users:ban`: the folders, the file, and the export. */
function pathOf(names: readonly string[]): string {
  return `${names.slice(0, -1).join('/')}:${names.at(-1)}`
}

/** The folder with the functions that an import of `_generated/api` belongs to. */
function folderOf(root: Node, { code, module }: Reader): string | undefined {
  const source: string = root.binding!.declaration.parent.source.value
  if (!generated.test(source)) return undefined
  const file = code.repository.resolve(module.file, source)
  if (file) return dirname(dirname(file))
  // Generated files are often not kept in the repository: a file beside their folder is.
  const schema = code.repository.resolve(
    module.file,
    source.replace(generated, '/schema').replace(/^\//, './'),
  )
  return schema && dirname(schema)
}

function seenReference(item: Seen): References {
  switch (item.kind) {
    case 'external': {
      const names = generated.test(item.module)
        ? item.path.slice(1)
        : item.module === 'convex/server' && item.path[0] === 'anyApi'
          ? item.path.slice(1)
          : roots.has(item.path[0] ?? '')
            ? item.path.slice(1)
            : []
      return names.length > 1
        ? { found: [{ path: pathOf(names) }], other: false }
        : { found: [], other: true }
    }
    case 'text': {
      const text = item.parts.every((part) => part !== null) ? item.parts.join('') : undefined
      return text !== undefined && /^[\w/-]+:\w+$/.test(text)
        ? { found: [{ path: text }], other: false }
        : { found: [], other: true }
    }
    case 'made': {
      const [name] = item.call.arguments as Node[]
      if (!name) return { found: [], other: true }
      return joined(item.look(name).map(seenReference))
    }
    case 'unknown':
      return { found: [], dynamic: item.reason, other: false }
    case 'literal':
      return { found: [], other: item.value !== null && item.value !== undefined }
    default:
      return { found: [], other: true }
  }
}
