import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { rulesJsonSchema } from '../../src/rules/json-schema.ts'
import { ruleNames } from '../../src/rules/model.ts'

interface JsonSchema {
  properties?: Record<string, JsonSchema>
  items?: JsonSchema
  additionalProperties?: JsonSchema | boolean
  anyOf?: JsonSchema[]
  description?: string
  type?: string
}

const schema = rulesJsonSchema() as JsonSchema

it('schema/rules.schema.json is in step with the source (node scripts/schema.js writes it)', () => {
  const written = readFileSync(new URL('../../schema/rules.schema.json', import.meta.url), 'utf8')
  expect(written).toBe(`${JSON.stringify(schema, null, 2)}\n`)
})

it('describes every property and lets no unknown one in', () => {
  const bare: string[] = []
  const open: string[] = []
  walk(schema, '')
  expect({ bare, open }).toEqual({ bare: [], open: [] })

  function walk(at: JsonSchema, path: string): void {
    if (at.properties && at.additionalProperties !== false) open.push(path)
    for (const [key, value] of Object.entries(at.properties ?? {})) {
      if (!value.description) bare.push(`${path}/${key}`)
      walk(value, `${path}/${key}`)
    }
    for (const form of at.anyOf ?? []) walk(form, path)
    if (at.items) walk(at.items, `${path}[]`)
    if (typeof at.additionalProperties === 'object') walk(at.additionalProperties, `${path}/*`)
  }
})

it('knows every lint rule, with its default', () => {
  const lint = schema.properties!.lint!.properties!
  expect(Object.keys(lint)).toEqual([...ruleNames])
  expect(lint['missing-tenant-filter']!.description).toMatch(/Default: off\.$/)
})
