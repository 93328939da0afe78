import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postgresDirectory } from '../../../src/runtime/directories/index.ts'
import { createKeySet, openColonText, openText, parseKey } from '../../../src/runtime/keys/index.ts'
import { createKeyRing } from '../../../src/runtime/keys/key-ring.ts'
import { connect } from '../../../src/runtime/operations/connection.ts'
import { rewriteCredentials } from '../../../src/runtime/operations/rewrite.ts'
import { usePostgres } from '../support/postgres.ts'
import { Fleet } from './support/fleet.ts'

const postgres = usePostgres()
const column = 'data_source_service_key'
let fleet: Fleet

const keySet = (...keys: readonly Buffer[]) => {
  const [primary, ...old] = keys.map((key) => parseKey(key.toString('hex')))
  return createKeySet(primary!, old)
}
const secretOf = (id: string) => `service-key-canary-of-${id}`
const textOf = async (id: string): Promise<string> => {
  const { rows } = await postgres.query(
    `SELECT ${column} AS text FROM tenants WHERE id = $1`,
    postgres.application.url,
    [id],
  )
  return rows[0].text
}

beforeAll(async () => {
  fleet = new Fleet(postgres)
  await postgres.query(
    `INSERT INTO tenants (id, data_source_url, ${column})
       SELECT id, 'https://' || id || '.example.com', 'service-key-canary-of-' || id
       FROM unnest(ARRAY['acme', 'globex', 'hooli', 'initech']) AS id`,
    postgres.application.url,
  )
})
afterAll(() => rmSync(fleet.folder, { recursive: true, force: true }))

describe('tenants encrypt', () => {
  it('says what it would do', async () => {
    const { status, result, stdout } = await fleet.json(['encrypt', '--dry-run'])
    expect(result.summary).toEqual({ tenants: 4, written: 4, unchanged: 0, failed: 0, dryRun: true })
    expect(result.tenants[0].fields).toEqual({ data_source_url: 'no-secret', [column]: 'encrypted' })
    expect([status, await textOf('acme')]).toEqual([0, secretOf('acme')])
    expect(stdout).not.toContain('canary')
  })

  it('takes one tenant, in the form that the application reads today', async () => {
    const { status, stdout } = await fleet.run([
      'encrypt',
      '--only',
      'acme',
      '--form',
      'iv:authTag:ciphertext',
    ])
    expect(stdout).toContain(`acme  ${column} encrypted\n1 tenant: 1 written`)
    expect(status).toBe(0)
    expect(openColonText(await textOf('acme'), keySet(fleet.key)).plaintext).toBe(secretOf('acme'))
    expect(await textOf('globex')).toBe(secretOf('globex'))
  })

  it('does the rest, and leaves alone what is encrypted', async () => {
    const before = await textOf('acme')
    const { status, result } = await fleet.json(['encrypt'])
    expect(result.summary).toMatchObject({ written: 3, unchanged: 1, failed: 0 })
    expect([status, await textOf('acme')]).toEqual([0, before])
    for (const id of ['globex', 'hooli', 'initech'])
      expect(openText(await textOf(id), keySet(fleet.key), { tenantId: id, field: column })).toMatchObject({
        plaintext: secretOf(id),
        format: 'tenantize1',
      })
    expect((await fleet.json(['encrypt'])).result.summary).toMatchObject({ written: 0, unchanged: 4 })
  })
})

