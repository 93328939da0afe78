import type { DeclaredKey } from '../dialect.ts'
import type { Code } from '../sight.ts'
import { libraryOf } from './library.ts'

/**
 * The relations of a schema that are foreign keys of the database: those of the side that holds the key. With
 * `relationMode = "prisma"` the client keeps them, and needs both tables for it just as well.
 */
export function relationKeys(code: Code): DeclaredKey[] {
  return libraryOf(code).schemas.flatMap(({ models }) =>
    models.flatMap(({ spellings, file, relations }) =>
      [...relations.values()].flatMap(({ model, keys, range }): DeclaredKey[] =>
        keys.length === 0
          ? []
          : [{ table: spellings, column: keys.join(', '), target: model.spellings, file, range }],
      ),
    ),
  )
}
