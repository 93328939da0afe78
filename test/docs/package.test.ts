import { describe, expect, it } from 'vitest'
import { page } from './pages.ts'

interface Locked {
  readonly version?: string
  readonly resolved?: string
  /** A folder of this repository. */
  readonly link?: boolean
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const manifest: Locked = JSON.parse(page('package.json').text)
const locked: Readonly<Record<string, Locked>> = JSON.parse(page('package-lock.json').text).packages

describe('package-lock.json', () => {
  it('is in step with package.json', () => {
    const { version, dependencies, devDependencies } = manifest
    expect(locked['']).toMatchObject({ version, dependencies, devDependencies })
  })

  it('names no registry', () => {
    expect(
      Object.entries(locked).filter(([, { resolved, link }]) => resolved !== undefined && !link),
    ).toEqual([])
  })

  // npm leaves out what its registry did not offer, and `npm ci` then fails everywhere.
  it('has the packages of every platform', () => {
    const missing = Object.values(locked).flatMap(({ optionalDependencies = {} }) =>
      Object.keys(optionalDependencies).filter(
        (name) => !Object.keys(locked).some((path) => path.endsWith(`node_modules/${name}`)),
      ),
    )
    expect(missing).toEqual([])
  })
})
