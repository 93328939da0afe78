/** Encrypting tenants' credentials: the forms of encrypted texts, keys, and where keys come from. */
export type { Place } from './bound-text.ts'
export { openColonText, sealColonText } from './colon-text.ts'
export {
  type EnvelopeFormat,
  formatOf,
  type Opened,
  type OpenOptions,
  openText,
  sealText,
} from './envelope.ts'
export { EnvelopeError, type EnvelopeProblem } from './error.ts'
export { type EncryptionKey, keyOf, parseKey } from './key.ts'
export { type CredentialKeys, createKeyRing } from './key-ring.ts'
export { createKeySet, type KeyProvider, type KeySet } from './key-set.ts'
export { type AwsKmsClient, type AwsKmsOptions, awsKmsKeys } from './providers/aws-kms.ts'
export { type EnvironmentKeysOptions, environmentKeys, readEnvironmentKeys } from './providers/environment.ts'
export { type GcpKmsClient, type GcpKmsOptions, gcpKmsKeys } from './providers/gcp-kms.ts'
export type { WrappedKeys } from './providers/wrapped.ts'
export { type JoinedFields, joinSplitFields, type SplitFields, splitFields } from './split-fields.ts'
