import { makeFunctionReference } from 'convex/server'
import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { type ConvexClientsOptions, convexClients } from '../../../src/runtime/convex/index.ts'
import {
  convexDirectory,
  createTableClients,
  createTableRouter,
  createTenantDatabases,
  TenantNotProvisionedError,
} from '../../../src/runtime/index.ts'
import { useConvex } from '../support/convex/start.ts'
import { listed, strangers } from '../support/listed.ts'

const deployments = useConvex('main', 'a', 'b')
const owner = makeFunctionReference<'query', { number: number }, { owner: string; asking: string | null }>(
  'accounts:owner',
)
const add = makeFunctionReference<'mutation', { number: number; owner: string }, string | null>(
  'accounts:add',
)

function manager(options: ConvexClientsOptions = {}) {
  const tenants = createTenantDatabases({
    directory: listed({ a: { ...deployments.a }, b: { ...deployments.b } }),
    client: convexClients(options),
    closeOn: [],
  })
  onTestFinished(async () => void (await tenants.close()))
  return tenants
}

beforeAll(async () => {
  const tenants = createTenantDatabases({
    directory: listed({ main: { ...deployments.main }, a: { ...deployments.a }, b: { ...deployments.b } }),
    client: convexClients(),
    closeOn: [],
  })
  for (const name of ['main', 'a', 'b'])
    for (let number = 1; number <= 50; number++)
      await (await tenants.get(name)).mutation(add, { number, owner: name.toUpperCase() })
  await tenants.close()
})

it('never shows a row of the other tenant', async () => {
  const tenants = manager()
  const found = await strangers(async (tenantId, number) => {
    const client = await tenants.get(tenantId)
    return (await client.query(owner, { number })).owner
  })
  expect(found).toEqual([])
  expect(tenants.getCacheStats()).toMatchObject({ created: 2, loads: 2 })
})

it('acts for the user of each request, also when mutations wait for each other', async () => {
  const users = ['u1', 'u2', 'u3', 'u4']
  let next = 0
  const tenants = manager({ authenticate: (client) => client.setAuth(users[next++ % users.length]!) })
  const asked = await Promise.all(
    users.map(async (_, index) => {
      const client = await tenants.get('a')
      return client.mutation(add, { number: 900 + index, owner: 'A' })
    }),
  )
  expect([...asked].sort()).toEqual(users)
})

it('refuses a deployment whose key is another one’s', async () => {
  const tenants = createTenantDatabases({
    directory: listed({ a: { url: deployments.a.url, deployKey: deployments.b.deployKey } }),
    client: convexClients(),
    closeOn: [],
  })
  onTestFinished(async () => void (await tenants.close()))
  await expect((await tenants.get('a')).query(owner, { number: 1 })).rejects.toThrow('BadDeployKey')
})

it('keeps whoever is not connected on main, where the policy says so', async () => {
  const states: Record<string, string> = { a: 'connected', b: 'pending' }
  const directory = convexDirectory({
    client: {
      query: async (_, { userId }) =>
        states[userId] === undefined
          ? null
          : {
              userId,
              connectionStatus: states[userId],
              encryptedDeploymentUrl: '',
            },
    },
    config: 'byod:getConfig',
  })
  const lookup: typeof directory.lookup = async (userId, options) => {
    const found = userId === 'a' ? await listed({ a: { ...deployments.a } }).lookup('a', options) : undefined
    return found ?? directory.lookup(userId, options)
  }
  const strict = createTenantDatabases({
    directory: { ...directory, lookup },
    client: convexClients(),
    closeOn: [],
  })
  onTestFinished(async () => void (await strict.close()))
  await expect(strict.get('b')).rejects.toThrow(TenantNotProvisionedError)

  const onMain = { name: 'main client' } as never
  const tenants = createTenantDatabases({
    directory: { ...directory, lookup },
    client: convexClients(),
    main: () => onMain,
    fallback: 'main',
    closeOn: [],
  })
  onTestFinished(async () => void (await tenants.close()))
  const router = createTableRouter({
    databases: { main: { tables: ['users'] }, user: { perTenant: true, tables: ['accounts'] } },
  })
  const { getServerClientForTable, getClientForTable } = createTableClients({
    router,
    main: () => onMain,
    tenants,
  })
  expect(await getServerClientForTable('accounts', 'b')).toEqual({ client: onMain, isUserDb: false })
  expect(await getServerClientForTable('users', 'a')).toEqual({ client: onMain, isUserDb: false })
  const own = await getServerClientForTable('accounts', 'a')
  expect(own.isUserDb).toBe(true)
  expect((await own.client.query(owner, { number: 1 })).owner).toBe('A')
  const state = { connectionStatus: 'connected' }
  expect((await getClientForTable('accounts', 'a', state)).isUserDb).toBe(true)
  expect((await getClientForTable('accounts', 'a', { ...state, isEnabled: false })).isUserDb).toBe(false)
  expect((await getClientForTable('accounts', 'a', { connectionStatus: 'error' })).isUserDb).toBe(false)
  expect((await getClientForTable('accounts', 'a', null)).isUserDb).toBe(false)
})
