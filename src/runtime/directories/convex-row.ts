import { CredentialError } from '../errors.ts'
import { formatOf } from '../keys/envelope.ts'
import { EnvelopeError } from '../keys/error.ts'
import { joinSplitFields, type SplitFields, splitFields } from '../keys/split-fields.ts'

/** A row of `userDatabaseConfig`. */
export interface UserDatabaseConfig extends Partial<SplitFields> {
  readonly userId: string
  readonly encryptedDeploymentUrl: string
  readonly connectionStatus: string
}

/** The fields of a row that hold an encrypted text each; these names are what a text is bound to. */
export interface DeploymentTexts {
  readonly encryptedDeploymentUrl: string
  readonly encryptedDeployKey?: string
}

/**
 * The encrypted texts of a row, each complete: `iv:authTag:ciphertext`, or a text of our own, which carries its IV and
 * tag with it.
 * @throws CredentialError
 */
export function deploymentTexts(row: UserDatabaseConfig): DeploymentTexts {
  const { encryptedDeploymentUrl, encryptedDeployKey = '', encryptionIV = '', authTags = '' } = row
  if (formatOf(encryptedDeploymentUrl) === 'tenantize1')
    return { encryptedDeploymentUrl, ...(encryptedDeployKey === '' ? {} : { encryptedDeployKey }) }
  try {
    const joined = joinSplitFields({ encryptedDeploymentUrl, encryptedDeployKey, encryptionIV, authTags })
    return { encryptedDeploymentUrl: joined.deploymentUrl, encryptedDeployKey: joined.deployKey }
  } catch (error) {
    throw error instanceof EnvelopeError ? new CredentialError(row.userId, 'deployKey', error.message) : error
  }
}

/** The four fields of a row, as they stand in it. */
export const storedFields = (row: UserDatabaseConfig): SplitFields => ({
  encryptedDeploymentUrl: row.encryptedDeploymentUrl,
  encryptedDeployKey: row.encryptedDeployKey ?? '',
  encryptionIV: row.encryptionIV ?? '',
  authTags: row.authTags ?? '',
})

/** The four fields for two texts. Those of a form that needs no others leave them empty. */
export function fieldsOf(texts: DeploymentTexts): SplitFields {
  const { encryptedDeploymentUrl, encryptedDeployKey = '' } = texts
  return formatOf(encryptedDeploymentUrl) === 'tenantize1'
    ? { encryptedDeploymentUrl, encryptedDeployKey, encryptionIV: '', authTags: '' }
    : splitFields({ deploymentUrl: encryptedDeploymentUrl, deployKey: encryptedDeployKey })
}
