import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseRules } from '../../src/rules/load.ts'
import { rulesSchema } from '../../src/rules/schema.ts'

const page = readFileSync(new URL('../../docs/rules-file.md', import.meta.url), 'utf8')

/** The examples of the page with the heading each stands under. */
const examples = [...page.matchAll(/^```jsonc\n(.*?)^```$/gms)].map((match) => ({
  heading: [...page.slice(0, match.index).matchAll(/^#+ (.*)$/gm)].at(-1)![1]!,
  text: match[1]!,
}))

/** A fragment is a few keys of a file; the databases it speaks of are declared for it. */
function whole(text: string): string {
  if (text.startsWith('{')) return text
  return /^"databases"/m.test(text)
    ? `{ ${text} }`
    : `{ "databases": { "app": {}, "tenant": { "perTenant": true } }, ${text} }`
}

describe('docs/rules-file.md', () => {
  it.each(examples)('the example under "$heading" is right', ({ text }) => {
    const rules = parseRules(whole(text), '/app/rules.json')
    expect(rules.databases.some((database) => database.perTenant)).toBe(true)
  })

  it('has a whole file for each of the three systems, and the one at the top', () => {
    const files = examples
      .filter(({ text }) => text.startsWith('{'))
      .map(({ heading }) => heading.replace(/,.*/, ''))
    expect(files).toEqual(['rules.json', 'Supabase', 'Convex', 'Prisma'])
  })

  it('explains every key', () => {
    const keys = Object.keys(rulesSchema._zod.def.shape).filter((key) => key !== '$schema')
    const headings = [...page.matchAll(/^## (.*)$/gm)].map((match) => match[1]).join(' ')
    expect(keys.filter((key) => !headings.includes(`\`${key}\``))).toEqual([])
  })
})
