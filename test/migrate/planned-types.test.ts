import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openProject } from '../../src/cli/project.ts'
import { migrate } from '../../src/migrate/migrate.ts'
import { plannedClients } from '../../src/migrate/planned.ts'
import { trace } from '../../src/trace/trace.ts'
import { fixtures } from '../support/cases.ts'

const open = (name: string) => openProject(join(fixtures, name, 'input'), undefined)

test('a planned client has the types of the ready client that it takes the place of', async () => {
  const { repository, rules, classifier, dialects } = await open(
    'prisma/client-that-is-planned-beside-a-singleton',
  )
  const { result, changes } = await migrate(repository, rules, classifier, {
    startedAt: 0,
    verify: true,
    dialects,
  })
  // With a client of which nothing is known, `row` would be an `any` that nobody asked for.
  expect(result.files.flatMap(({ sites }) => sites.map(({ reason }) => reason))).toEqual([undefined])
  expect([...changes.keys()]).toEqual([repository.absolute('src/projects.ts')])
})

test.each([
  ['prisma/client-that-is-planned-beside-a-singleton', 'value', 'prisma'],
  ['threading/id-that-is-a-number', 'result', 'createAppClient'],
])('the planned client of %s is like the %s of `%s`', async (name, form, exported) => {
  const { repository, rules, dialects } = await open(name)
  const { program } = trace(repository, rules, { dialects })
  expect(plannedClients(program, rules).map(({ like }) => like)).toMatchObject([{ form, export: exported }])
})
