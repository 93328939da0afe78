import type { Classifier } from '../rules/classify.ts'
import type { Rules } from '../rules/model.ts'
import type { AccessFact } from '../trace/facts.ts'
import { judge, type Verdict } from './verdict.ts'

/** What the migration has to do about one access. */
export type Need =
  /** It reaches the wrong database and has to get the client of `to`. */
  | {
      readonly kind: 'move'
      readonly from: string
      readonly to: string
      /** Some callers hand over the right client already: why it is left alone where they can't be changed. */
      readonly partly?: string
    }
  /** It is where it belongs, or nobody's rule speaks of it and it stays. */
  | { readonly kind: 'stay'; readonly at: string; readonly reason?: string }
  /** No rule owns it; it goes where the rest of its client goes. */
  | { readonly kind: 'follow'; readonly at: string }
  | { readonly kind: 'review'; readonly from: string; readonly to: string; readonly reason: string }

/**
 * Decides for an access, from the rules alone.
 * @param verdicts of the access, where they are known
 */
export function needOf(
  access: AccessFact,
  classifier: Classifier,
  rules: Rules,
  verdicts: readonly Verdict[] = judge(access, classifier, rules),
): Need {
  const from =
    [...new Set(access.clients.map((client) => client.database ?? 'unknown'))].join(' or ') || 'unknown'
  const expected = [...new Set(verdicts.flatMap((verdict) => verdict.expected ?? []))]
  const to = expected[0] ?? classifier.route(access.file)?.database ?? from
  const review = (reason: string): Need => ({ kind: 'review', from, to, reason })
  const states = new Set(verdicts.map((verdict) => verdict.state))
  if (access.unresolved)
    return review(
      `its client can't be traced: ${access.unresolved.message} (${access.unresolved.file}:${access.unresolved.line})`,
    )
  if (states.has('no-database'))
    return review(
      `its client is ${access.clients.find((client) => client.database === undefined)?.note ?? 'of no database that the rules name'}`,
    )
  if (states.has('dynamic') || (access.dynamic && access.kind === 'table')) {
    // A run-time name on the client of the route's own database is as good as it can be told.
    return review(`which table it is can't be told: ${access.dynamic}`)
  }
  if (states.has('undecided'))
    return review(`table \`${access.names.join('`, `')}\` is in no database of the rules`)
  if (states.has('not-judged'))
    return access.kind === 'function'
      ? { kind: 'follow', at: from }
      : {
          kind: 'stay',
          at: from,
          reason:
            access.kind === 'bucket'
              ? 'no rule owns the bucket: storage stays where it is'
              : 'no rule owns sign-in: it stays where it is',
        }
  const joined = (home: string) =>
    access.embeds.find(
      (embed) =>
        embed.name !== '' && classifier.tableDatabases(embed.name)?.databases.includes(home) === false,
    )
  const apart = (embed: { name: string; declared?: string }) =>
    `it ${embed.declared === undefined ? `embeds \`${embed.name}\`` : `touches \`${embed.name}\` too (${embed.declared})`}, which belongs to ${classifier.tableDatabases(embed.name)!.databases.join(' or ')}: one query can't span two databases`
  if (!states.has('wrong')) {
    const embed = access.clients.map(({ database }) => database && joined(database)).find(Boolean)
    return embed ? review(apart(embed)) : { kind: 'stay', at: from }
  }
  if (states.has('right') && access.clients.length < 2)
    return review(`it may touch tables of both databases (${access.names.join(', ')})`)
  const wanted = verdicts[0]!.expected!.filter((database) =>
    verdicts.every((verdict) => verdict.expected!.includes(database)),
  )
  const target = wanted[0]
  if (target === undefined)
    return review(`it may touch tables of different databases (${access.names.join(', ')})`)
  const partly = states.has('right')
    ? 'it gets clients of both databases, depending on the caller'
    : new Set(verdicts.map((verdict) => verdict.actual)).size > 1
      ? 'it gets clients of several databases, depending on the caller'
      : undefined
  if (access.browser) return review(browserCode(access, target))
  const embed = joined(target)
  if (embed) return review(apart(embed))
  if (access.openSelect && mayLeave(access.openSelect, classifier, target))
    return review(`${access.openSelect.reason}, so it may embed tables of the other database`)
  return { kind: 'move', from, to: target, ...(partly === undefined ? {} : { partly }) }
}

/** Whether the migration can most likely do by itself what has to be done. */
export function isFixable(need: Need): boolean {
  return need.kind === 'move' && need.partly === undefined
}

/** Whether what is not known of a query may be a table that its database does not have. */
export function mayLeave(
  open: NonNullable<AccessFact['openSelect']>,
  classifier: Classifier,
  home: string,
): boolean {
  return open.may?.some((name) => classifier.tableDatabases(name)?.databases.includes(home) === false) ?? true
}

function browserCode(access: AccessFact, to: string): string {
  const root = access.browser!.at(-1)!
  if (access.operation === 'subscribe')
    return `it is browser code (${root.file}:${root.line}) that follows changes over a connection to one database: those in ${to} have to come from a route or a server action, or over a connection of their own`
  return `it is browser code (${root.file}:${root.line}): the client of ${to} may only be obtained on a server, so this has to go through a route or a server action`
}
