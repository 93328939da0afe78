import { readFileSync } from 'node:fs'
import { type ParseError, parse } from 'jsonc-parser'
import { ConfigurationError } from '../errors.ts'
import type { TableRules } from './owners.ts'

/**
 * Reads rules.json, which may hold comments.
 * @throws ConfigurationError when the file can't be read or is no JSON
 */
export function readTableRules(path: string | URL): TableRules {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new ConfigurationError(`${path} can't be read (${(error as NodeJS.ErrnoException).code})`)
  }
  const errors: ParseError[] = []
  const rules = parse(text, errors, { allowTrailingComma: true }) as TableRules
  if (errors.length > 0 || typeof rules !== 'object' || rules === null)
    throw new ConfigurationError(`${path} is not valid: run \`tenantize lint\` for the place`)
  return rules
}
