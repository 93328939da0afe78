import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, expect, it, vi } from 'vitest'
import { buildHouse, temporaryFolder } from './pages.ts'

const place = temporaryFolder()
const house = await buildHouse(join(place, 'house'))
const temporary = join(place, 'temporary')
mkdirSync(temporary)
afterAll(() => rmSync(place, { recursive: true, force: true }))
beforeEach(() => {
  for (const name of ['TMPDIR', 'TMP', 'TEMP']) vi.stubEnv(name, temporary)
})
afterEach(() => {
  vi.unstubAllEnvs()
})

it('npm run demo shows the diff and the summary, and leaves nothing behind', () => {
  const { status, out, err } = house.run(['scripts/demo.js'], house.folder)
  expect(err).toBe('')
  expect(status).toBe(0)
  expect(out).toContain('src/app/api/accounts/[id]/contacts/route.ts\n+++ b/')
  expect(out).toContain(
    '\nTotal routes: 122 · Updated: 103 · Skipped (app DB): 12 · Already updated: 7 · Errors: 0\n',
  )
  expect(out).toMatch(
    /^fixtures\/company\/next-application: lint finds \d+ errors .* 1 place left to a person/m,
  )
  expect(out.replaceAll(temporary, '')).not.toContain(place)
  expect(readdirSync(temporary)).toEqual([])
})
