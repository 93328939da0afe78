import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fastGlob from 'fast-glob'
import type { DeclaredTable } from '../trace/survey/declared-tables.ts'

/** The models of every Prisma schema below a folder. */
export function prismaTables(root: string): DeclaredTable[] {
  const files = fastGlob
    .sync('**/*.prisma', { cwd: root, ignore: ['**/node_modules/**', '**/.git/**'], suppressErrors: true })
    .sort()
  return files.flatMap((file) => readModels(file, readFileSync(join(root, file), 'utf8')))
}

/**
 * Reads the models of a Prisma schema. The language is made of lines: `model Name {`, one field a line, `}`
 * (https://www.prisma.io/docs/orm/reference/prisma-schema-reference).
 * @param file path for the facts
 */
export function readModels(file: string, text: string): DeclaredTable[] {
  const found: { table: DeclaredTable; types: { column: string; type: string }[] }[] = []
  let open:
    | { name: string; line: number; columns: string[]; types: { column: string; type: string }[] }
    | undefined
  text.split(/\r?\n/).forEach((line, index) => {
    const words = line.split('//')[0]!.trim().split(/\s+/)
    if (!open && words[0] === 'model' && words[1])
      open = { name: words[1], line: index + 1, columns: [], types: [] }
    else if (open && words[0] === '}') {
      found.push({
        table: {
          name: open.name,
          columns: open.columns,
          references: [],
          by: 'the Prisma schema',
          file,
          line: open.line,
          column: 1,
        },
        types: open.types,
      })
      open = undefined
    } else if (open && words[0] && words[1] && !words[0].startsWith('@@')) {
      open.columns.push(words[0])
      // Only the side that holds the key refers; the other one is a list or has no `@relation(fields: …)`.
      if (line.includes('@relation') && line.includes('fields:'))
        open.types.push({ column: words[0], type: words[1].replace('?', '') })
    }
  })
  const models = new Set(found.map(({ table }) => table.name))
  return found.map(({ table, types }) => ({
    ...table,
    references: types
      .filter(({ type }) => models.has(type))
      .map(({ column, type }) => ({ column, table: type })),
  }))
}
