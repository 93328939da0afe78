// A service that holds a lease when it is asked to end. Run by close.test.ts, with what the package ships.
import pg from 'pg'
import { createTenantDatabases, Secret } from '../../../dist/runtime/index.js'
import { pgClients } from '../../../dist/runtime/pg/index.js'

const tenants = createTenantDatabases({
  directory: {
    name: 'of one',
    lookup: async (tenantId) => ({
      tenantId,
      status: 'active',
      credentials: { url: new Secret(process.env.TENANT_URL) },
    }),
  },
  client: pgClients({ Pool: pg.Pool }),
  limits: { closeTimeout: 100 },
})
const lease = await tenants.acquire('a')
await lease.client.query('SELECT 1')
console.log('serving', tenants, lease)
setInterval(() => {}, 1_000)
