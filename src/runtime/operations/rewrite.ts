import type { CredentialStore, StoredTexts } from '../directories/store.ts'
import { isTenantizeError } from '../errors.ts'
import type { Place } from '../keys/bound-text.ts'
import { type EnvelopeFormat, formatOf } from '../keys/envelope.ts'
import type { CredentialKeys } from '../keys/key-ring.ts'
import { assertKnown, type Selection } from './select.ts'

/** What happened to one stored credential; in a dry run, what would. */
export type TextOutcome =
  /** It was stored in the clear. */
  | 'encrypted'
  /** It was encrypted in another form or under another key. */
  | 'rewritten'
  | 'unchanged'
  /** A URL without a password needs no encryption. */
  | 'no-secret'

export interface RewriteOutcome {
  readonly tenantId: string
  readonly outcome: 'written' | 'unchanged' | 'failed'
  readonly fields: Readonly<Record<string, TextOutcome>>
  /** Holds no secret. */
  readonly problem?: string
}

export interface RewriteOptions extends Selection {
  readonly store: CredentialStore
  readonly keys: CredentialKeys
  /** `encrypt` leaves alone what is encrypted already; `rotate` rewrites it under the primary key and in the form. */
  readonly mode: 'encrypt' | 'rotate'
  readonly form: EnvelopeFormat
  readonly dryRun?: boolean
  readonly signal: AbortSignal
  readonly onOutcome?: (outcome: RewriteOutcome) => void
}

export interface RewriteResult {
  readonly tenants: readonly RewriteOutcome[]
  /** By the id of a key, how many texts need it now: a key that none needs may be given up. */
  readonly keysInUse: Readonly<Record<string, number>>
}

/**
 * Rewrites stored credentials, one tenant after the other. Each is written only in the place of what was read, so it may
 * run beside the application, and again after an interruption: what is as it should be is left alone.
 * @throws ConfigurationError, KeysUnavailableError, and whatever the store throws when it fails
 */
export async function rewriteCredentials(options: RewriteOptions): Promise<RewriteResult> {
  const { store, signal, only = [], except = [] } = options
  const all: StoredTexts[] = []
  for await (const stored of store.credentials({ signal })) all.push(stored)
  assertKnown([...only, ...except], (id) => all.some(({ tenantId }) => tenantId === id))
  const tenants: RewriteOutcome[] = []
  const keysInUse: Record<string, number> = {}
  for (const stored of all) {
    const { tenantId } = stored
    if (signal.aborted) throw signal.reason
    const chosen = (only.length === 0 || only.includes(tenantId)) && !except.includes(tenantId)
    const { keyIds, ...outcome } = await rewriteOne(stored, chosen ? options : { ...options, mode: 'none' })
    for (const id of keyIds) keysInUse[id] = (keysInUse[id] ?? 0) + 1
    if (!chosen) continue
    tenants.push(outcome)
    options.onOutcome?.(outcome)
  }
  return { tenants, keysInUse }
}

type OneOptions = Omit<RewriteOptions, 'mode'> & { readonly mode: RewriteOptions['mode'] | 'none' }

async function rewriteOne(
  { tenantId, texts }: StoredTexts,
  options: OneOptions,
): Promise<RewriteOutcome & { readonly keyIds: readonly string[] }> {
  const made: Record<string, RewrittenText> = {}
  const keyIds = (which: 'before' | 'after') => Object.values(made).flatMap((text) => text[which] ?? [])
  const failed = (problem: string) => ({
    tenantId,
    outcome: 'failed' as const,
    fields: {},
    problem,
    keyIds: keyIds('before'),
  })
  try {
    for (const [field, text] of Object.entries(texts))
      made[field] = await rewriteText(text, { tenantId, field }, options)
  } catch (error) {
    if (!isTenantizeError(error, 'CREDENTIAL')) throw error
    return failed(error.message)
  }
  const changed = Object.entries(made).filter(([, { text }]) => text !== undefined)
  const fields = Object.fromEntries(Object.entries(made).map(([field, { outcome }]) => [field, outcome]))
  if (changed.length === 0) return { tenantId, outcome: 'unchanged', fields, keyIds: keyIds('after') }
  if (!options.dryRun) {
    const from = Object.fromEntries(changed.map(([field]) => [field, texts[field]!]))
    const to = Object.fromEntries(changed.map(([field, { text }]) => [field, text!]))
    if (!(await options.store.replaceCredentials(tenantId, from, to)))
      return failed('its row was changed meanwhile and is left alone; run the command again')
  }
  return { tenantId, outcome: 'written', fields, keyIds: keyIds('after') }
}

interface RewrittenText {
  readonly outcome: TextOutcome
  /** What is to be written, if it is another text. */
  readonly text?: string
  /** The keys that the text needs: the one that is stored, and the one that will be. */
  readonly before?: string
  readonly after?: string
}

async function rewriteText(
  text: string,
  place: Place,
  { keys, mode, form }: OneOptions,
): Promise<RewrittenText> {
  if (formatOf(text) === undefined) {
    if (isPlainUrl(text)) return { outcome: 'no-secret' }
    if (mode === 'none') return { outcome: 'unchanged' }
    // `open` refuses it in words that say what to do about a damaged text.
    if (looksEncrypted(text)) await keys.open(text, place)
    return { outcome: 'encrypted', ...(await sealed(text, place, keys, form)) }
  }
  const { primary, format, keyId: before, plaintext } = await keys.open(text, place)
  if (mode !== 'rotate' || (primary && format === form))
    return { outcome: 'unchanged', before, after: before }
  return { outcome: 'rewritten', before, ...(await sealed(plaintext, place, keys, form)) }
}

/** Encrypts, and opens the result before anybody relies on it. */
async function sealed(
  plaintext: string,
  place: Place,
  keys: CredentialKeys,
  form: EnvelopeFormat,
): Promise<{ readonly text: string; readonly after: string }> {
  const text = await keys.encrypt(plaintext, place, form)
  const again = await keys.open(text, place)
  if (again.plaintext !== plaintext) throw new Error('an encrypted text did not open to what it was made of')
  return { text, after: again.keyId }
}

/** The address of a service, or of a database without its password. */
function isPlainUrl(text: string): boolean {
  if (!/^(?:https?|postgres(?:ql)?):\/\//.test(text) || !URL.canParse(text)) return false
  const { password, searchParams } = new URL(text)
  return password === '' && !searchParams.has('password')
}

/** Base64 with colons in between, or our own prefix: encrypting it once more would bury the damage. */
const looksEncrypted = (text: string): boolean =>
  /^tenantize\d*:/.test(text) || /^[\w+/=-]{8,}:[\w+/=-]*:[\w+/=:-]*$/.test(text)
