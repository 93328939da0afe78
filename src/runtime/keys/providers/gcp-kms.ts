import type { KeyProvider } from '../key-set.ts'
import { type WrappedKeys, wrappedKeys } from './wrapped.ts'

/** What is needed of `new KeyManagementServiceClient()` from `@google-cloud/kms`. */
export interface GcpKmsClient {
  decrypt(request: {
    name: string
    ciphertext: Uint8Array
    additionalAuthenticatedData?: Uint8Array
  }): Promise<readonly [{ plaintext?: Uint8Array | string | null | undefined }, ...unknown[]]>
}

export interface GcpKmsOptions extends WrappedKeys {
  readonly client: GcpKmsClient
  /** `projects/…/locations/…/keyRings/…/cryptoKeys/…` */
  readonly name: string
  readonly additionalAuthenticatedData?: Uint8Array
}

/** Data keys of 32 bytes that Google Cloud KMS has encrypted with a symmetric key. */
export function gcpKmsKeys({
  client,
  name,
  additionalAuthenticatedData,
  ...wrapped
}: GcpKmsOptions): KeyProvider {
  return wrappedKeys('Google Cloud KMS', wrapped, async (ciphertext) => {
    const [{ plaintext }] = await client.decrypt({
      name,
      ciphertext,
      ...(additionalAuthenticatedData ? { additionalAuthenticatedData } : {}),
    })
    // The REST transport answers in base64, gRPC in bytes.
    return typeof plaintext === 'string' ? Buffer.from(plaintext, 'base64') : (plaintext ?? undefined)
  })
}
