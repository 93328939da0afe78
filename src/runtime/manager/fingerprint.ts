import { createHmac, randomBytes } from 'node:crypto'
import { Secret } from '../secret.ts'

/** Fingerprints are of secrets; without this key, which leaves the process never, they can't be searched for. */
const key = randomBytes(32)

/**
 * @returns a text that two values share when they are equal: plain data in any order of keys, with secrets
 */
export function fingerprint(value: unknown): string {
  return createHmac('sha256', key).update(canonical(value)).digest('base64url')
}

function canonical(value: unknown): string {
  if (value instanceof Secret) return `secret:${JSON.stringify(value.reveal())}`
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, member]) => member !== undefined)
    entries.sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${entries.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join()}}`
  }
  return `${typeof value}:${JSON.stringify(value)}`
}
