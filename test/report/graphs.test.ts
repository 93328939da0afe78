import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { dot } from '../../src/report/picture/dot.ts'
import { mermaid } from '../../src/report/picture/mermaid.ts'
import type { ReportResult } from '../../src/report/picture/result.ts'
import { folder, tenantize } from '../support/cli.ts'

const access = (file: string, target: string, actual: string, expected: string, state: string) => ({
  file,
  line: 1,
  column: 1,
  target,
  kind: 'table',
  operation: 'select',
  joins: [],
  actual: [actual],
  expected: [expected],
  state,
  reason: '',
  chain: [],
})

const result = {
  name: 'shop "one"',
  picture: {
    databases: [],
    files: [],
    accesses: [
      access('src/api/accounts/route.ts', 'accounts', 'app', 'tenant', 'wrong'),
      access('src/api/accounts/route.ts', 'accounts', 'app', 'tenant', 'wrong'),
      access('src/api/accounts/route.ts', 'accounts', 'tenant', 'tenant', 'right'),
      access('src/lib/a"b.ts', 'users<x>', 'app', 'app', 'right'),
    ],
  },
} as unknown as ReportResult

describe('mermaid', () => {
  it('counts calls that are alike, and marks those to a wrong database', () => {
    expect(mermaid(result)).toBe(`flowchart LR
  f0["src/api/accounts"]
  f1["src/lib"]
  subgraph d2["tenant"]
    t3[("accounts")]
  end
  subgraph d4["app"]
    t5[("users#60;x#62;")]
  end
  f0 -.->|"2 on app"| t3
  f0 -->|"1"| t3
  f1 -->|"1"| t5
  linkStyle 0 stroke:#c62828,color:#c62828
`)
  })
})

describe('dot', () => {
  it('quotes names, and marks calls to a wrong database', () => {
    const graph = dot(result)
    expect(graph).toContain('digraph "shop \\"one\\"" {')
    expect(graph).toContain(
      '"folder src/api/accounts" -> "table tenant accounts" [label="2 on app", color="#c62828"',
    )
    expect(graph.match(/->/g)).toHaveLength(3)
  })

  it.skipIf(!hasGraphviz())('is a graph that Graphviz draws', () => {
    const svg = execFileSync('dot', ['-Tsvg'], { input: dot(result), encoding: 'utf8' })
    expect(svg).toContain('2 on app')
  })
})

describe('the command', () => {
  it('wants to know what to write, and says what was meant', () => {
    const place = folder({ 'rules.json': '{ "databases": { "tenant": { "perTenant": true } } }' })
    expect(tenantize(place, ['report'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--html report.html'),
    })
    expect(tenantize(place, ['report', '--format', 'mermeid']).stderr).toContain('did you mean mermaid?')
    expect(tenantize(place, ['report', '--format', 'mermaid']).stdout).toBe('flowchart LR\n')
    expect(tenantize(place, ['report', '--html', 'missing/folder.html'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("can't be written"),
    })
  })
})

function hasGraphviz(): boolean {
  try {
    execFileSync('dot', ['-V'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
