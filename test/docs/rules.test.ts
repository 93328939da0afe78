import { readdirSync, readFileSync } from 'node:fs'
import { parseSync } from 'oxc-parser'
import { describe, expect, it } from 'vitest'
import { parseRules } from '../../src/rules/load.ts'
import { type RuleName, ruleNames } from '../../src/rules/model.ts'
import { defaultSeverities } from '../../src/rules/severity.ts'

const folder = new URL('../../docs/rules/', import.meta.url)
const read = (rule: RuleName) => readFileSync(new URL(`${rule}.md`, folder), 'utf8')

/** Rules whose findings no comment in the code can suppress. */
const notSuppressible: readonly RuleName[] = [
  'parse-error',
  'unused-suppression',
  'unused-exception',
  'stale-baseline',
]

const blocks = (page: string, languages: string) =>
  Array.from(
    page.matchAll(new RegExp(`^\`\`\`(?:${languages})\\n([^]*?)^\`\`\`$`, 'gm')),
    ([, text]) => text!,
  )

/** A fragment is a few keys of a rules file; the databases it speaks of are declared for it. */
const whole = (fragment: string) =>
  fragment.includes('"databases"')
    ? `{ ${fragment} }`
    : `{ "databases": { "app": {}, "tenant": { "perTenant": true } }, ${fragment} }`

it('each rule has its page, and each page its rule', () => {
  expect(readdirSync(folder).sort()).toEqual(ruleNames.map((rule) => `${rule}.md`).sort())
})

describe.each(ruleNames)('the page of %s', (rule) => {
  const page = read(rule)

  it('has its parts in order', () => {
    const headings = Array.from(page.matchAll(/^#+ (.*)$/gm), ([, heading]) => heading)
    expect(headings).toEqual([rule, 'Wrong', 'Right', 'Why it matters', 'Configure'])
    for (const part of ['Wrong', 'Right']) {
      const [, text] = page.split(new RegExp(`^## ${part}$`, 'm'))
      expect(text?.trimStart()).toMatch(/^```\w+\n/)
    }
  })

  it('gives the severity that holds without a word in the rules', () => {
    expect(page).toContain(`\nDefault: \`${defaultSeverities[rule]}\`\n`)
  })

  it('has code that parses', () => {
    for (const code of blocks(page, 'ts')) {
      const module = `${code}\nexport {}`
      expect(parseSync('example.ts', module).errors, code).toEqual([])
    }
  })

  it('has rules that load', () => {
    for (const fragment of blocks(page, 'jsonc')) {
      expect(() => parseRules(whole(fragment), '/app/rules.json'), fragment).not.toThrow()
    }
  })

  it('shows how to suppress it, with a reason, unless a comment can not', () => {
    const [, configure] = page.split(/^## Configure$/m)
    const comment = new RegExp(`^(?://|--) tenantize-ignore-next-line ${rule} -- \\S.*\\n\\S`, 'm')
    if (notSuppressible.includes(rule)) expect(configure).not.toMatch(comment)
    else expect(configure).toMatch(comment)
  })

  it('names rules that exist', () => {
    const meant = Array.from(page.matchAll(/tenantize-ignore-next-line ([\w-]+) --/g), ([, name]) => name!)
    const misspelt = ['wrong-databse']
    expect(
      meant.filter((name) => !misspelt.includes(name) && !ruleNames.some((known) => known === name)),
    ).toEqual([])
  })
})
