import type { Range } from '../repo/text.ts'
import { merged, nothing } from './contents.ts'
import type { Contents, SqlFact } from './facts.ts'

/** What the facts of a body name together; names that are only known when it runs are left out. */
export function contentsOfFacts(facts: readonly SqlFact[]): Contents {
  const parts = facts.map((fact): Contents => {
    switch (fact.does) {
      case 'create':
        if (fact.object === 'table') return using(fact.contents, fact.name, fact.range, 'create')
        return fact.on === undefined ? fact.contents : using(fact.contents, fact.on, fact.range, fact.object)
      case 'foreign-key':
        return using(nothing, fact.target, fact.range, 'references')
      case 'run':
        return fact.contents
      default:
        return nothing
    }
  })
  const temporary = new Set(facts.flatMap((fact) => (fact.does === 'temporary' ? [fact.name] : [])))
  const all = merged(parts)
  return { ...all, uses: all.uses.filter((use) => !temporary.has(use.table)) }
}

function using(contents: Contents, table: string, range: Range, operation: string): Contents {
  return { ...contents, uses: [...contents.uses, { table, range, operation }] }
}
