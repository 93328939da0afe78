import { rmSync } from 'node:fs'
import { transformSync } from 'esbuild'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openProject, type Project } from '../../src/cli/project.ts'
import { lint } from '../../src/lint/lint.ts'
import { migrate } from '../../src/migrate/migrate.ts'
import { planMigration } from '../../src/migrate/plan.ts'
import type { MigrateSite } from '../../src/migrate/result.ts'
import { openVerifier } from '../../src/migrate/verify/index.ts'
import { Repository } from '../../src/repo/repository.ts'
import { trace } from '../../src/trace/trace.ts'
import { layoutProblems, nameProblems, spliced, syntaxErrors } from '../support/checks.ts'
import { folder } from '../support/cli.ts'
import { program, write } from '../support/programs.ts'
import { files, rules } from '../support/shop.ts'

const route = 'src/app/api/generated/route.ts'

/** The code base around the generated route. */
const base = {
  ...Object.fromEntries(Object.entries(files).filter(([name]) => !name.startsWith('src/app/'))),
  'rules.json': JSON.stringify({
    ...rules,
    databases: {
      ...rules.databases,
      app: { ...rules.databases.app, tables: ['tenants', 'users', 'audit_*'] },
    },
  }),
  'src/lib/index.ts':
    "export { createAppClient as connectApp, getTenantClient } from './db'\nexport { authOptions } from './auth'\n",
  'src/lib/count.ts': `import type { SupabaseClient } from '@supabase/supabase-js'

export async function countRows(client: SupabaseClient) {
  const { count } = await client.from('shifts').select('id', { count: 'exact' })
  return count
}
`,
  'src/lib/with-errors.ts': `export function withErrors(handler: () => Promise<Response>) {
  return async () => handler()
}
`,
  [route]: 'export {}\n',
}

let project: Project

beforeAll(async () => {
  project = await openProject(folder(base, true), undefined)
})

afterAll(() => rmSync(project.root, { recursive: true, force: true }))

const known = new Map<string, ReturnType<typeof migrateText>>()

/** A generated route before and after its migration; every property looks at the same ones. */
function migrated(text: string): ReturnType<typeof migrateText> {
  let outcome = known.get(text)
  if (!outcome) known.set(text, (outcome = migrateText(text)))
  return outcome
}

async function migrateText(text: string) {
  const { repository, rules, classifier } = project
  const path = repository.absolute(route)
  // A helper that nobody calls would be one more thing for a person to look at.
  const unused: [string, string][] = text.includes('countRows')
    ? []
    : [[repository.absolute('src/lib/count.ts'), 'export {}\n']]
  const over = (content: string) =>
    new Repository(repository.root, { before: repository, overlay: new Map([[path, content], ...unused]) })
  const before = over(text)
  const traced = trace(before, rules)
  const { result, changes } = await migrate(before, rules, classifier, { startedAt: 0, verify: false })
  const after = changes.get(path)?.after ?? text
  const sites = result.files.flatMap((file) => file.sites)
  return {
    path,
    traced,
    changes,
    after,
    sites,
    plan: planMigration(traced, rules, classifier),
    over,
    second: await migrate(over(after), rules, classifier, { startedAt: 0, verify: false }),
  }
}

/** Other programs with `SEED=<number>`, more of them with `RUNS=<number>`. */
const settings = (numRuns: number) => ({
  seed: Number(process.env.SEED ?? 20240607),
  numRuns: Number(process.env.RUNS ?? numRuns),
})

const review = (sites: readonly MigrateSite[]) =>
  new Set(sites.filter((site) => site.status === 'needs-review').map((site) => site.table))

