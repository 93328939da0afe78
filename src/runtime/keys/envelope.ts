import { isBoundText, openBoundText, type Place, sealBoundText } from './bound-text.ts'
import { isColonText, openColonText, sealColonText } from './colon-text.ts'
import { EnvelopeError } from './error.ts'
import type { KeySet } from './key-set.ts'

/** How a text is written. */
export type EnvelopeFormat = 'tenantize1' | 'iv:authTag:ciphertext'

export interface Opened {
  readonly plaintext: string
  readonly format: EnvelopeFormat
  readonly keyId: string
  /** Whether that is the primary key. */
  readonly primary: boolean
}

export interface OpenOptions {
  /**
   * Whether a text that is bound to no row is read. Refuse it once every row is rewritten (`tenantize tenants rotate`):
   * who may write to the table could otherwise put an old text of another tenant in the place of a bound one.
   */
  readonly unbound?: 'read' | 'refuse'
}

/** @returns the form of a stored text; undefined when it is encrypted in no form that is known, so probably not at all */
export function formatOf(text: string): EnvelopeFormat | undefined {
  if (isBoundText(text)) return 'tenantize1'
  return isColonText(text) ? 'iv:authTag:ciphertext' : undefined
}

/** Encrypts a text for a place, under the primary key. */
export function sealText(
  plaintext: string,
  keys: KeySet,
  place: Place,
  format: EnvelopeFormat = 'tenantize1',
): string {
  return format === 'tenantize1' ? sealBoundText(plaintext, keys, place) : sealColonText(plaintext, keys)
}

/**
 * Decrypts a stored text of either form.
 * @throws EnvelopeError: `unknown-format` for what is not encrypted; it is never passed on as if it were the secret
 */
export function openText(text: string, keys: KeySet, place: Place, options: OpenOptions = {}): Opened {
  const format = formatOf(text)
  if (format === undefined)
    throw new EnvelopeError(
      'unknown-format',
      `${place.field} is not encrypted in a form that is known; \`tenantize tenants encrypt\` encrypts it`,
    )
  if (format === 'tenantize1') {
    const opened = openBoundText(text, keys, place)
    return { ...opened, format, primary: opened.keyId === keys.primary.id }
  }
  if (options.unbound === 'refuse')
    throw new EnvelopeError(
      'unbound-refused',
      `${place.field} is encrypted without being bound to its tenant; \`tenantize tenants rotate\` rewrites it`,
    )
  const opened = openColonText(text, keys)
  return { ...opened, format, primary: opened.keyId === keys.primary.id }
}
