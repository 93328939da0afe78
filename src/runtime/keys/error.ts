import { TenantizeError } from '../errors.ts'

/** Why an encrypted text was refused. */
export type EnvelopeProblem =
  | 'malformed'
  | 'unknown-format'
  | 'unknown-key'
  | 'not-authentic'
  | 'unbound-refused'

/**
 * An encrypted text that can't be used. The message names the problem and never the text, the key or what was
 * decrypted, and there is no cause: what a crypto library puts into its errors isn't ours to vouch for.
 */
export class EnvelopeError extends TenantizeError {
  readonly code = 'CREDENTIAL'

  constructor(
    readonly problem: EnvelopeProblem,
    message: string,
  ) {
    super(message)
  }
}
