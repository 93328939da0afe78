import { describe, expect, it } from 'vitest'
import { inOrder, setOf, undoes, withoutDown } from '../../src/sql/migrations.ts'

it('migrations run in the order of their numbers, then of their bytes', () => {
  const order = [
    'm/001_a.sql',
    'm/2_b.sql',
    'm/10_a.sql',
    'm/20250211000000_types.sql',
    'm/20250211000000_types_fixed.sql',
    'm/seed.sql',
  ]
  expect([...order].reverse().sort(inOrder)).toEqual(order)
  expect([...order].sort(inOrder)).toEqual(order)
})

it('a numbered folder is one migration of the folder around it', () => {
  expect(setOf('prisma/migrations/20240101_init/migration.sql')).toBe('prisma/migrations')
  expect(setOf('supabase/migrations/1_a.sql')).toBe('supabase/migrations')
  expect(setOf('schema.sql')).toBe('')
})

describe('the way back', () => {
  it('is a file of its own', () => {
    expect(['1_a.down.sql', 'm/1/down.sql', 'm/1_down.sql'].map(undoes)).toEqual([true, true, true])
    expect(['1_a.up.sql', 'm/countdown.sql', 'down/1.sql'].map(undoes)).toEqual([false, false, false])
  })

  it('is blanked where a comment marks it', () => {
    const text = '-- +goose Up\na;\n-- +goose Down\nb;\n-- +goose Up\nc;'
    expect(withoutDown(text)).toBe(`-- +goose Up\na;\n${' '.repeat(14)}\n  \n-- +goose Up\nc;`)
    expect(withoutDown('-- going down\nb;')).toBe('-- going down\nb;')
  })
})
