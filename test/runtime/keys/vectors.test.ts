import { createDecipheriv } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { sealWith } from '../../../src/runtime/keys/bound-text.ts'
import {
  EnvelopeError,
  joinSplitFields,
  openColonText,
  openText,
  parseKey,
} from '../../../src/runtime/keys/index.ts'
import { keysOf, vectors } from './vectors.ts'

const place = { tenantId: 'any', field: 'any' }

describe('the published test vectors', () => {
  it.each(vectors.tenantize1)('tenantize1 of $tenantId, $field', (vector) => {
    const opened = openText(vector.text, keysOf(vector.key), vector)
    expect(opened).toEqual({
      plaintext: vector.plaintext,
      format: 'tenantize1',
      keyId: vector.keyId,
      primary: true,
    })
    const iv = Buffer.from(vector.iv, 'hex')
    expect(sealWith(vector.plaintext, parseKey(vector.key), iv, vector)).toBe(vector.text)
  })

  it.each(vectors['iv:authTag:ciphertext'])('iv:authTag:ciphertext of "$plaintext"', (vector) => {
    expect(openText(vector.text, keysOf(vector.key), place)).toMatchObject({
      plaintext: vector.plaintext,
      format: 'iv:authTag:ciphertext',
      primary: true,
    })
  })

  it.each(vectors.splitFields)('split fields in $encoding', ({ key, fields, deploymentUrl, deployKey }) => {
    const texts = joinSplitFields(fields)
    expect(openColonText(texts.deploymentUrl, keysOf(key)).plaintext).toBe(deploymentUrl)
    expect(openColonText(texts.deployKey, keysOf(key)).plaintext).toBe(deployKey)
  })

  it.each(vectors.refused)('refused: $why', ({ text, key, problem, ...where }) => {
    let thrown: unknown
    try {
      openText(text, keysOf(key), where)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(EnvelopeError)
    expect((thrown as EnvelopeError).problem).toBe(problem)
  })

  // What makes the short tag of the list worth a vector.
  it('has a short tag that Node takes when it is not told the length', () => {
    const { text = '', key = '' } = vectors.refused.find(({ why }) => why.startsWith('a tag of four')) ?? {}
    const [iv, tag, ciphertext] = text
      .split(':')
      .slice(2)
      .map((part) => Buffer.from(part, 'base64'))
    const careless = createDecipheriv('aes-256-gcm', Buffer.from(key, 'hex'), iv!)
    careless.setAAD(Buffer.from(vectors.tenantize1[0]!.associatedData, 'hex'))
    careless.setAuthTag(tag!)
    expect(careless.update(ciphertext!, undefined, 'utf8') + careless.final('utf8')).toBe('a service key')
  })
})
