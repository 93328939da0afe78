import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
// @ts-expect-error: the benchmark is plain JavaScript
import { makeTree } from '../../bench/tree.js'
import { openProject } from '../../src/cli/project.ts'
import { lint } from '../../src/lint/lint.ts'
import { runShard } from '../../src/lint/shard.ts'
import { type RunShard, traceForLint } from '../../src/lint/sharded.ts'
import { trace } from '../../src/trace/trace.ts'
import { caseNames, fixtures } from '../support/cases.ts'

let tree: string

beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), 'tenantize-sharded-'))
  makeTree(tree, { files: 160, seed: 3 })
})

afterAll(() => rmSync(tree, { recursive: true, force: true }))

/** What a run says, without how long it took. */
async function findings(
  root: string,
  parts: number | 'full',
  // As a thread would: nothing but plain data goes in and comes out.
  run: RunShard = async (task) => structuredClone(await runShard(structuredClone(task))),
) {
  const { repository, rules, classifier, dialects } = await openProject(root, undefined)
  const traced =
    parts === 'full'
      ? trace(repository, rules, { dialects })
      : await traceForLint(repository, rules, classifier, {
          dialects,
          parts: () => parts,
          run,
        })
  const { summary, findings } = lint(traced, rules, classifier, { startedAt: 0 })
  return { summary: { ...summary, durationMs: 0 }, findings, facts: traced.facts }
}

describe('one thread, several threads and a trace that keeps everything say the same', () => {
  const roots = () => [...caseNames().map((name) => join(name, 'input')), 'crm', 'crm-edges']

  test.each(roots())('%s', async (name) => {
    const root = join(fixtures, name)
    const single = await findings(root, 1)
    expect(await findings(root, 'full')).toEqual(single)
    expect(await findings(root, 3)).toEqual(single)
  })

  test('a generated tree', async () => {
    const single = await findings(tree, 1)
    expect(single.findings.length).toBeGreaterThan(50)
    expect(await findings(tree, 'full')).toEqual(single)
    for (const parts of [2, 4]) expect(await findings(tree, parts)).toEqual(single)
  })

  test('a generated tree whose threads fail', async () => {
    expect(await findings(tree, 3, async () => Promise.reject(new Error('no thread')))).toEqual(
      await findings(tree, 1),
    )
  })
})
