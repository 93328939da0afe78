import type { AccessFact, TransactionFact } from '../../trace/facts.ts'
import { describe, type LintInput, type LintRule, type Offense, pointAt } from '../rule.ts'
import { expectation } from '../verdict.ts'

export const crossDatabaseTransaction: LintRule = {
  name: 'cross-database-transaction',
  check(input) {
    return transactionsOf(input.facts.accesses).flatMap(({ transaction, accesses }) => {
      const apart = spanning(input, transaction, accesses)
      return apart ? [apart] : accesses.flatMap((access) => outside(transaction, access))
    })
  },
}

/** Accesses by the transaction that they run in. */
export function transactionsOf(
  accesses: readonly AccessFact[],
): { transaction: TransactionFact; accesses: AccessFact[] }[] {
  const found = new Map<string, { transaction: TransactionFact; accesses: AccessFact[] }>()
  for (const access of accesses) {
    const { transaction } = access
    if (!transaction) continue
    const key = `${transaction.file}:${transaction.range.start.offset}`
    const known = found.get(key)
    if (known) known.accesses.push(access)
    else found.set(key, { transaction, accesses: [access] })
  }
  return [...found.values()]
}

/** Tables of two databases in one transaction. */
function spanning(
  { classifier, rules }: LintInput,
  { file, range }: TransactionFact,
  accesses: readonly AccessFact[],
): Offense | undefined {
  const owned = accesses.flatMap((access) =>
    access.names.flatMap((name) => {
      const databases = expectation(access, name, classifier, rules).expected
      return databases ? [{ access, name, databases }] : []
    }),
  )
  const [first] = owned
  const other = owned.find(({ databases }) => !databases.some((name) => first!.databases.includes(name)))
  if (!first || !other) return undefined
  const named = [first, other].map(
    ({ access, name, databases }) => `${describe(access, name)} (${databases.join(' or ')})`,
  )
  return {
    message: `this transaction touches ${named.join(' and ')}; one transaction can't span two databases`,
    file,
    range,
    table: other.name,
    operation: 'transaction',
    database: { actual: first.databases[0]!, expected: other.databases[0]! },
    evidence: owned.map(({ access, name, databases }) => {
      const { line, column } = pointAt(access).start
      return {
        file: access.file,
        line,
        column,
        message: `${describe(access, name)} belongs to ${databases.join(' and ')}`,
      }
    }),
    identity: `transaction ${[...new Set(owned.map(({ name }) => name))].sort().join()}`,
  }
}

/** What is written on another client while a transaction runs is no part of it. */
function outside(transaction: TransactionFact, access: AccessFact): Offense[] {
  if (access.effect !== 'write' || transaction.databases.length === 0) return []
  const databases = access.clients.flatMap(({ database }) => database ?? [])
  if (databases.length < access.clients.length || databases.length === 0) return []
  if (databases.some((database) => transaction.databases.includes(database))) return []
  const [name] = access.names
  const { line, column } = transaction.range.start
  return [
    {
      message: `${describe(access, name)} is written on the client of ${databases[0]}, in the midst of a transaction of ${transaction.databases.join(' or ')}: it is no part of it, and stays when that is undone`,
      file: access.file,
      range: pointAt(access),
      ...(name === undefined ? {} : { table: name }),
      operation: access.operation,
      database: { actual: databases[0]!, expected: transaction.databases[0]! },
      evidence: [{ file: transaction.file, line, column, message: 'the transaction begins here' }],
      identity: `outside of a transaction ${name ?? ''}`,
    },
  ]
}
