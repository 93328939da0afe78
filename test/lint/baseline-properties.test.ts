import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { openProject } from '../../src/cli/project.ts'
import { applyBaseline } from '../../src/lint/baseline/apply.ts'
import { baselineText, entryFor, parseBaseline } from '../../src/lint/baseline/file.ts'
import { matchBaseline } from '../../src/lint/baseline/match.ts'
import { lint } from '../../src/lint/lint.ts'
import type { Finding } from '../../src/lint/result.ts'
import { trace } from '../../src/trace/trace.ts'
import { folder, write } from '../support/cli.ts'
import { files, rules } from '../support/shop.ts'
import { change, type Layout, layout, pathOf, type RouteFile, render, routes } from './routes-model.ts'

const root = folder(
  {
    'rules.json': JSON.stringify({ ...rules, lint: { 'route-database': 'off' } }),
    'tsconfig.json': files['tsconfig.json']!,
    'src/lib/db.ts': files['src/lib/db.ts']!,
  },
  true,
)
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** Writes a program and lints it; each finding is told by what it is about. */
async function findingsOf(program: readonly RouteFile[], style: Layout) {
  rmSync(join(root, 'src/app'), { recursive: true, force: true })
  const keys = new Map<string, string>()
  for (const file of program) {
    const { text, keys: own } = render(file, style)
    write(root, pathOf(file), text)
    for (const [line, key] of own) keys.set(`${pathOf(file)}:${line}`, key)
  }
  const project = await openProject(root, undefined)
  const result = lint(trace(project.repository, project.rules), project.rules, project.classifier, {
    startedAt: 0,
  })
  const keyOf = ({ file, range }: Finding) => keys.get(`${file}:${range.start.line}`)
  expect(result.findings.map(keyOf).sort()).toEqual([...keys.values()].sort())
  return { result, keyOf, project }
}

/** What is in one list and not in another, as often as it is. */
function without(list: readonly string[], other: readonly string[]): string[] {
  const left = [...other]
  return list.filter((item) => {
    const found = left.indexOf(item)
    if (found !== -1) left.splice(found, 1)
    return found === -1
  })
}

it('fails for exactly the new findings, and for the entries of those that are gone, after any edits', async () => {
  await fc.assert(
    fc.asyncProperty(
      routes,
      layout,
      fc.array(change, { maxLength: 6 }),
      layout,
      async (program, style, changes, other) => {
        const before = await findingsOf(program, style)
        const text = baselineText(before.result.findings.map((finding) => entryFor(finding, undefined)))
        const known = new Map(
          before.result.findings.map((finding) => [finding.fingerprint, before.keyOf(finding)!]),
        )
        expect(known.size).toBe(before.result.findings.length)

        const after = changes.reduce((at, edit) => edit(at), program as readonly RouteFile[])
        const { result, keyOf, project } = await findingsOf(after, other)
        const match = matchBaseline(
          parseBaseline(text, 'baseline'),
          result.findings,
          (file) => existsSync(join(root, file)),
          new Set(),
        )
        const judged = applyBaseline(result, match, project.rules, 'tenantize-baseline.json')

        const [had, has] = [[...known.values()], result.findings.map((finding) => keyOf(finding)!)]
        const failing = judged.findings.filter(({ rule }) => rule === 'wrong-database')
        expect(failing.map((finding) => keyOf(finding)!).sort()).toEqual(without(has, had).sort())
        expect(match.stale.map(({ fingerprint }) => known.get(fingerprint)!).sort()).toEqual(
          without(had, has).sort(),
        )
        expect(judged.findings).toHaveLength(failing.length + match.stale.length)
        expect(judged.summary.baselined).toBe(has.length - failing.length)
      },
    ),
    { numRuns: 150 },
  )
})
