import { type CalleeFact, isSessionMethod } from '../trace/survey/callees.ts'
import type { IdReadFact } from '../trace/survey/id-reads.ts'
import type { Entry } from './proposal.ts'
import type { Survey } from './survey.ts'
import type { Tenancy } from './tenant-column.ts'
import { count, pathWord } from './words.ts'

/** One way to come by a tenant's id, with all its reads. */
export interface SourceGroup {
  readonly value: Readonly<Record<string, unknown>>
  /** `module#export` and path of a call. */
  readonly call?: { readonly label: string; readonly path: readonly string[] }
  readonly trusted: boolean
  readonly witness: string
  readonly reads: number
  readonly files: number
}

/** Where the code takes the tenant's id from, most frequent first. */
export function sourceGroups(survey: Survey, tenancy: Tenancy | undefined): SourceGroup[] {
  const groups = new Map<
    string,
    { group: Omit<SourceGroup, 'reads' | 'files'>; reads: number; files: Set<string> }
  >()
  for (const read of survey.reads) {
    const group = groupOf(read, tenancy)
    if (!group) continue
    const key = JSON.stringify(group.value)
    const known = groups.get(key) ?? { group, reads: 0, files: new Set<string>() }
    known.reads++
    known.files.add(read.file)
    groups.set(key, known)
  }
  return [...groups.entries()]
    .sort(
      ([a, x], [b, y]) =>
        Number(y.group.trusted) - Number(x.group.trusted) || y.reads - x.reads || (a < b ? -1 : 1),
    )
    .map(([, { group, reads, files }]) => ({ ...group, reads, files: files.size }))
}

function groupOf(
  read: IdReadFact,
  tenancy: Tenancy | undefined,
): Omit<SourceGroup, 'reads' | 'files'> | undefined {
  const { origin } = read
  if (tenancy !== undefined && pathWord(read.names) !== tenancy.word) return undefined
  switch (origin.kind) {
    case 'call': {
      const { callee, path } = origin
      if (isHook(callee) || isLibrary(callee) || callee.label.startsWith('next-auth/react')) return undefined
      return {
        value: { call: callee.label, ...(path.length > 0 ? { path: path.join('.') } : {}) },
        call: { label: callee.label, path },
        trusted: callee.session !== undefined,
        witness: witness(callee.session, callee.label),
      }
    }
    case 'wrapper': {
      const { callee, path, parameter } = origin
      if (isHook(callee) || isLibrary(callee)) return undefined
      return {
        value: {
          wrapper: callee.label,
          ...(path.length > 0 ? { path: path.join('.') } : {}),
          ...(parameter === 0 ? {} : { parameter }),
        },
        trusted: callee.session !== undefined && !path.some((name) => requestParts.has(name)),
        witness: witness(callee.session, callee.label),
      }
    }
    case 'method':
      if (!isSessionMethod(origin.method) || origin.path.length === 0) return undefined
      return {
        value: { expression: [origin.variable, ...origin.path].join('.') },
        trusted: true,
        witness: `from \`${origin.method}\``,
      }
    case 'parameter':
      return { value: { parameter: origin.name }, trusted: false, witness: '' }
  }
}

/** Members of what a wrapper hands over that hold what somebody sent. */
const requestParts = new Set([
  'input',
  'parsedInput',
  'clientInput',
  'rawInput',
  'body',
  'params',
  'query',
  'searchParams',
  'req',
  'request',
  'headers',
  'payload',
  'formData',
])

/** Hooks run in the browser, whose word is not trusted. */
function isHook({ name, label }: CalleeFact): boolean {
  // A default export has no name but its file's.
  return /^use[A-Z]/.test(name) || (name === 'default' && /\/use(?:-|[A-Z])[\w-]*#/.test(label))
}

/** `omit(row, …).accountId`, a column that `pgTable` makes: a package that signs nobody in knows no tenant. */
function isLibrary({ isLocal, session }: CalleeFact): boolean {
  return !isLocal && session === undefined
}

function witness(session: string | undefined, label: string): string {
  return session === undefined || session === label ? '' : `asks ${session}`
}

/** The sources as entries. What nobody vouches for stands there as a comment. */
export function proposeSources(groups: readonly SourceGroup[]): Entry[] {
  return groups.flatMap((group): Entry[] => {
    const evidence = `${count(group.reads, 'read')} in ${count(group.files, 'file')}${group.witness ? `; ${group.witness}` : ''}`
    const { value } = group
    if ('expression' in value)
      return [
        {
          value,
          evidence,
          decide: String(value.expression).includes('user_metadata')
            ? 'a user can change their own user_metadata'
            : 'an expression counts as present wherever its names are in scope',
        },
      ]
    if (group.trusted) return [{ value, evidence }]
    if (group.reads < 2) return []
    const why =
      'parameter' in value
        ? 'a parameter can be trusted when every caller takes it from the session; without this line callers are followed'
        : group.witness
          ? 'it comes from the request'
          : 'no sign-in function was found behind it'
    return [{ value, evidence, decide: why, disabled: true }]
  })
}
