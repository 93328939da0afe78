import type { Need } from '../lint/need.ts'
import { transactionsOf } from '../lint/rules/cross-database-transaction.ts'
import type { Access } from '../trace/accesses.ts'

/** A transaction moves as a whole or not at all: what would have to leave the rest of it behind is left to a person. */
export function keepTransactionsWhole(accesses: readonly Access[], needs: Map<Access, Need>): void {
  const byFact = new Map(accesses.map((access) => [access.fact, access]))
  for (const { transaction, accesses: facts } of transactionsOf(accesses.map(({ fact }) => fact))) {
    const inside = facts
      // What is asked of another client is no part of it.
      .filter(({ clients }) =>
        clients.some(({ database }) => database === undefined || transaction.databases.includes(database)),
      )
      .map((fact) => byFact.get(fact)!)
    const own = new Map(inside.map((access) => [access, needs.get(access)]))
    // A function that makes queries for a transaction would have to be handed its client.
    const apart = inside.find((access) => access.byCall)
    if (apart) {
      for (const [access, need] of own)
        if (need?.kind === 'move' && !access.byCall)
          needs.set(access, {
            kind: 'review',
            from: need.from,
            to: need.to,
            reason: `it runs in one transaction with ${named(apart)} (${placeOf(apart)}), which a function makes that has a client of its own`,
          })
      continue
    }
    const home = [...own.values()].find((need) => need?.kind === 'move')
    // What no rule owns goes with the rest of its transaction.
    if (home?.kind === 'move' && [...own.values()].every((need) => goesTo(need, home.to)))
      for (const [access, need] of own) if (need?.kind === 'follow') needs.set(access, home)
    for (const [access, need] of own) {
      if (need?.kind !== 'move') continue
      const other = inside.find((one) => !goesTo(own.get(one), need.to))
      if (!other) continue
      const { line } = (other.fact.nameRange ?? other.fact.range).start
      needs.set(access, {
        kind: 'review',
        from: need.from,
        to: need.to,
        reason: `it runs in one transaction with ${named(other)} (line ${line}), which does not go to ${need.to}: one transaction can't span two databases`,
      })
    }
  }
}

function goesTo(need: Need | undefined, database: string): boolean {
  if (!need || need.kind === 'follow') return true
  return need.kind === 'move' && need.to === database
}

function named({ fact }: Access): string {
  const [table] = fact.names
  return table === undefined ? 'a query' : `\`${table}\``
}

function placeOf({ fact }: Access): string {
  return `${fact.file}:${(fact.nameRange ?? fact.range).start.line}`
}
