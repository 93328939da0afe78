/** A request whose client is there: the tenant's id to the client and back, with work that does nothing. */
import { LRUCache } from 'lru-cache'
import { createTenantDatabases, Secret } from '../../dist/runtime/index.js'

const ids = Array.from({ length: 200 }, (_, index) => `tenant-${index}`)
const work = async (client) => client.value

async function manager(options = {}, factory = {}) {
  const tenants = createTenantDatabases({
    directory: {
      name: 'in memory',
      lookup: async (tenantId) => ({
        tenantId,
        status: 'active',
        credentials: { url: new Secret(tenantId) },
      }),
    },
    client: {
      name: 'none',
      connections: () => 1,
      create: () => ({ value: 1 }),
      dispose: () => {},
      ...factory,
    },
    closeOn: [],
    ...options,
  })
  for (const id of ids) await tenants.withTenant(id, work)
  return tenants
}

/** What a team writes first: clients by id, and nothing that ever ends one. */
async function withMap(clients, id, run) {
  return await run(clients.get(id))
}

export default {
  'Map of clients': async () => {
    const clients = new Map(ids.map((id) => [id, { value: 1 }]))
    return { ids, call: (id) => withMap(clients, id, work) }
  },
  'lru-cache of clients': async () => {
    const clients = new LRUCache({ max: 1_000, ttl: 3_600_000 })
    for (const id of ids) clients.set(id, { value: 1 })
    return { ids, call: (id) => withMap(clients, id, work) }
  },
  withTenant: async () => {
    const tenants = await manager()
    return { ids, call: (id) => tenants.withTenant(id, work) }
  },
  'withTenant, no stand-in (revoke: none)': async () => {
    const tenants = await manager({}, { revoke: 'none' })
    return { ids, call: (id) => tenants.withTenant(id, work) }
  },
  'withTenant, a listener': async () => {
    const seen = { events: 0 }
    const event = () => {
      seen.events++
    }
    const tenants = await manager({ instrumentation: { event } })
    return { ids, call: (id) => tenants.withTenant(id, work) }
  },
  'acquire and release': async () => {
    const tenants = await manager()
    const call = async (id) => {
      const lease = await tenants.acquire(id)
      const { value } = lease.client
      lease.release()
      return value
    }
    return { ids, call }
  },
  'get (HTTP clients)': async () => {
    const tenants = await manager({}, { stateless: true })
    return { ids, call: async (id) => (await tenants.get(id)).value }
  },
}
