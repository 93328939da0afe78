import { EnvelopeError } from './error.ts'

export type Encoding = 'base64' | 'hex'

/**
 * Decodes text that must be exactly what encoding the same bytes gives: Node's own decoder skips characters it doesn't
 * know and ignores surplus bits, so that many texts would stand for the same bytes.
 * @param part the word for it in the error
 * @throws EnvelopeError (`malformed`)
 */
export function decodeStrictly(text: string, encoding: Encoding, part: string): Buffer {
  const bytes = Buffer.from(text, encoding)
  if (bytes.toString(encoding) !== text)
    throw new EnvelopeError('malformed', `the ${part} of the encrypted text is not valid ${encoding}`)
  return bytes
}

/** Whether text is exactly what encoding some bytes gives. */
export const isEncoded = (text: string, encoding: Encoding): boolean =>
  Buffer.from(text, encoding).toString(encoding) === text

/** Whether it is what encoding so many bytes gives. */
export const encodes = (text: string, encoding: Encoding, bytes: number): boolean =>
  Buffer.from(text, encoding).length === bytes && isEncoded(text, encoding)

/** UTF-8, refusing what has none: two different ids must not become the same bytes. */
export function utf8(text: string, part: string): Buffer {
  const bytes = Buffer.from(text, 'utf8')
  if (bytes.toString('utf8') !== text)
    throw new EnvelopeError('malformed', `the ${part} is not well-formed Unicode`)
  return bytes
}
