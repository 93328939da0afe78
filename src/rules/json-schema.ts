import * as z from 'zod/mini'
import { rulesSchema } from './schema.ts'

/** The JSON Schema (draft 7, the newest that every editor knows) of rules.json. */
export function rulesJsonSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(rulesSchema, { target: 'draft-7', io: 'input' })
  // The last two are Visual Studio Code's: the file may hold comments and trailing commas.
  return { $schema, title: 'tenantize rules', ...schema, allowComments: true, allowTrailingCommas: true }
}
