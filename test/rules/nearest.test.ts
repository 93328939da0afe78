import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { editDistance, nearest } from '../../src/rules/nearest.ts'

describe('nearest', () => {
  const keys = ['tables', 'clients', 'tenantId', 'perTenant', 'sql', 'rows']
  it.each([
    ['tabels', 'tables'],
    ['table', 'tables'],
    ['tenantID', 'tenantId'],
    ['pertenant', 'perTenant'],
    ['sqll', 'sql'],
    ['row', 'rows'],
    ['xyz', undefined],
    ['tables', undefined],
    ['', undefined],
  ])('%s → %s', (word, meant) => expect(nearest(word, keys)).toBe(meant))

  it('prefers another case to another letter, and the first of equals', () => {
    expect(nearest('App', ['apps', 'app'])).toBe('app')
    expect(nearest('apx', ['app', 'api'])).toBe('app')
  })
})

describe('editDistance', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 })
  it('is symmetric, zero only for equal words, and bounded', () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b)
        expect(distance).toBe(editDistance(b, a))
        expect(distance === 0).toBe(a === b)
        expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length))
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length))
      }),
    )
  })
  it('counts a swap as one', () => expect(editDistance('tabels', 'tables')).toBe(1))
})
