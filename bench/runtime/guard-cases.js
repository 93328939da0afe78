/** The guard around calls that build or send a query, without a database: the query is answered at once. */
import { createClient } from '@supabase/supabase-js'
import { guard } from '../../dist/runtime/index.js'

const ids = Array.from({ length: 20 }, (_, index) => `table_${index}`)
const rules = {
  databases: {
    app: { clients: [], tables: ['users', 'tenants'] },
    tenant: { perTenant: true, clients: [], tables: ['*'] },
  },
}
const options = { database: 'tenant', report: () => {} }

const supabase = (mode) => async () => {
  const plain = createClient('http://127.0.0.1', 'key', { auth: { persistSession: false } })
  const client = guard(plain, rules, mode, options)
  return { ids, call: (table) => void client.from(table).select('id').eq('id', 1) }
}

const pg = (mode) => async () => {
  const answer = { rows: [] }
  const client = guard({ query: async () => answer, connect: async () => client }, rules, mode, options)
  return { ids, call: (table) => client.query(`SELECT id FROM ${table} WHERE id = $1`, [1]) }
}

export default {
  'supabase-js, off': supabase('off'),
  'supabase-js, report': supabase('report'),
  'supabase-js, throw': supabase('throw'),
  'pg, off': pg('off'),
  'pg, report': pg('report'),
  'pg, throw': pg('throw'),
}
