import type { PgNode } from './parser.ts'

/** Stands for a name that is only known when the SQL runs: a character that Unicode gives no meaning, so that nobody wrote it. */
export const unknownName = '\uE000'

/** `users` for `users` and `public.users`; `auth.users` for another schema. PostgreSQL's own is always searched too. */
export function qualified(schema: string | undefined, name: string): string {
  return schema === undefined || schema === '' || schema === 'public' || schema === 'pg_catalog'
    ? name
    : `${schema}.${name}`
}

/** The name in a RangeVar. */
export function relationName(relation: PgNode): string {
  return qualified(relation.schemaname, relation.relname)
}

/** The name in a list of String nodes: a function's, a type's, or an object's in DROP. */
export function listName(list: readonly PgNode[]): string {
  const words = list.map((item) => String(item.String?.sval ?? ''))
  return qualified(words.length > 1 ? words[words.length - 2] : undefined, words[words.length - 1] ?? '')
}

/** Where a name that begins at an index ends: `users`, `public.users`, `"Order Items"`. */
export function nameEnd(text: string, start: number): number {
  let at = start
  for (;;) {
    if (text[at] === '"') {
      at++
      while (at < text.length && (text[at] !== '"' || text[at + 1] === '"')) at += text[at] === '"' ? 2 : 1
      at++
    } else while (at < text.length && /[\w$]|[^\0-\x7f]/.test(text[at]!)) at++
    if (text[at] !== '.') return Math.min(Math.max(at, start + 1), text.length)
    at++
  }
}
