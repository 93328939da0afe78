/** Makes an error of a driver fit to be shown. */
import { Secret } from './secret.ts'

/** How far causes are followed. */
const depth = 4

/**
 * @param error   whatever was thrown
 * @param secrets what must not be seen; of a URL, the password and the user as well
 * @returns a plain error with the name, the code, the message and the stack of the original, and of its causes, in
 * which secrets and the credentials of URLs are replaced. Other properties are left out: drivers keep options there.
 */
export function sanitize(error: unknown, secrets: Iterable<Secret | string> = []): Error {
  return copy(error, hidden(secrets), depth)
}

/** @returns the text without the secrets and without the credentials of any URL */
export function redact(text: string, secrets: Iterable<Secret | string> = []): string {
  return replace(text, hidden(secrets))
}

function copy(error: unknown, secrets: readonly string[], left: number): Error {
  if (!(error instanceof Error)) {
    // What is thrown without being an error may be anything, such as the options of a driver.
    return new Error(typeof error === 'string' ? replace(error, secrets) : `a thrown ${typeof error}`)
  }
  // A syntax error quotes what it could not read: `JSON.parse` of a decrypted text quotes the text.
  const quotes = error instanceof SyntaxError
  const message = quotes ? 'a malformed text (not shown)' : replace(error.message, secrets)
  const cause = error.cause === undefined || left === 0 ? undefined : copy(error.cause, secrets, left - 1)
  const result = new Error(message, cause === undefined ? undefined : { cause })
  hide(result, 'name', error.name)
  hide(result, 'stack', [`${error.name}: ${message}`, ...frames(error, secrets)].join('\n'))
  const { code } = error as { code?: unknown }
  if (typeof code === 'string' || typeof code === 'number') Object.assign(result, { code })
  if (error instanceof AggregateError && left > 0) {
    hide(
      result,
      'errors',
      error.errors.map((one) => copy(one, secrets, left - 1)),
    )
  }
  return result
}

function hide(error: Error, property: string, value: unknown): void {
  Object.defineProperty(error, property, { value, configurable: true, writable: true })
}

/** The lines of the stack below the message, which may itself have several lines. */
function frames(error: Error, secrets: readonly string[]): string[] {
  const lines = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '))
  return lines.map((line) => replace(line, secrets))
}

/** Longest first, so that a secret which contains another one is replaced as a whole. */
function hidden(secrets: Iterable<Secret | string>): string[] {
  const texts = new Set<string>()
  for (const secret of secrets) {
    const text = secret instanceof Secret ? secret.reveal() : secret
    for (const part of [text, ...partsOfUrl(text)]) {
      texts.add(part)
      texts.add(encodeURIComponent(part))
    }
  }
  // A text of one or two characters occurs in every message, and hiding it would tell that it is the secret.
  return [...texts].filter((text) => text.length > 2).sort((a, b) => b.length - a.length)
}

function partsOfUrl(text: string): string[] {
  if (!URL.canParse(text)) return []
  const { username, password } = new URL(text)
  return [password, decoded(password), username, decoded(username)]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** `scheme://user:password@`: what an unknown URL in a message holds. */
const credentials = /([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@]*@/gi

function replace(text: string, secrets: readonly string[]): string {
  let result = text
  for (const secret of secrets) result = result.replaceAll(secret, '[secret]')
  return result.replace(credentials, '$1[secret]@')
}
