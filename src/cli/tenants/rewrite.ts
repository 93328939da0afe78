import { count } from '../../init/words.ts'
import { isCredentialStore } from '../../runtime/directories/store.ts'
import type { EnvelopeFormat } from '../../runtime/keys/envelope.ts'
import { type RewriteResult, rewriteCredentials } from '../../runtime/operations/rewrite.ts'
import { EXIT_CLEAN, EXIT_FOUND } from '../exit.ts'
import type { Terminal } from '../output.ts'
import { UsageError } from '../usage-error.ts'
import type { Opened } from './open.ts'
import type { TenantsOptions } from './options.ts'

const forms: readonly EnvelopeFormat[] = ['tenantize1', 'iv:authTag:ciphertext']

/** `tenantize tenants encrypt`, `tenantize tenants rotate` */
export async function rewriteTenants(
  mode: 'encrypt' | 'rotate',
  { directory, keys }: Opened,
  options: TenantsOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  if (!isCredentialStore(directory))
    throw new UsageError(`the directory (${directory.name}) can't be written to by tenantize`)
  const form = forms.find((name) => name === (options.form ?? forms[0]))
  if (form === undefined) throw new UsageError(`--form: expected ${forms.join(' or ')}`)
  const dryRun = options.dryRun ?? false
  const { only, except } = options
  const result = await rewriteCredentials({
    store: directory,
    keys,
    mode,
    form,
    dryRun,
    signal,
    only,
    except,
  })
  terminal.out(options.json ? asJson(mode, result, dryRun) : asText(result, dryRun))
  return result.tenants.some(({ outcome }) => outcome === 'failed') ? EXIT_FOUND : EXIT_CLEAN
}

const countOf = ({ tenants }: RewriteResult, wanted: string) =>
  tenants.filter(({ outcome }) => outcome === wanted).length

function asJson(mode: string, result: RewriteResult, dryRun: boolean): string {
  const summary = {
    tenants: result.tenants.length,
    written: countOf(result, 'written'),
    unchanged: countOf(result, 'unchanged'),
    failed: countOf(result, 'failed'),
    dryRun,
  }
  return `${JSON.stringify({ version: 1, command: `tenants ${mode}`, summary, ...result }, null, 2)}\n`
}

function asText(result: RewriteResult, dryRun: boolean): string {
  const lines = result.tenants.flatMap(({ tenantId, outcome, problem, fields }) => {
    if (outcome === 'failed') return [`${tenantId}  failed: ${problem}`]
    if (outcome === 'unchanged') return []
    const words = Object.entries(fields)
      .filter(([, what]) => what === 'encrypted' || what === 'rewritten')
      .map(([field, what]) => `${field} ${what}`)
    return [`${tenantId}  ${words.join(', ')}`]
  })
  const written = `${countOf(result, 'written')} ${dryRun ? 'to write' : 'written'}`
  lines.push(
    `${count(result.tenants.length, 'tenant')}: ${written} · ${countOf(result, 'unchanged')} as they should be · ${countOf(result, 'failed')} failed`,
  )
  for (const [id, count] of Object.entries(result.keysInUse))
    lines.push(`key ${id}: ${dryRun ? 'would be ' : ''}needed by ${count} text${count === 1 ? '' : 's'}`)
  lines.push(
    countOf(result, 'failed') > 0
      ? 'Next: correct what failed, and run it again'
      : dryRun
        ? 'Next: the same command without --dry-run'
        : 'Next: tenantize tenants check',
  )
  return `${lines.join('\n')}\n`
}
