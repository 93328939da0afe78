import { decodeStrictly, type Encoding, encodes } from './encoding.ts'
import { EnvelopeError } from './error.ts'
import { TAG_BYTES } from './gcm.ts'

/**
 * The row of the Convex system: two ciphertexts in fields of their own, their IVs and tags joined in two others, in
 * lower-case hexadecimal or in base64; IV and tag 16 bytes, AES-256-GCM without additional data. It is the text
 * `iv:authTag:ciphertext` in other words, so it is read by way of that one.
 */
export interface SplitFields {
  readonly encryptedDeploymentUrl: string
  readonly encryptedDeployKey: string
  /** `urlIv:keyIv` */
  readonly encryptionIV: string
  /** `urlTag:keyTag` */
  readonly authTags: string
}

/** The same as two texts `iv:authTag:ciphertext`. */
export interface JoinedFields {
  readonly deploymentUrl: string
  readonly deployKey: string
}

const IV_BYTES = 16

/** @throws EnvelopeError (`malformed`) */
export function joinSplitFields(fields: SplitFields): JoinedFields {
  const [urlIv, keyIv] = two(fields.encryptionIV, 'encryptionIV')
  const [urlTag, keyTag] = two(fields.authTags, 'authTags')
  return {
    deploymentUrl: joined(fields.encryptedDeploymentUrl, urlIv, urlTag),
    deployKey: joined(fields.encryptedDeployKey, keyIv, keyTag),
  }
}

/** The other way: from two texts that `sealColonText` has made to the fields of the row. */
export function splitFields(
  { deploymentUrl, deployKey }: JoinedFields,
  encoding: Encoding = 'hex',
): SplitFields {
  const written = [deploymentUrl, deployKey].map((text) =>
    text.split(':').map((part) => decodeStrictly(part, 'base64', 'text').toString(encoding)),
  )
  const [[urlIv, urlTag, url] = [], [keyIv, keyTag, key] = []] = written
  return {
    encryptedDeploymentUrl: url!,
    encryptedDeployKey: key!,
    encryptionIV: `${urlIv}:${keyIv}`,
    authTags: `${urlTag}:${keyTag}`,
  }
}

function two(text: string, field: string): readonly [string, string] {
  const parts = text.split(':')
  if (parts.length !== 2)
    throw new EnvelopeError('malformed', `${field} does not hold two parts separated by a colon`)
  return [parts[0]!, parts[1]!]
}

function joined(ciphertext: string, iv: string, tag: string): string {
  const encoding = encodingOf(iv)
  if (!encodes(tag, encoding, TAG_BYTES))
    throw new EnvelopeError('malformed', `a tag in authTags is not ${TAG_BYTES} bytes of ${encoding}`)
  return [
    decodeStrictly(iv, encoding, 'IV'),
    decodeStrictly(tag, encoding, 'tag'),
    decodeStrictly(ciphertext, encoding, 'ciphertext'),
  ]
    .map((part) => part.toString('base64'))
    .join(':')
}

/** The lengths differ (32 and 24 characters), so that the IV tells how the whole is written. */
function encodingOf(iv: string): Encoding {
  for (const encoding of ['hex', 'base64'] as const) if (encodes(iv, encoding, IV_BYTES)) return encoding
  throw new EnvelopeError('malformed', `an IV in encryptionIV is not ${IV_BYTES} bytes of hex or base64`)
}
