import { spawnSync } from 'node:child_process'
import { describe, expect, it, test } from 'vitest'
import { Progress, watchParsing } from '../../src/cli/progress.ts'
import { binary, plainSurroundings, tenantize } from '../support/cli.ts'
import { orders, shop } from '../support/shop.ts'

const clear = '\r\u001b[2K'

/** A progress on a terminal of some width, at times that the test sets. */
function watched(columns = 40) {
  const written: string[] = []
  const clock = { now: 0 }
  const progress = new Progress(
    (text) => written.push(text),
    () => columns,
    () => clock.now,
  )
  return { progress, written, at: (now: number) => Object.assign(clock, { now }) && progress }
}

describe('progress', () => {
  it('says nothing of work under a second', () => {
    const { at, written } = watched()
    at(999).step('a')
    at(999).clear()
    expect(written).toEqual([])
  })

  it('says what is done from then on, ten times a second at most, and is gone at the end', () => {
    const { at, written } = watched()
    at(1000).step('a')
    at(1050).step('b')
    at(1100).step('c')
    at(1150).clear()
    at(1160).clear()
    expect(written).toEqual([`${clear}a`, `${clear}c`, clear])
  })

  it('says at once what is known to take its time', () => {
    const { at, written } = watched()
    at(10).step('checking the types …', true)
    expect(written).toHaveLength(1)
  })

  it('fits the width of the terminal', () => {
    const { at, written } = watched(20)
    at(2000).step('x'.repeat(50))
    expect(written[0]).toBe(`${clear}${'x'.repeat(18)}…`)
  })

  it('counts the files that are parsed', () => {
    const { at, written, progress } = watched(80)
    const repository: { onParse: ((path: string) => void) | undefined } = { onParse: undefined }
    watchParsing(repository, progress)
    at(500)
    repository.onParse!('a.ts')
    at(1500)
    repository.onParse!('b.ts')
    expect(written).toEqual([`${clear}2 files parsed: b.ts`])
  })
})

/** A code base that takes more than a second, and the type check of its migration longer still. */
const routes = Object.fromEntries(
  Array.from({ length: 40 }, (_, at) => [`src/app/api/r${at}/route.ts`, orders]),
)
const script = spawnSync('script', ['--version']).status === 0

describe('a run', () => {
  test.skipIf(!script)('shows progress in a terminal, and the report without it', () => {
    const root = shop(routes)
    const { stdout } = spawnSync(
      'script',
      ['-qec', `${process.execPath} ${binary} migrate --verify`, '/dev/null'],
      {
        cwd: root,
        encoding: 'utf8',
        env: { ...process.env, ...plainSurroundings, TERM: 'xterm', NO_COLOR: '1' },
      },
    )
    expect(stdout).toContain(`${clear}checking the types …`)
    const last = stdout.slice(stdout.lastIndexOf(clear) + clear.length)
    expect(last).toMatch(/^--- a\/src/)
    expect(last).toContain('Next: `tenantize migrate --write`')
  })

  test('shows none in a pipe', () => {
    expect(tenantize(shop(routes), ['migrate', '--verify']).stderr).toBe('')
  })
})
