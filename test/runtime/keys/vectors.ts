/** The published test vectors. */
import { readFileSync } from 'node:fs'
import {
  createKeySet,
  type EnvelopeProblem,
  type KeySet,
  parseKey,
  type SplitFields,
} from '../../../src/runtime/keys/index.ts'

interface Vector {
  readonly key: string
  readonly plaintext: string
  readonly text: string
}

interface Vectors {
  readonly tenantize1: readonly (Vector & {
    readonly keyId: string
    readonly tenantId: string
    readonly field: string
    readonly iv: string
    readonly associatedData: string
  })[]
  readonly 'iv:authTag:ciphertext': readonly (Vector & { readonly iv: string })[]
  readonly splitFields: readonly {
    readonly key: string
    readonly encoding: 'hex' | 'base64'
    readonly deploymentUrl: string
    readonly deployKey: string
    readonly fields: SplitFields
  }[]
  readonly refused: readonly {
    readonly why: string
    readonly key: string
    readonly text: string
    readonly tenantId: string
    readonly field: string
    readonly problem: EnvelopeProblem
  }[]
}

export const vectors: Vectors = JSON.parse(
  readFileSync(new URL('../../../docs/envelope-vectors.json', import.meta.url), 'utf8'),
)

export const keysOf = (primary: string, ...old: readonly string[]): KeySet =>
  createKeySet(
    parseKey(primary),
    old.map((text) => parseKey(text)),
  )
