/**
 * Answers the part of PostgREST's protocol that these tests speak, from a real database: a table's rows with `eq`
 * and `gt` filters, order, limit and count, inserts, updates, deletes, and functions. Source: https://docs.postgrest.org/en/v12/references/api.html
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'

export interface Rest {
  readonly url: string
  readonly anonKey: string
  readonly serviceKey: string
  /** Headers of every request so far. */
  readonly requests: IncomingMessage['headers'][]
  /** The most requests that were under way at a time. */
  readonly most: number
  close(): Promise<void>
}

/** @param name goes into the keys, so that each project has keys of its own */
export async function startRest(name: string, databaseUrl: string): Promise<Rest> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 4 })
  pool.on('error', () => {})
  const keys = { anonKey: `anon-key-of-${name}`, serviceKey: `service-key-of-${name}` }
  const requests: IncomingMessage['headers'][] = []
  let underWay = 0
  let most = 0
  const server = createServer(async (request, response) => {
    most = Math.max(most, ++underWay)
    requests.push(request.headers)
    const send = (status: number, body: unknown, headers: Record<string, string> = {}) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers })
      response.end(body === undefined || request.method === 'HEAD' ? undefined : JSON.stringify(body))
    }
    try {
      const key = request.headers.apikey
      const body = await text(request)
      if (key !== keys.anonKey && key !== keys.serviceKey) send(401, { message: 'Invalid API key' })
      else if (key === keys.anonKey && request.method !== 'GET')
        send(401, { code: '42501', message: 'permission denied' })
      else send(...(await answer(pool, request, body)))
    } catch (error) {
      const { code = 'XX000', message } = error as Error & { code?: string }
      send(400, { code, message, details: null, hint: null })
    } finally {
      underWay--
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...keys,
    requests,
    get most() {
      return most
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await pool.end()
    },
  }
}

async function text(request: IncomingMessage): Promise<string> {
  let whole = ''
  for await (const part of request) whole += part
  return whole
}

type Answer = [status: number, body: unknown, headers?: Record<string, string>]

async function answer(pool: pg.Pool, request: IncomingMessage, body: string): Promise<Answer> {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const [table = '', ...more] = url.pathname.replace('/rest/v1/', '').split('/')
  if (table === '') return [200, {}]
  const quoted = pg.escapeIdentifier(table)
  const values: unknown[] = []
  const filters = [...url.searchParams].flatMap(([column, filter]) => {
    const [, operator, value] = /^(eq|gt)\.(.*)$/s.exec(filter) ?? []
    if (operator === undefined) return []
    values.push(value)
    return [`${pg.escapeIdentifier(column)} ${operator === 'eq' ? '=' : '>'} $${values.length}`]
  })
  const where = filters.length > 0 ? `WHERE ${filters.join(' AND ')}` : ''
  if (table === 'rpc') {
    const { rows } = await pool.query(`SELECT * FROM ${pg.escapeIdentifier(more[0] ?? '')}()`)
    return [200, rows]
  }
  switch (request.method) {
    case 'POST': {
      const { rows } = await pool.query(
        `INSERT INTO ${quoted} SELECT * FROM json_populate_recordset(null::${quoted}, $1) RETURNING *`,
        [JSON.stringify([JSON.parse(body)].flat())],
      )
      return [201, rows]
    }
    case 'PATCH': {
      const set = Object.entries(JSON.parse(body) as object).map(
        ([column, value]) => `${pg.escapeIdentifier(column)} = $${values.push(value)}`,
      )
      const { rows } = await pool.query(`UPDATE ${quoted} SET ${set.join(', ')} ${where} RETURNING *`, values)
      return [200, rows]
    }
    case 'DELETE': {
      const { rows } = await pool.query(`DELETE FROM ${quoted} ${where} RETURNING *`, values)
      return [200, rows]
    }
    default: {
      const columns = (url.searchParams.get('select') ?? '*')
        .split(',')
        .map((name) => (name === '*' ? '*' : pg.escapeIdentifier(name)))
      const limit = url.searchParams.get('limit')
      const [by, direction] = url.searchParams.get('order')?.split('.') ?? []
      const order = by ? `ORDER BY ${pg.escapeIdentifier(by)} ${direction === 'desc' ? 'DESC' : 'ASC'}` : ''
      const { rows } = await pool.query(
        `SELECT ${columns.join(', ')} FROM ${quoted} ${where} ${order} ${limit === null ? '' : `LIMIT ${Number(limit)}`}`,
        values,
      )
      const single = request.headers.accept?.includes('vnd.pgrst.object')
      return [200, single ? rows[0] : rows, { 'content-range': `0-${rows.length - 1}/${rows.length}` }]
    }
  }
}
