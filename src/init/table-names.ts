import type { TableEvidence } from './table-evidence.ts'
import { keyOfName, sameWord, singular, tenantWords, wordsOf } from './words.ts'

/** Names that stand for who may sign in, by table in singular words. */
const signIn = new Set([
  'user',
  'profile',
  'user_profile',
  'session',
  'user_session',
  'verification_token',
  'verification_request',
  'verification',
  'authenticator',
  'passkey',
  'credential',
  'user_credential',
  'auth_token',
  'refresh_token',
  'access_token',
  'magic_link',
  'login',
  'login_attempt',
  'identity',
  'otp',
  'two_factor',
  'user_role',
])
const signInWords = new Set([
  'password',
  'otp',
  'mfa',
  'passkey',
  'oauth',
  'invitation',
  'invite',
  'magic',
  'login',
  'nextauth',
])

/**
 * Why a table belongs to the application by what its name says, or undefined.
 * @param word the tenant's word
 * @param hasColumn whether it has the tenant's column
 */
export function appByName(
  table: TableEvidence,
  word: string | undefined,
  hasColumn: boolean,
): string | undefined {
  const key = keyOfName(table.name)
  const words = wordsOf(table.name).map(singular)
  const isTenantWord = (item: string) => (tenantWords as readonly string[]).includes(item)
  if (key === word || (word === 'organization' && sameWord(key) === word)) return 'the list of tenants'
  if (isTenantWord(key) && key !== 'account' && !hasColumn) return 'the list of tenants'
  const member =
    words.some((item) => item === 'member' || item === 'membership' || item === 'user') &&
    words.some((item) => sameWord(item) === word)
  if (member || key === 'membership' || key === 'member') return 'who belongs to which tenant'
  if (key === 'account' && isSignInAccount(table)) return 'sign-in: the accounts of a provider'
  if (key === 'session' && hasColumn && ![...table.columns].some((column) => /token|expires/i.test(column)))
    return undefined
  if (signIn.has(key) || words.some((item) => signInWords.has(item))) return 'sign-in'
  if (words[0] === 'audit') return 'one trail of events for the whole company'
  if (words.includes('migration') || key === 'schema_version') return 'which migrations have run'
  return undefined
}

/** `accounts` of Auth.js (https://authjs.dev/concepts/database-models), and not the customers of a business. */
function isSignInAccount({ columns }: TableEvidence): boolean {
  return (
    columns.has('provider') &&
    (columns.has('providerAccountId') || columns.has('provider_account_id') || columns.has('access_token'))
  )
}

/** Why a person has to decide about a table with this name although its columns say something. */
export function doubtByName(table: TableEvidence): string | undefined {
  const words = wordsOf(table.name).map(singular)
  if (words.some((item) => ['subscription', 'billing', 'plan', 'stripe', 'pricing'].includes(item)))
    return "billing of the tenants is the application's, invoices of a tenant are theirs"
  if (words.includes('api') && words.includes('key')) return 'a key is looked up before the tenant is known'
  if (words.includes('feature') && (words.includes('flag') || words.length === 1))
    return 'may be the same for all tenants'
  if (words.includes('domain') && words.length <= 2) return 'a domain is looked up before the tenant is known'
  return undefined
}
