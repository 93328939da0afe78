// `npm run demo`: shows the migration of the demo application, then carries it out on a copy that is thrown away.
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const demo = 'fixtures/crm'

/** The shape of the demo application: what a run on it has to say. */
const shape = { routes: 122, skippedApp: 12, needsReview: 0, errors: 0 }
const before = { ...shape, updated: 103, alreadyUpdated: 7 }
const after = { ...shape, updated: 0, alreadyUpdated: 110 }

const temporary = realpathSync(mkdtempSync(join(tmpdir(), 'tenantize-demo-')))
const copy = join(temporary, 'crm')
const wrong = []

// A reader that has seen enough (`npm run demo | head`) is no failure.
process.stdout.on('error', () => {})

try {
  step('1. What would change, and the summary')
  const planned = run(['migrate', demo], root, { show: true })
  expect('the plan', planned.summary, before)

  step(`2. The same on a copy, for real: ${copy}`)
  cpSync(join(root, demo), copy, { recursive: true })
  const found = run(['lint'], copy)
  say(`Before: ${errors(found)} (${rules(found)}).`)
  if (found.summary.errors === 0) wrong.push('lint found nothing before the migration')

  const example = found.findings.find((finding) => finding.rule === 'wrong-database')
  if (example) {
    say('One of them, and why:\n')
    run(['explain', `${example.file}:${example.range.start.line}`], copy, { show: true })
    say('')
  }

  const written = run(['migrate', '--write', '--verify', '--quiet'], copy, { show: true })
  expect(
    'the migration',
    { ...written.summary, written: written.written },
    { ...before, verified: true, written: true },
  )

  const left = run(['lint'], copy)
  say(`\nAfter: ${errors(left)}.`)
  expect('lint after the migration', left.summary, { errors: 0, warnings: 0 })
  const again = run(['migrate'], copy)
  say(`A second run would change ${again.summary.updated} files.`)
  expect('the second run', again.summary, after)

  step('3. What happened')
  const seconds = (written.summary.durationMs / 1000).toFixed(1)
  say(
    `Of ${before.routes} routes, ${written.summary.updated} now open their tenant's database, with a tenant id that is proven to be there;`,
    `${before.skippedApp} stay on the application's, ${before.alreadyUpdated} were right before. ${seconds} s with the type check, which`,
    'found no new error. Nothing outside of the temporary folder was changed.',
    '',
    'Next, in your own repository: write a rules.json (README: "The rules"; this one is fixtures/crm/rules.json), then',
    '  tenantize migrate            look at the diff',
    '  tenantize migrate --write    apply it',
    '  tenantize lint               keep it that way',
    'Code that has to be reported instead: node bin/tenantize.js migrate fixtures/crm-edges',
  )

  step('4. Other data libraries')
  cpSync(join(root, 'fixtures/shared'), join(temporary, 'shared'), { recursive: true })
  for (const program of programs()) other(program)
} finally {
  rmSync(temporary, { recursive: true, force: true })
}

for (const problem of wrong) console.error(`demo: ${problem}`)
process.exitCode = wrong.length > 0 ? 1 : 0

/**
 * Runs tenantize and reads its result from the JSON format.
 * @param show print the pretty format as well
 * @returns the result; for `explain` nothing
 */
function run(words, folder, { show = false } = {}) {
  const json = join(temporary, 'result.json')
  const isExplain = words[0] === 'explain'
  const formats = isExplain
    ? []
    : ['--format', 'json', '--output', json, ...(show ? ['--format', 'pretty'] : ['--quiet'])]
  if (show) say(`$ tenantize ${words.join(' ')}\n`)
  const { status, error } = spawnSync(
    process.execPath,
    [join(root, 'bin/tenantize.js'), ...words, ...formats],
    {
      cwd: folder,
      stdio: ['ignore', show ? 'inherit' : 'ignore', 'inherit'],
    },
  )
  if (error) throw error
  if (status === 2) throw new Error(`tenantize ${words.join(' ')} failed`)
  return isExplain ? undefined : JSON.parse(readFileSync(json, 'utf8'))
}

/** The programs of other systems: one PostgreSQL per company with Prisma, a chat on Convex, a shop with Drizzle. */
function programs() {
  return ['company', 'chat', 'shop'].flatMap((theme) => {
    const folder = join(root, 'fixtures', theme)
    if (!existsSync(folder)) return []
    return readdirSync(folder)
      .filter((name) => existsSync(join(folder, name, 'input')))
      .map((name) => `${theme}/${name}`)
  })
}

/** Migrates a program on a copy, and holds the result against what is expected of it. */
function other(program) {
  const source = join(root, 'fixtures', program)
  const place = join(temporary, program, 'input')
  cpSync(join(source, 'input'), place, { recursive: true })
  const before = run(['lint'], place)
  const { summary, written } = run(['migrate', '--write', '--verify'], place)
  const left = run(['lint'], place)
  const again = run(['migrate'], place)
  const review = join(source, 'review.json')
  const open = existsSync(review) ? JSON.parse(readFileSync(review, 'utf8')).length : 0
  say(
    `fixtures/${program}: ${errors(before)}; ${count(summary)} files rewritten, ${summary.needsReview} ${summary.needsReview === 1 ? 'place' : 'places'} left to a person,`,
    `no new type error; after that ${left.summary.errors}. A second run would change ${count(again.summary)} files.`,
  )
  expect(program, { ...summary, written }, { verified: true, written: true, errors: 0, needsReview: open })
  expect(`${program}, the second run`, { files: count(again.summary) }, { files: 0 })
  for (const name of readdirSync(join(source, 'expected'), { recursive: true, encoding: 'utf8' })) {
    const file = join(source, 'expected', name)
    if (statSync(file).isFile() && readFileSync(file, 'utf8') !== readFileSync(join(place, name), 'utf8'))
      wrong.push(`${program}: ${name} is not what is expected`)
  }
}

function count({ updated, updatedOther = 0 }) {
  return updated + updatedOther
}

/** Notes every figure that is not the expected one. */
function expect(what, figures, expected) {
  for (const [name, figure] of Object.entries(expected))
    if (figures[name] !== figure) wrong.push(`${what}: ${name} is ${figures[name]}, expected ${figure}`)
}

function errors({ summary }) {
  return `lint finds ${summary.errors} errors in ${summary.accesses} database calls`
}

function rules({ findings }) {
  const counts = new Map()
  for (const { rule } of findings) counts.set(rule, (counts.get(rule) ?? 0) + 1)
  return Array.from(counts, ([rule, count]) => `${count} ${rule}`).join(', ')
}

function step(title) {
  say(`\n=== ${title} ===\n`)
}

function say(...lines) {
  console.log(lines.join('\n'))
}
