import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { cacheSettings, limitSettings } from '../../../src/runtime/manager/options.ts'

const text = readFileSync(new URL('../../../docs/runtime/manager.md', import.meta.url), 'utf8')

/** As the page writes a default. */
function written(name: string, value: unknown): string {
  if (typeof value === 'string') return `\`'${value}'\``
  if (value === Number.POSITIVE_INFINITY) return 'none'
  const isTime = /(Ttl|Retry|Interval|Deadline|Timeout)$/.test(name)
  const number = value as number
  if (!isTime) return number.toLocaleString('en-US')
  if (number % 3_600_000 === 0) return `${number / 3_600_000} hour`
  if (number % 60_000 === 0) return `${number / 60_000} minutes`
  return `${number / 1_000} seconds`
}

describe('docs/runtime/manager.md', () => {
  const all = [...Object.entries(cacheSettings()), ...Object.entries(limitSettings())]
  it.each(all)('says what %s is by default', (name, value) => {
    expect(text).toContain(`| \`${name}\` | ${written(name, value)} |`)
  })

  it('names no setting that there is not', () => {
    const named = Array.from(text.matchAll(/^\| `(\w+)` \| [^|]+ \| /gm), ([, name]) => name!)
    expect(named.sort()).toEqual(all.map(([name]) => name).sort())
  })
})
