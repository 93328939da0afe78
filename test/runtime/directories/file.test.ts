import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { fileDirectory } from '../../../src/runtime/directories/index.ts'
import { folder } from '../../support/cli.ts'

const { signal } = new AbortController()
const entries = {
  globex: { databaseName: 'globex', status: 'suspended' },
  acme: { url: 'postgres://acme:canary@localhost/acme', serviceKey: 'a:b:c', pool: { max: 3 } },
}
const fileOf = (value: unknown) =>
  join(folder({ 'tenants.json': typeof value === 'string' ? value : JSON.stringify(value) }), 'tenants.json')

describe('a file of tenants', () => {
  it('is read anew for every question', async () => {
    const path = fileOf(entries)
    const directory = fileDirectory({ path, baseUrl: 'postgres://root@localhost' })
    expect(await directory.lookup('acme', { signal })).toMatchObject({
      tenantId: 'acme',
      status: 'active',
      pool: { max: 3 },
      credentials: { serviceKey: { encrypted: 'a:b:c', field: 'serviceKey' } },
    })
    expect(await directory.lookup('globex', { signal })).toMatchObject({ status: 'suspended' })
    expect(await directory.lookup('toString', { signal })).toBeNull()
    writeFileSync(path, JSON.stringify({ ...entries, acme: { ...entries.acme, status: 'suspended' } }))
    expect(await directory.lookup('acme', { signal })).toMatchObject({ status: 'suspended' })
    const listed = []
    for await (const { tenantId } of directory.list!({ signal })) listed.push(tenantId)
    expect(listed).toEqual(['acme', 'globex'])
  })

  it.each([
    ['{ "acme": { "url": "postgres://canary" }', 'is not valid JSON'],
    ['["canary"]', 'must hold an object'],
    ['{ "acme": "canary" }', 'must hold an object'],
  ])('is refused without a word of it: %s', async (text, problem) => {
    const path = fileOf(text)
    const refused = fileDirectory({ path }).lookup('acme', { signal })
    await expect(refused).rejects.toThrow(problem)
    await expect(refused).rejects.not.toThrow('canary')
  })

  it('is missed, not taken for an empty one', async () => {
    await expect(fileDirectory({ path: '/nowhere/tenants.json' }).lookup('acme', { signal })).rejects.toThrow(
      'ENOENT',
    )
  })

  it('is rewritten where nobody else has', async () => {
    const path = fileOf(entries)
    const directory = fileDirectory({ path })
    expect(await directory.replaceCredentials('acme', { serviceKey: 'a:b:c' }, { serviceKey: 'new' })).toBe(
      true,
    )
    expect(await directory.replaceCredentials('acme', { serviceKey: 'a:b:c' }, { serviceKey: 'x' })).toBe(
      false,
    )
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
      ...entries,
      acme: { ...entries.acme, serviceKey: 'new' },
    })
  })

  it('tells of changes', async () => {
    const path = fileOf(entries)
    const listener = { reset: vi.fn(), changed: vi.fn(), lost: vi.fn() }
    const watch = await fileDirectory({ path, poll: { interval: 20 } }).watch!(listener, { signal })
    writeFileSync(path, JSON.stringify({ ...entries, acme: { url: 'postgres://elsewhere/acme' } }))
    await vi.waitFor(() => expect(listener.changed.mock.calls).toEqual([['acme']]))
    await watch.stop()
  })
})
