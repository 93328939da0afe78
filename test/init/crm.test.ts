import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { createClassifier } from '../../src/rules/classify.ts'
import { loadRules } from '../../src/rules/load.ts'
import type { Rules } from '../../src/rules/model.ts'
import { fixtures } from '../support/cases.ts'
import { copyOf, tenantize } from '../support/cli.ts'

describe('init on the demo application without its rules', () => {
  const hand = loadRules(join(fixtures, 'crm', 'rules.json'))
  let root: string
  let proposed: Rules
  let words: string

  beforeAll(() => {
    root = copyOf(join(fixtures, 'crm'), true)
    rmSync(join(root, 'rules.json'))
    const run = tenantize(root, ['init', '--yes'])
    expect(run.status).toBe(0)
    words = run.stdout + run.stderr
    proposed = loadRules(join(root, 'rules.json'))
    return () => rmSync(root, { recursive: true })
  })

  const database = (rules: Rules, name: string) => rules.databases.find((item) => item.name === name)!

  test('finds the same clients', () => {
    for (const name of ['app', 'tenant']) {
      const labels = (rules: Rules) => database(rules, name).clients.map((client) => client.label)
      expect(labels(proposed)).toEqual(labels(hand))
    }
    const [mine] = database(proposed, 'tenant').clients
    expect(mine).toMatchObject({ arguments: ['$tenantId'], async: true, planned: false })
  })

  test('gives every table to the database that the team gave it to', () => {
    const owner = createClassifier(hand)
    for (const { name, tables } of proposed.databases)
      for (const { text } of tables)
        expect([text, owner.tableDatabases(text)?.databases]).toEqual([text, [name]])
    expect(database(proposed, 'app').tables.map(({ text }) => text)).toEqual([
      'audit_exports',
      'audit_log',
      'password_reset_tokens',
      'schema_migrations',
      'tenants',
      'user_invitations',
      'users',
    ])
  })

  test('finds the same routes, sources and template', () => {
    const routes = (rules: Rules) =>
      rules.routes.map(({ files, database: name }) => `${files} ${name}`).sort()
    expect(routes(proposed)).toEqual(routes(hand))
    const sources = (rules: Rules) => rules.tenantId.sources.map(({ position: _, ...source }) => source)
    expect(sources(proposed)).toEqual(sources(hand))
    expect(proposed.tenantId.inserts).toEqual(hand.tenantId.inserts)
    expect(proposed.files).toEqual(hand.files)
  })

  test('says what it could not decide', () => {
    expect(words).toContain('tenant.buckets: brand-assets: its files touch tables of both')
  })

  test('lint runs with it, and migrate reaches the reference system’s summary', () => {
    const lint = tenantize(root, ['lint', '--format', 'json'])
    expect(lint.status).toBe(1)
    const rules = new Set(JSON.parse(lint.stdout).findings.map((finding: { rule: string }) => finding.rule))
    expect(rules.has('unresolved-client')).toBe(false)
    expect(tenantize(root, ['migrate', '--quiet']).stdout).toContain(
      'Total routes: 122 · Updated: 103 · Skipped (app DB): 12 · Already updated: 7 · Errors: 0',
    )
  })
})
