import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openProject } from '../../src/cli/project.ts'
import { loadOwnDialects } from '../../src/dialects/own.ts'
import { lint } from '../../src/lint/lint.ts'
import { runShard } from '../../src/lint/shard.ts'
import { traceForLint } from '../../src/lint/sharded.ts'
import { parseRules } from '../../src/rules/load.ts'
import { blocksOf, page } from '../docs/pages.ts'
import { fixtures } from '../support/cases.ts'

const example = join(fixtures, 'own-dialect/kysely/input')

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenantize-own-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('the example of docs/dialects.md is the one that runs', () => {
  const written = blocksOf(page('docs/dialects.md')).filter(({ language }) => language === 'js')
  expect(written.map(({ text }) => text)).toEqual([readFileSync(join(example, 'kysely-dialect.js'), 'utf8')])
})

it('threads load it too', async () => {
  cpSync(example, folder, { recursive: true })
  for (let n = 0; n < 6; n++)
    writeFileSync(
      join(folder, `src/page-${n}.ts`),
      `import { db } from '@/lib/db'\nexport const run = () => db.selectFrom('pet').selectAll().execute()\n`,
    )
  const { repository, rules, classifier, dialects } = await openProject(folder, undefined)
  let shards = 0
  const traced = await traceForLint(repository, rules, classifier, {
    dialects,
    parts: () => 3,
    run: async (task) => {
      shards++
      return structuredClone(await runShard(structuredClone(task)))
    },
  })
  expect(shards).toBeGreaterThan(0)
  const { findings } = lint(traced, rules, classifier, { startedAt: 0 })
  const wrong = findings.filter(({ rule }) => rule === 'wrong-database').map(({ file }) => file)
  expect(wrong.filter((file) => file.startsWith('src/page-'))).toHaveLength(6)
})

/** What loading a dialect says when its module has this text. */
async function problem(text: string | undefined, specifier = './own.js'): Promise<string> {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  if (text !== undefined) writeFileSync(join(folder, 'own.js'), text)
  const rules = parseRules(
    `{ "databases": { "t": { "perTenant": true } },\n  "dialects": ["${specifier}"] }`,
    join(folder, 'rules.json'),
  )
  const error = await loadOwnDialects(rules, [{ name: 'prisma' } as never]).then(
    () => new Error('nothing is wrong'),
    (thrown: Error) => thrown,
  )
  return error.message.replace(join(folder, 'rules.json'), 'rules.json')
}

const parts = `constructors: [], derives: new Set(), types: new Set(), hint: /x/, recognise() {}, touches() {}`

it.each([
  [undefined, 'is missing: there is no such file; the path starts at the folder of the rules file'],
  ['export default', "can't be loaded: "],
  ['throw new Error("no licence")', "can't be loaded: no licence"],
  ['export const dialect = {}', 'has no default export; it is the dialect, or a list of them'],
  ['export default 5', 'exports no object as its default'],
  [`export default { ${parts} }`, 'has no `name`, which is a name'],
  [
    `export default { name: 'own', ${parts.replace('recognise() {},', '')} }`,
    'has no `recognise`, which is a function',
  ],
  [
    `export default { name: 'own', ${parts}, derives: ['a'] }`,
    'has a `derives` that is not a Set of method names',
  ],
  [
    `export default { name: 'own', ${parts}, constructors: ['kysely'] }`,
    'has a `constructors` that is not a list of `module#export`',
  ],
  [
    `export default { name: 'own', ${parts}, hint: /x/g }`,
    'has a `hint` with the flag `g` or `y`: it would remember where it stopped',
  ],
  [`export default { name: 'prisma', ${parts} }`, 'is named `prisma`, and there is a dialect of that name'],
])('of %j it says what is wrong, and where', async (text, message) => {
  expect(await problem(text)).toMatch(`rules.json:2:16 the dialect \`./own.js\` ${message}`)
})

it('a package that is not installed is named', async () => {
  expect(await problem(undefined, 'our-dialect')).toBe(
    'rules.json:2:16 the dialect `our-dialect` is missing: no package of that name is installed; a file begins with `./`',
  )
})

it('a list of dialects is several', async () => {
  expect(await problem(`export default [{ name: 'a', ${parts} }, { name: 'b', ${parts} }]`)).toBe(
    'nothing is wrong',
  )
})
