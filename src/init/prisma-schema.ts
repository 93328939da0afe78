import { libraryOf } from '../dialects/prisma/library.ts'
import type { Schema } from '../dialects/prisma/models.ts'
import type { Code } from '../dialects/sight.ts'
import type { DeclaredTable } from '../trace/survey/declared-tables.ts'

/** The models of every Prisma schema of a code base. */
export function prismaTables(code: Code): DeclaredTable[] {
  return tablesOf(libraryOf(code).schemas)
}

export function tablesOf(schemas: readonly Schema[]): DeclaredTable[] {
  return schemas.flatMap(({ models }) =>
    models.map(({ name, fields, relations, file, position }) => ({
      name,
      columns: [...fields],
      // Only the side that holds the key refers to the other.
      references: [...relations].flatMap(([column, { keys, model }]) =>
        keys.length > 0 ? [{ column, table: model.name }] : [],
      ),
      by: 'the Prisma schema',
      file,
      line: position.line,
      column: position.column,
    })),
  )
}
