import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sarif } from '../../src/report/sarif.ts'
import { ruleNames } from '../../src/rules/model.ts'
import { fixtures, migrateCase } from '../support/cases.ts'
import { run } from '../support/cli.ts'
import { results } from './arbitrary.ts'
import { options } from './results.ts'
import { sarifProblems } from './validate.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

interface Region {
  readonly startLine: number
  readonly startColumn: number
  readonly endLine: number
  readonly endColumn: number
}
interface Location {
  readonly physicalLocation: { readonly artifactLocation: { readonly uri: string }; readonly region: Region }
}
interface Result {
  readonly ruleId: string
  readonly ruleIndex: number
  readonly locations: readonly [Location]
  readonly partialFingerprints: Readonly<Record<string, string>>
  readonly codeFlows?: readonly [
    { readonly threadFlows: readonly [{ readonly locations: readonly { readonly location: Location }[] }] },
  ]
  readonly suppressions?: readonly { readonly kind: string; readonly justification?: string }[]
  readonly fixes?: readonly [
    {
      readonly artifactChanges: readonly {
        readonly artifactLocation: { readonly uri: string }
        readonly replacements: readonly {
          readonly deletedRegion: Region
          readonly insertedContent: { readonly text: string }
        }[]
      }[]
    },
  ]
}

/** A report by the command line: the log, and its results. */
async function report(demo: string) {
  const { stdout } = await run('lint', join(fixtures, demo), '--format', 'sarif')
  const log = JSON.parse(stdout)
  return { log, results: log.runs[0].results as readonly Result[] }
}

const pathOf = (uri: string) => uri.split('/').map(decodeURIComponent).join('/')

/** What lies in a region of a text. */
function offsets(text: string, region: Region): [start: number, end: number] {
  const lines = text.split('\n')
  const at = (line: number, column: number) =>
    lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0) + column - 1
  return [at(region.startLine, region.startColumn), at(region.endLine, region.endColumn)]
}

describe.each(['crm', 'crm-edges'])('SARIF of %s', async (demo) => {
  const { log, results: found } = await report(demo)
  const { stdout } = await run('lint', join(fixtures, demo), '--format', 'json')
  const result = JSON.parse(stdout)

  it('is valid', () => {
    expect(sarifProblems(log)).toEqual([])
  })

  it('has every finding, and what comments suppress with their reasons', () => {
    expect(found).toHaveLength(result.findings.length + result.silenced.length)
    const prints = found.map((one) => one.partialFingerprints['tenantize/v1'])
    expect(new Set(prints).size).toBe(found.length)
    const reasons = found.flatMap((one) => one.suppressions ?? [])
    expect(reasons).toEqual(
      result.silenced.map(({ reason }: { reason: string }) => ({
        kind: 'inSource',
        status: 'accepted',
        justification: reason,
      })),
    )
  })

  it('points into files of the repository, at what the finding is about', () => {
    for (const one of found) {
      const { artifactLocation, region } = one.locations[0].physicalLocation
      expect(artifactLocation.uri).toMatch(/^[\w.~!*'()%/-]+$/)
      const text = readFileSync(join(root, pathOf(artifactLocation.uri)), 'utf8')
      const [start, end] = offsets(text, region)
      expect(text.slice(start, end).length).toBeGreaterThan(0)
      if (one.ruleId === 'wrong-database') expect(text.slice(start, end)).toMatch(/^['"`\w]/)
    }
  })

  it('tells the chain from the client to the access', () => {
    const flows = found.flatMap((one) => (one.codeFlows ? [one] : []))
    expect(flows.length).toBeGreaterThan(0)
    for (const one of flows) {
      const { locations } = one.codeFlows![0].threadFlows[0]
      expect(locations.length).toBeGreaterThan(1)
      expect(locations.at(-1)!.location.physicalLocation).toEqual(one.locations[0].physicalLocation)
    }
  })

  it('has fixes that make of each file what migrate makes of it', async () => {
    const { migration, project } = await migrateCase(join(fixtures, demo))
    const fixed = found.filter((one) => one.fixes && one.ruleId !== 'unused-suppression')
    expect(fixed.length).toBeGreaterThan(0)
    const seen = new Set<string>()
    for (const one of fixed)
      for (const { artifactLocation, replacements } of one.fixes![0].artifactChanges) {
        if (seen.has(artifactLocation.uri)) continue
        seen.add(artifactLocation.uri)
        const file = project.repository.absolute(
          pathOf(artifactLocation.uri).slice(`fixtures/${demo}/`.length),
        )
        const { before, after } = migration.changes.get(file)!
        let text = before
        for (const { deletedRegion, insertedContent } of [...replacements].reverse()) {
          const [start, end] = offsets(before, deletedRegion)
          text = text.slice(0, start) + insertedContent.text + text.slice(end)
        }
        expect(text).toBe(after)
      }
  })
})

describe('sarif', () => {
  it('describes every rule with its page', () => {
    const log = JSON.parse(
      sarif(
        { version: 1, command: 'lint', summary: {} as never, findings: [], silenced: [] },
        options({ version: '1.2.3' }),
      ),
    )
    expect(sarifProblems(log)).toEqual([])
    const { rules } = log.runs[0].tool.driver
    expect(rules.map((rule: { id: string }) => rule.id)).toEqual(ruleNames)
    for (const { id, helpUri } of rules) {
      expect(helpUri).toBe(`https://unpkg.com/tenantize@1.2.3/docs/rules/${id}.md`)
      expect(() => readFileSync(join(root, `docs/rules/${id}.md`))).not.toThrow()
    }
  })

  it('is valid whatever the texts and paths hold, and its URIs lead back to the paths', () => {
    fc.assert(
      fc.property(results, (result) => {
        const log = JSON.parse(sarif(result, options()))
        expect(sarifProblems(log)).toEqual([])
        const paths = log.runs[0].results.map((one: Result) =>
          pathOf(one.locations[0].physicalLocation.artifactLocation.uri),
        )
        expect([...paths].sort()).toEqual(
          [...result.findings, ...result.silenced].map(({ file }) => file).sort(),
        )
      }),
      { numRuns: 60 },
    )
  })
})
