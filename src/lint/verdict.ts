import type { Classifier } from '../rules/classify.ts'
import type { Rules } from '../rules/model.ts'
import type { AccessFact } from '../trace/facts.ts'

/** What the rules say about one name that an access may touch, on one client that it may use. */
export interface Verdict {
  readonly access: AccessFact
  /** The table, bucket or function; undefined for sign-in and for names that are not known. */
  readonly name?: string
  /** The database it reaches; undefined when the client's is not known. */
  readonly actual?: string
  /** The databases it may be in; undefined when no rule decides. */
  readonly expected?: readonly string[]
  /** What decided: the rule's words. */
  readonly reason: string
  readonly state: 'right' | 'wrong' | 'undecided' | 'not-judged' | 'dynamic' | 'no-database'
}

/** One verdict for each name and client of an access. */
export function judge(access: AccessFact, classifier: Classifier, rules: Rules): Verdict[] {
  const verdicts: Verdict[] = []
  const names: (string | undefined)[] = access.names.length > 0 ? [...access.names] : [undefined]
  for (const name of names) {
    const { expected, reason, judged } = expectation(access, name, classifier, rules)
    const dynamic = access.kind === 'table' && name === undefined
    if (access.clients.length === 0)
      verdicts.push({
        access,
        ...named(name),
        ...expectedOf(expected),
        reason,
        state: dynamic ? 'dynamic' : 'no-database',
      })
    for (const client of access.clients) {
      const base = {
        access,
        ...named(name),
        ...(client.database === undefined ? {} : { actual: client.database }),
        ...expectedOf(expected),
        reason,
      }
      if (dynamic) verdicts.push({ ...base, state: 'dynamic' })
      else if (client.database === undefined) verdicts.push({ ...base, state: 'no-database' })
      else if (!judged) verdicts.push({ ...base, state: 'not-judged' })
      else if (!expected) verdicts.push({ ...base, state: 'undecided' })
      else verdicts.push({ ...base, state: expected.includes(client.database) ? 'right' : 'wrong' })
    }
  }
  return verdicts
}

function named(name: string | undefined): { name?: string } {
  return name === undefined ? {} : { name }
}

function expectedOf(expected: readonly string[] | undefined): { expected?: readonly string[] } {
  return expected ? { expected } : {}
}

/** The databases that a name may be in. Buckets, functions and sign-in without an owner are not judged. */
export function expectation(
  access: Pick<AccessFact, 'kind' | 'file'>,
  name: string | undefined,
  classifier: Classifier,
  rules: Rules,
): { expected?: readonly string[]; reason: string; judged: boolean } {
  switch (access.kind) {
    case 'table': {
      const found = classifier.expected({ file: access.file, ...(name === undefined ? {} : { table: name }) })
      return found
        ? { expected: found.databases, reason: found.reason, judged: true }
        : { reason: 'no rule decides', judged: true }
    }
    case 'bucket':
    case 'function': {
      const found =
        name === undefined
          ? undefined
          : access.kind === 'bucket'
            ? classifier.bucketDatabases(name)
            : classifier.functionDatabases(name)
      return found
        ? {
            expected: [...found.databases, ...excused(access, classifier)],
            reason: `${access.kind} \`${name}\` belongs to ${found.databases.join(' and ')}`,
            judged: true,
          }
        : { reason: `no rule owns the ${access.kind}`, judged: false }
    }
    case 'auth': {
      const owner = rules.databases.find((database) => database.auth)
      return owner
        ? {
            expected: [owner.name, ...excused(access, classifier)],
            reason: `sign-in belongs to ${owner.name}`,
            judged: true,
          }
        : { reason: 'no rule owns sign-in', judged: false }
    }
  }
}

/** An exception for a whole file also allows its sign-in, buckets and functions on the other database. */
function excused({ file, kind }: Pick<AccessFact, 'file' | 'kind'>, classifier: Classifier): string[] {
  const exception = kind === 'auth' ? classifier.signInException(file) : classifier.exception(file, undefined)
  return exception ? [exception.database] : []
}
