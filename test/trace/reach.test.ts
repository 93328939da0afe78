import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openProject } from '../../src/cli/project.ts'
import { candidatesOf } from '../../src/trace/accesses.ts'
import { Program } from '../../src/trace/program.ts'
import { originPattern } from '../../src/trace/reach/origins.ts'
import { Reach } from '../../src/trace/reach/reach.ts'
import { sightOf } from '../../src/trace/sight.ts'
import { trace } from '../../src/trace/trace.ts'
import { caseNames, fixtures } from '../support/cases.ts'

const roots = () => [...caseNames().map((name) => join(name, 'input')), 'crm', 'crm-edges']

describe.each(roots())('%s', (name) => {
  const opened = openProject(join(fixtures, name), undefined)

  test('a client that the trace finds can get to where it is found', async () => {
    const { repository, rules, dialects } = await opened
    const { accesses, program } = trace(repository, rules, { dialects })
    const reach = new Reach(program, originFiles(program), Number.POSITIVE_INFINITY)
    // A request to the address of a database needs no client.
    const found = accesses.filter(({ clients, candidate }) => clients.length > 0 && !candidate.address)
    program.reach = reach
    const outside = found.filter(({ module, candidate }) => !program.mayHaveClient(module, candidate))
    expect(reach.open).toBeUndefined()
    expect(outside.map(({ fact }) => `${fact.file}:${fact.range.start.line}`)).toEqual([])
  })

  test('what counts whatever its client is shows in the text', async () => {
    const { repository, rules, dialects } = await opened
    const program = new Program(repository, rules, dialects)
    const missed = repository.files.flatMap((path) => {
      const module = repository.module(repository.absolute(path))
      if (!module) return []
      return candidatesOf(dialects, module)
        .flat()
        .filter(
          ({ dialect, candidate }) =>
            (candidate.certain || candidate.likely || dialect.isOwn?.(candidate, sightOf(program, module))) &&
            !(dialect.sure ?? dialect.hint).test(module.text),
        )
        .map(
          ({ dialect, candidate: { call } }) => `${dialect.name} ${module.text.slice(call.start, call.end)}`,
        )
    })
    expect(missed).toEqual([])
  })
})

function originFiles(program: Program): string[] {
  const { repository } = program
  const pattern = originPattern(program)
  return repository.files
    .map((path) => repository.absolute(path))
    .filter((file) => pattern.test(repository.raw(file)))
}
