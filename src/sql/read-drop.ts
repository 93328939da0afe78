import type { SqlFact, SqlObjectKind } from './facts.ts'
import { listName } from './names.ts'
import type { PgNode } from './parser.ts'

const kinds: Readonly<Record<string, SqlObjectKind>> = {
  OBJECT_TABLE: 'table',
  OBJECT_FOREIGN_TABLE: 'view',
  OBJECT_VIEW: 'view',
  OBJECT_MATVIEW: 'view',
  OBJECT_FUNCTION: 'function',
  OBJECT_PROCEDURE: 'function',
  OBJECT_ROUTINE: 'function',
  OBJECT_TRIGGER: 'trigger',
  OBJECT_RULE: 'trigger',
  OBJECT_POLICY: 'policy',
}

/** DROP, for each name that it lists. */
export function readDrop(node: PgNode): SqlFact[] {
  const objects = (node.objects ?? []) as PgNode[]
  if (node.removeType === 'OBJECT_SCHEMA')
    return objects.map((item) => ({ does: 'drop-schema', name: String(item.String?.sval ?? '') }))
  const object = kinds[node.removeType]
  if (!object) return []
  return objects.map((item): SqlFact => {
    if (object === 'function') {
      const { objname = [], objargs = [], args_unspecified: all } = item.ObjectWithArgs ?? {}
      return {
        does: 'drop',
        object,
        name: listName(objname),
        ...(all ? {} : { signature: signatureOf(objargs) }),
      }
    }
    const words = (item.List?.items ?? []) as PgNode[]
    if (object !== 'trigger' && object !== 'policy') return { does: 'drop', object, name: listName(words) }
    // The last word names the trigger or policy, those before it the table that it is on.
    return {
      does: 'drop',
      object,
      name: String(words.at(-1)?.String?.sval ?? ''),
      on: listName(words.slice(0, -1)),
    }
  })
}

/** The types of a function's arguments, as the parser names them: `int` and `integer` are the same. */
export function signatureOf(types: readonly PgNode[]): string {
  return types
    .map((item) => {
      const type = (item.TypeName ?? item) as PgNode
      return listName(type.names ?? []) + '[]'.repeat(type.arrayBounds?.length ?? 0)
    })
    .join()
}