describe('a route made of idioms at random', () => {
  test('is rewritten by edits alone, to a text that parses and imports what it uses', async () => {
    const seen = { programs: 0, changed: 0, whole: 0 }
    await fc.assert(
      fc.asyncProperty(program, async (made) => {
        const text = write(made)
        expect(syntaxErrors(route, text)).toEqual([])
        const { path, after, plan, changes, traced, sites } = await migrated(text)
        expect([...changes.keys()].filter((file) => file !== path)).toEqual([])
        if (changes.has(path)) expect(after).toBe(spliced(text, plan.edits.get(path) ?? []))
        expect(syntaxErrors(route, after)).toEqual([])
        expect(layoutProblems(text, after)).toEqual([])
        expect(nameProblems(route, text, after)).toEqual([])
        expect(sites.length).toBeGreaterThanOrEqual(traced.accesses.length)
        seen.programs++
        if (changes.size > 0) seen.changed++
        if (changes.size > 0 && sites.every((site) => site.status !== 'needs-review')) seen.whole++
      }),
      settings(100),
    )
    // The programs are such that there is something to prove.
    expect(seen.changed / seen.programs).toBeGreaterThan(0.6)
    expect(seen.whole / seen.programs).toBeGreaterThan(0.25)
  })

  test('has nothing left to do the second time, and nothing wrong where it was rewritten', async () => {
    await fc.assert(
      fc.asyncProperty(program, async (made) => {
        const { after, sites, over, second } = await migrated(write(made))
        expect([...second.changes.keys()]).toEqual([])
        const { findings } = lint(trace(over(after), project.rules), project.rules, project.classifier, {
          startedAt: 0,
        })
        const own = findings.filter((finding) => finding.file === route)
        expect(
          own.filter(({ rule }) =>
            ['missing-await', 'missing-tenant-id', 'unresolved-client', 'parse-error'].includes(rule),
          ),
        ).toEqual([])
        const wrong = own.filter(({ rule }) => rule === 'wrong-database').map((finding) => finding.table)
        const open = sites.filter((site) => site.status === 'needs-review' && site.table !== undefined)
        expect(wrong.length).toBeLessThanOrEqual(open.length)
        expect(wrong.filter((table) => !review(sites).has(table))).toEqual([])
      }),
      settings(100),
    )
  })

  test('does the same as before, apart from the database', async () => {
    await fc.assert(
      fc.asyncProperty(program, async (made) => {
        const text = write(made)
        const { after, sites } = await migrated(text)
        for (const session of [
          null,
          {},
          { user: { id: 'ann' } },
          { user: { id: 'ann', tenantId: 'acme' } },
        ]) {
          const [old, now] = [await behaviour(text, session), await behaviour(after, session)]
          // Whatever happens, no client is opened without a tenant.
          expect(now.tenants.filter((id) => id !== 'acme')).toEqual([])
          if (session?.user && 'tenantId' in session.user) {
            expect(now.answers).toEqual(old.answers)
            expect(now.asked.map(({ table }) => table)).toEqual(old.asked.map(({ table }) => table))
            const open = review(sites)
            for (const { table, database } of now.asked)
              if (!open.has(table) && !['files', 'totals'].includes(table))
                expect({ table, database }).toEqual({
                  table,
                  database: /^(?:users|audit_log)$/.test(table) ? 'app' : 'acme',
                })
          } else {
            for (const [index, answer] of now.answers.entries())
              if (answer !== old.answers[index]) expect(answer).toBe('401')
          }
        }
      }),
      settings(100),
    )
  })

  test('has no new type error', async () => {
    const made = fc.sample(program, settings(60)).map(write)
    const [before, after] = [new Map<string, string>(), new Map<string, string>()]
    for (const [index, text] of made.entries()) {
      const { after: text2 } = await migrated(text)
      const path = project.repository.absolute(`src/app/api/generated${index}/route.ts`)
      before.set(path, text)
      after.set(path, text2)
    }
    const verifier = await openVerifier(project.root)
    const errors = (changes: Map<string, string>, originals: Map<string, string>) =>
      [...verifier.check({ changes, originals, planned: [] }).gained].flatMap(([file, list]) =>
        list.map((error) => `TS${error.code} ${error.message}\n${changes.get(file)}`),
      )
    expect(errors(before, new Map())).toEqual([])
    expect(errors(after, before)).toEqual([])
  })
})

interface Behaviour {
  /** Tables, buckets and functions in the order in which they were asked for. */
  readonly asked: { table: string; database: string }[]
  /** Tenants whose database was opened. */
  readonly tenants: unknown[]
  /** What each handler answered. */
  readonly answers: string[]
}

/** Runs every handler of a route with stand-ins for what it imports. */
async function behaviour(text: string, session: unknown): Promise<Behaviour> {
  const asked: Behaviour['asked'] = []
  const tenants: unknown[] = []
  const client = (database: string) => {
    const query = (table: string) => {
      asked.push({ table, database })
      const steps: string[] = []
      const builder: Record<string, unknown> = {
        // biome-ignore lint/suspicious/noThenProperty: a query is what this stands for.
        then: (done: (value: unknown) => unknown) =>
          Promise.resolve({ data: `${table} ${steps.join(' ')}`, count: steps.length }).then(done),
      }
      for (const name of ['select', 'insert', 'eq'])
        builder[name] = (...args: unknown[]) => {
          steps.push(`${name} ${JSON.stringify(args)}`)
          return builder
        }
      return builder
    }
    const files = (bucket: string) => {
      asked.push({ table: bucket, database })
      return { getPublicUrl: (path: string) => ({ path }) }
    }
    return { from: query, rpc: query, storage: { from: files } }
  }
  const db = {
    createAppClient: () => client('app'),
    connectApp: () => client('app'),
    getTenantClient: async (id: unknown) => {
      tenants.push(id)
      return client(String(id))
    },
  }
  const modules: Record<string, unknown> = {
    'next-auth': { getServerSession: async () => session },
    '@/lib/auth': { authOptions: {} },
    '@/lib/count': {
      countRows: async (given: {
        from(table: string): { select(columns: string): Promise<{ count: number }> }
      }) => (await given.from('shifts').select('id')).count,
    },
    '@/lib/with-errors': { withErrors: (handler: unknown) => handler },
    '@/lib/db': db,
    '@/lib': db,
    '../../../lib/db': db,
  }
  const exports: Record<string, () => Promise<unknown>> = {}
  const { code } = transformSync(text, { loader: 'ts', format: 'cjs' })
  class Answer {
    constructor(
      readonly body: unknown,
      readonly init?: { status: number },
    ) {}
    static json(body: unknown) {
      return new Answer(body)
    }
  }
  const module = { exports }
  new Function('require', 'module', 'exports', 'Response', code)(
    (name: string) => modules[name],
    module,
    exports,
    Answer,
  )
  const answers: string[] = []
  for (const method of Object.keys(module.exports).sort()) {
    const answer = await module.exports[method]!().catch((error: Error) => `threw ${error.message}`)
    answers.push(
      answer instanceof Answer
        ? answer.init
          ? String(answer.init.status)
          : JSON.stringify(answer.body)
        : String(answer),
    )
  }
  return { asked, tenants, answers }
}
