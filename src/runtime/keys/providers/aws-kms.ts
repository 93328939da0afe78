import type { KeyProvider } from '../key-set.ts'
import { type WrappedKeys, wrappedKeys } from './wrapped.ts'

/** What is needed of `new KMS()` from `@aws-sdk/client-kms`. */
export interface AwsKmsClient {
  decrypt(input: {
    CiphertextBlob: Uint8Array
    KeyId?: string
    EncryptionContext?: Record<string, string>
  }): Promise<{ Plaintext?: Uint8Array | undefined }>
}

export interface AwsKmsOptions extends WrappedKeys {
  readonly client: AwsKmsClient
  /** The only KMS key that may have wrapped them. Without it, any key that the credentials may use is taken. */
  readonly keyId?: string
  /** As given to `GenerateDataKey` or `Encrypt`. */
  readonly encryptionContext?: Readonly<Record<string, string>>
}

/** Data keys of 32 bytes that AWS KMS has encrypted: `CiphertextBlob` of `GenerateDataKeyWithoutPlaintext`. */
export function awsKmsKeys({ client, keyId, encryptionContext, ...wrapped }: AwsKmsOptions): KeyProvider {
  return wrappedKeys('AWS KMS', wrapped, async (ciphertext) => {
    const { Plaintext } = await client.decrypt({
      CiphertextBlob: ciphertext,
      ...(keyId === undefined ? {} : { KeyId: keyId }),
      ...(encryptionContext ? { EncryptionContext: { ...encryptionContext } } : {}),
    })
    return Plaintext
  })
}
