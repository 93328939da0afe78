/** A proposal for rules.json: values with the evidence for each, before it is text. */

export type Side = 'app' | 'tenant'

/** One entry of a list, as it will stand in the file. */
export interface Entry {
  /** A text or an object of the rules' schema. */
  readonly value: unknown
  /** What was seen; becomes the comment. */
  readonly evidence: string
  /** Why a person has to decide; the entry is marked. */
  readonly decide?: string
  /** Stands in the file as a comment only. */
  readonly disabled?: boolean
}

export interface DatabaseProposal {
  readonly clients: readonly Entry[]
  readonly tables: readonly Entry[]
  readonly buckets: readonly Entry[]
  readonly functions: readonly Entry[]
  /** Evidence that sign-in belongs here. */
  readonly auth?: string
}

export interface InsertProposal {
  readonly statement: string
  readonly imports: readonly string[]
  readonly guard: string
  readonly evidence: string
}

export interface Proposal {
  readonly schema?: string
  readonly files: readonly Entry[]
  readonly ignore: readonly Entry[]
  readonly app: DatabaseProposal
  readonly tenant: DatabaseProposal
  readonly routes: readonly Entry[]
  readonly sql: readonly Entry[]
  readonly sources: readonly Entry[]
  readonly insert?: InsertProposal
  /** The word for the tenant, and the column that holds its id, when the code has them. */
  readonly tenantWord?: string
  readonly tenantColumn?: string
  /** What concerns the file as a whole; a person should read it. */
  readonly notes: readonly string[]
}
