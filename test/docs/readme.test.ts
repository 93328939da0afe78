import { existsSync, rmSync, statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { parse } from 'jsonc-parser'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { agentVariables } from '../../src/cli/default-format.ts'
import { lintRules } from '../../src/lint/rules/index.ts'
import { formats, formatsFor } from '../../src/report/index.ts'
import { parseRules } from '../../src/rules/load.ts'
import { ruleNames } from '../../src/rules/model.ts'
import { defaultSeverities } from '../../src/rules/severity.ts'
import {
  blocksOf,
  buildHouse,
  copyDemo,
  type House,
  outsideBlocks,
  page,
  pages,
  root,
  section,
  temporaryFolder,
} from './pages.ts'

const readme = page('README.md')
const place = temporaryFolder()
const house: House = await buildHouse(join(place, 'house'))
afterAll(() => rmSync(place, { recursive: true, force: true }))

/** Every command of the shell blocks, with the exit status that its comment says. */
const commands = pages.flatMap((item) =>
  blocksOf(item)
    .filter((block) => block.language === 'sh')
    .flatMap((block) =>
      block.text
        .split('\n')
        .filter((line) => /^(?:npx tenantize|node bin\/tenantize\.js|tenantize)\b/.test(line))
        .map((line) => ({
          path: item.path,
          line: line.replace(/\s+#.*$/, ''),
          status: Number(/# exits (\d)/.exec(line)?.[1] ?? 0),
          shown: block.next?.language === 'text' ? block.next.text : undefined,
        })),
    ),
)

describe('the commands', () => {
  const copy = join(place, 'crm')
  beforeEach(() => copyDemo(copy))
  afterEach(() => rmSync(copy, { recursive: true, force: true }))

  it.each(commands)('of $path: $line', ({ line, status, shown }) => {
    const outcome = house.line(line, copy)
    expect(outcome.status, outcome.err).toBe(status)
    if (shown === undefined) return
    let from = 0
    for (const text of shown.trimEnd().split('\n')) {
      const at = outcome.out.indexOf(`${text}\n`, from)
      expect(at, `the output lacks, or has in another order: ${text}`).toBeGreaterThanOrEqual(0)
      from = at + text.length
    }
  })

  it('are found', () => {
    expect(commands.length).toBeGreaterThan(10)
  })
})

describe('the figures', () => {
  it('are those of a run on the demo application', () => {
    const { out } = house.tenantize(['migrate', 'fixtures/crm'], house.folder)
    const summaries = pages.flatMap(({ text }) => text.match(/^Total routes: .*$/gm) ?? [])
    expect(summaries).not.toEqual([])
    for (const summary of summaries) expect(out.split('\n')).toContain(summary)
  })
})

describe('the links', () => {
  const slug = (heading: string) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-')
  const anchors = (path: string) =>
    Array.from(outsideBlocks(page(path).text).matchAll(/^#+ (.*)$/gm), ([, heading]) => slug(heading!))

  it.each(pages)('of $path lead somewhere', ({ path, text }) => {
    for (const [, target = ''] of outsideBlocks(text).matchAll(/\]\(([^)]+)\)/g)) {
      if (/^https?:/.test(target)) continue
      const [file = '', anchor] = target.split('#')
      const found = file === '' ? path : normalize(join(dirname(path), file)).replaceAll('\\', '/')
      expect(existsSync(join(root, found)), `${target} in ${path}`).toBe(true)
      if (anchor !== undefined) expect(anchors(found), `${target} in ${path}`).toContain(anchor)
    }
  })

  it('reach every page', () => {
    const linked = pages.flatMap(({ path, text }) =>
      Array.from(outsideBlocks(text).matchAll(/\]\(([^)#]+)/g), ([, file]) =>
        normalize(join(dirname(path), file!)).replaceAll('\\', '/'),
      ),
    )
    const unreached = pages.map(({ path }) => path).filter((path) => path !== 'README.md')
    expect(unreached.filter((path) => !linked.includes(path))).toEqual([])
  })
})

describe('the options', () => {
  const help = (words: readonly string[]) => {
    const { status, out } = house.tenantize([...words, '--help'], place)
    expect(status).toBe(0)
    return out
  }
  const options = (text: string) =>
    Array.from(text.matchAll(/^ {2}(?:-\w, )?(--[\w-]+(?: <\w+>)?)/gm), ([, name]) => name!)
  const rows = (text: string) => Array.from(text.matchAll(/^\| `(--[^`]+)` \|/gm), ([, name]) => name!)
  const list = house.tenantize(['--help'], place).out
  const names = Array.from(
    list.slice(list.indexOf('Commands:')).matchAll(/^ {2}(\w+) [[<]/gm),
    ([, name]) => name!,
  )
  const everywhere = rows(section(readme, 'Commands').split('\n### ')[0]!)

  it('name every command', () => {
    const headings = Array.from(
      readme.text.matchAll(/^### tenantize (.*)$/gm),
      ([, name]) => name!.split(' ')[0]!,
    )
    expect(headings).toEqual(names.filter((name) => name !== 'help'))
  })

  it.each(names.filter((name) => name !== 'help'))('of %s are all there, and no others', (name) => {
    const usage = /^### (tenantize .*)$/gm
    const heading = Array.from(readme.text.matchAll(usage), ([, text]) => text!).find(
      (text) => text.split(' ')[1] === name,
    )!
    const text = help([name])
    expect(text).toContain(heading.replace(`tenantize ${name}`, `tenantize ${name} [options]`))
    const own = rows(section(readme, heading))
    // A command that lists `--help` too shares no options with the others.
    const shared = own.includes('--help') ? [] : everywhere
    expect([...shared, ...own].sort()).toEqual(options(text).sort())
    for (const option of options(list)) expect(readme.text).toContain(option)
  })

  it('have a table of every format, and name what chooses one', () => {
    const text = section(readme, 'Formats')
    const named = Array.from(text.matchAll(/^\| `(\w+)` \|/gm), ([, name]) => name!)
    expect(named.sort()).toEqual(Object.keys(formats).sort())
    for (const name of ['GITHUB_ACTIONS', ...agentVariables]) expect(text).toContain(`\`${name}\``)
  })

  it.each(['migrate', 'lint'] as const)('name the formats of %s', (name) => {
    const [, formats = ''] = /Formats: ([^.]*)\./.exec(section(readme, `tenantize ${name} [dir]`)) ?? []
    const named = Array.from(formats.matchAll(/`(\w+)`/g), ([, format]) => format!)
    expect(named.sort()).toEqual(formatsFor(name).sort())
  })
})

describe('the exit status', () => {
  it('is 2 for what is not in order, and no file is changed', () => {
    for (const words of [
      ['lint', '--rules', 'none.json'],
      ['lint', '--nope'],
      ['migrate', 'no/such/folder'],
      ['nope'],
      [],
    ])
      expect(house.tenantize(words, join(house.folder, 'fixtures/crm')).status, words.join(' ')).toBe(2)
  })
})

describe('the table of rules', () => {
  const rows = Array.from(
    readme.text.matchAll(/^\| \[([\w-]+)\]\((.*?)\) \| .* \| (\w+) \| ([\w ]+) \|$/gm),
    ([, name, link, severity, checked]) => ({ name, link, severity, checked }),
  )
  const checked: readonly string[] = [
    ...lintRules.map((rule) => rule.name),
    'unused-suppression',
    'unused-exception',
    'stale-baseline',
  ]

  it('has every rule with its page, severity and state', () => {
    expect(rows).toEqual(
      ruleNames.map((name) => ({
        name,
        link: `docs/rules/${name}.md`,
        severity: defaultSeverities[name],
        checked: checked.includes(name) ? 'yes' : 'not yet',
      })),
    )
  })

  it.each(ruleNames)('agrees with the page of %s about whether it is checked', (name) => {
    const says = page(`docs/rules/${name}.md`).text.includes('\nNot checked yet: the name is reserved.\n')
    expect(says).toBe(!checked.includes(name))
  })
})

describe('the example of rules.json', () => {
  const example = blocksOf(readme).find((block) => block.heading === 'The rules')!.text

  it('is right', () => {
    expect(() => parseRules(example, '/app/rules.json')).not.toThrow()
  })

  it('is a part of the rules of the demo application', () => {
    expect(isPart(parse(example), parse(page('fixtures/crm/rules.json').text))).toBe(true)
  })

  it('is what rules.json at the root leads to', () => {
    expect(statSync(join(root, 'rules.json')).ino).toBe(statSync(join(root, 'fixtures/crm/rules.json')).ino)
  })
})

/** Whether every key and element is found in the whole. */
function isPart(part: unknown, whole: unknown): boolean {
  if (Array.isArray(part))
    return Array.isArray(whole) && part.every((item) => whole.some((other) => isPart(item, other)))
  if (part === null || typeof part !== 'object') return part === whole
  return Object.entries(part).every(([key, value]) =>
    isPart(value, (whole as Record<string, unknown>)?.[key]),
  )
}
