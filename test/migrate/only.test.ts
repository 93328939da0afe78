import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { LintResult } from '../../src/lint/result.ts'
import type { MigrateResult } from '../../src/migrate/result.ts'
import { filesBelow, fixtures } from '../support/cases.ts'
import { commitAll, folder, git, type Run, tenantize } from '../support/cli.ts'

const source = join(fixtures, 'chat/data-access-layer')
let root: string

/** Migrates one kind of accesses, and commits. */
function step(effect: string): { run: Run; result: MigrateResult } {
  const run = tenantize(root, ['migrate', '--only', effect, '--write', '--verify', '--format', 'json'])
  git(root, 'commit', '-qam', effect)
  return { run, result: JSON.parse(run.stdout) }
}

describe('a roll-out in two steps', () => {
  let reads: ReturnType<typeof step>
  let writes: ReturnType<typeof step>
  let between: LintResult
  let betweenText: string

  beforeAll(() => {
    const place = folder({}, true)
    cpSync(join(fixtures, 'shared'), join(place, 'fixtures/shared'), { recursive: true })
    root = join(place, 'fixtures/chat/data-access-layer/input')
    cpSync(join(source, 'input'), root, { recursive: true })
    commitAll(root)
    reads = step('reads')
    between = JSON.parse(tenantize(root, ['lint', '--format', 'json']).stdout)
    betweenText = readFileSync(join(root, 'src/lib/api/dal/projects.ts'), 'utf8')
    writes = step('writes')
  }, 120_000)

  test('reads first: what writes, or may, is kept with the reason', () => {
    expect(reads.run.status).toBe(0)
    expect(reads.result.summary).toMatchObject({ verified: true, needsReview: 1 })
    const sites = reads.result.files.flatMap(({ sites }) => sites)
    const left = sites.filter(({ reason }) => reason?.includes('--only writes'))
    expect(left).toHaveLength(19)
    expect(left.every(({ status, from, to }) => status === 'kept' && from === 'main' && to === 'main')).toBe(
      true,
    )
    // An action runs whatever it likes: what `memories:extract` runs is a mutation.
    expect(left.filter(({ reason }) => reason?.startsWith('it writes')).map(({ table }) => table)).toContain(
      'memories',
    )
    expect(betweenText).toContain('return client.query(api.projects.list')
    expect(betweenText).toContain('const projectId = await convex.mutation(api.projects.create')
  })

  test('in between, lint reports the writes and nothing else that moves', () => {
    const wrong = between.findings.filter(({ rule }) => rule === 'wrong-database')
    expect(new Set(wrong.map(({ operation }) => operation))).toEqual(new Set(['mutation', 'action']))
    expect(wrong).toHaveLength(19)
  })

  test('then the writes: the same as in one step, with one client in each function', () => {
    expect(writes.run.status).toBe(0)
    expect(writes.result.summary).toMatchObject({ verified: true, needsReview: 1 })
    for (const [file, text] of filesBelow(join(source, 'expected')))
      expect(readFileSync(join(root, file), 'utf8'), file).toBe(text)
  })

  test('afterwards there is nothing left but the function that needs both databases', () => {
    const { findings }: LintResult = JSON.parse(tenantize(root, ['lint', '--format', 'json']).stdout)
    expect(findings.map(({ rule, file }) => [rule, file])).toEqual([
      ['cross-database-join', 'src/lib/api/dal/shares.ts'],
    ])
    const again: MigrateResult = JSON.parse(tenantize(root, ['migrate', '--format', 'json']).stdout)
    expect(again.files.filter(({ status }) => status === 'updated')).toEqual([])
  })

  test('anything else is a mistake of usage', () => {
    const { status, stderr } = tenantize(root, ['migrate', '--only', 'queries'])
    expect(status).toBe(2)
    expect(stderr).toContain('--only takes reads, writes')
  })
})
