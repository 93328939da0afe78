import type { RuleName, Severity } from './model.ts'

/** Every lint rule: how bad its findings are unless rules.json says otherwise, and what it finds. */
const table: Readonly<Record<RuleName, readonly [severity: Severity, finds: string]>> = {
  'wrong-database': ['error', "A table reached on another database's client."],
  'route-database': ['error', "A route that still obtains the other database's client."],
  'cross-database-join': ['error', 'One query that spans two databases.'],
  'cross-database-transaction': ['error', 'One transaction that spans two databases.'],
  'cross-database-foreign-key': [
    'error',
    "A foreign key, policy, view, function or trigger that names another database's table.",
  ],
  'unset-policy-setting': [
    'warning',
    'A policy of a tenant database that asks for a setting which nothing sets.',
  ],
  'missing-tenant-id': ['error', 'No tenant id in scope, or one that may be undefined.'],
  'untrusted-tenant-id': ['error', 'A tenant id that comes from the request instead of the session.'],
  'shared-tenant-client': ['error', 'A tenant client kept beyond one request.'],
  'cache-without-tenant': ['error', 'A cache key without the tenant in it.'],
  'browser-client': ['error', 'A database reached from code that is bundled for the browser.'],
  'missing-await': ['error', 'The promise of a client used as if it were the client.'],
  // Inside a database of its own a tenant's query needs no filter, so this is for teams that keep the column.
  'missing-tenant-filter': ['off', 'A query without a filter on the tenant column.'],
  'unknown-table': ['error', 'A table that no database in the rules owns.'],
  'unresolved-client': ['error', "A database call whose client can't be traced."],
  'parse-error': ['error', "A file that can't be read or parsed."],
  // These say that the team's own notes have aged; the code itself is right.
  'unused-suppression': ['warning', 'A suppression comment that suppresses nothing.'],
  'unused-exception': ['warning', 'An exception in the rules that no access needs.'],
  // An entry that stays behind would hide the next finding of its kind.
  'stale-baseline': ['error', 'An entry of the baseline that no finding needs.'],
}

const columns = <T>(pick: (row: readonly [Severity, string]) => T) =>
  Object.fromEntries(Object.entries(table).map(([name, row]) => [name, pick(row)])) as Record<RuleName, T>

/** Severity of every lint rule when rules.json does not name it. */
export const defaultSeverities: Readonly<Record<RuleName, Severity>> = columns(([severity]) => severity)

/** One sentence for every lint rule, as the editor shows it in rules.json. */
export const ruleSummaries: Readonly<Record<RuleName, string>> = columns(([, finds]) => finds)