describe('tenants rotate', () => {
  const next = randomBytes(32)
  const env = () => ({
    ENCRYPTION_KEY: next.toString('base64'),
    ENCRYPTION_KEYS_OLD: fleet.key.toString('hex'),
  })

  it('reports a text that was moved or damaged, and leaves it alone', async () => {
    const moved = await textOf('globex')
    await postgres.query(`UPDATE tenants SET ${column} = $1 WHERE id = 'hooli'`, postgres.application.url, [
      moved,
    ])
    await postgres.query(
      `UPDATE tenants SET ${column} = 'AAAAAAAAAAAAAAAAAAAAAA==:damaged:AAAA' WHERE id = 'initech'`,
      postgres.application.url,
    )
    const { status, stdout } = await fleet.run(['rotate'], env())
    expect(stdout).toMatch(/^hooli {2}failed: .*it is not the one of this tenant/m)
    expect(stdout).toMatch(/^initech {2}failed: .*not encrypted in a form that is known/m)
    expect(stdout).toContain('4 tenants: 2 written · 0 as they should be · 2 failed')
    expect([status, await textOf('hooli')]).toEqual([1, moved])
    for (const id of ['acme', 'globex'])
      expect(openText(await textOf(id), keySet(next), { tenantId: id, field: column }).plaintext).toBe(
        secretOf(id),
      )
  })

  it('says which keys are still needed', async () => {
    await postgres.query(
      `UPDATE tenants SET ${column} = $1 WHERE id IN ('hooli', 'initech')`,
      postgres.application.url,
      ['restored-canary'],
    )
    const dry = await fleet.json(['rotate', '--dry-run', '--except', 'initech'], env())
    expect(dry.result.keysInUse).toEqual({ [keySet(next).primary.id]: 3 })
    const { status, result, stdout } = await fleet.json(['rotate'], env())
    expect(result.summary).toMatchObject({ written: 2, unchanged: 2, failed: 0 })
    expect(result.keysInUse).toEqual({ [keySet(next).primary.id]: 4 })
    expect([status, stdout.includes('canary')]).toEqual([0, false])
  })

  it('does not overwrite what was written meanwhile', async () => {
    const connection = await connect(postgres.application.url)
    const store = postgresDirectory({ pool: connection })
    const after = randomBytes(32)
    const result = await rewriteCredentials({
      store: {
        credentials: (options) => store.credentials(options),
        // The application writes between the reading and the writing.
        replaceCredentials: async (id, from, to) => {
          if (id === 'acme') await connection.query(`UPDATE tenants SET ${column} = 'new' WHERE id = 'acme'`)
          return store.replaceCredentials(id, from, to)
        },
      },
      keys: createKeyRing(keySet(after, next)),
      mode: 'rotate',
      form: 'tenantize1',
      signal: new AbortController().signal,
    })
    await connection.end()
    expect(result.tenants[0]).toMatchObject({ tenantId: 'acme', outcome: 'failed' })
    expect(result.tenants[0]!.problem).toContain('its row was changed meanwhile')
    expect(await textOf('acme')).toBe('new')
    expect(result.keysInUse).toEqual({ [keySet(next).primary.id]: 1, [keySet(after).primary.id]: 3 })
  })

  it('takes up again where it was interrupted', async () => {
    const connection = await connect(postgres.application.url)
    const store = postgresDirectory({ pool: connection })
    const stop = new AbortController()
    const third = randomBytes(32)
    const options = {
      store,
      keys: createKeyRing(keySet(third, next, randomBytes(32))),
      mode: 'rotate',
      form: 'tenantize1',
      except: ['acme'],
    } as const
    await connection.query(`UPDATE tenants SET ${column} = $1 WHERE id <> 'acme'`, ['again-canary'])
    const interrupted = rewriteCredentials({
      ...options,
      signal: stop.signal,
      onOutcome: () => stop.abort(new Error('interrupted')),
    })
    await expect(interrupted).rejects.toThrow('interrupted')
    const { tenants } = await rewriteCredentials({ ...options, signal: new AbortController().signal })
    await connection.end()
    expect(tenants.map(({ outcome }) => outcome)).toEqual(['unchanged', 'written', 'written'])
  })
})

describe('tenants list', () => {
  it('shows how tenants are listed, and no secret', async () => {
    const { stdout, status } = await fleet.run(['list'])
    expect(stdout).toMatch(/^acme +active +acme\.example\.com +- +serviceKey: not encrypted$/m)
    expect(stdout).toMatch(/^globex +active +globex\.example\.com +- +serviceKey: tenantize1$/m)
    expect(stdout).toContain('4 tenants\n')
    expect([status, stdout.includes('canary')]).toEqual([0, false])
  })

  it('is wrong about what it does not know', async () => {
    for (const [args, message] of [
      [['list', '--only', 'acmee'], 'there is no tenant "acmee"'],
      [['lst'], 'did you mean `list`?'],
      [['list', '--canary', '1'], '--canary is an option of tenants migrate'],
      [['rotate', '--form', 'rot13'], '--form: expected tenantize1 or iv:authTag:ciphertext'],
      [['migrate', '--concurrency', 'many', '--', 'true'], '--concurrency: expected a whole number'],
      [['migrate'], 'expected a command'],
    ] as const) {
      const { status, stderr } = await fleet.run(args)
      expect(stderr).toContain(message)
      expect(status).toBe(2)
    }
    const unset = await fleet.run(['list'], { APPLICATION_URL: '' })
    expect([unset.status, unset.stderr]).toEqual([
      2,
      'APPLICATION_URL is not set; it holds the URL of the application database\n',
    ])
    const refused = await fleet.run(['list'], {
      APPLICATION_URL: postgres.application.url.replace(postgres.application.password, 'wrong-canary'),
    })
    expect(refused.status).toBe(2)
    expect(refused.stderr).toContain('the application database (APPLICATION_URL) does not answer')
    expect(refused.stderr).not.toContain('canary')
  })
})
