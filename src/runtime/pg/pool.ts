/** How a pool of `pg` ends without losing anybody, and how it ends at once. */
import type { Pool, PoolClient } from 'pg'
import { cut } from './cut.ts'

export interface PoolHandle {
  readonly pool: Pool
  /** Every connection that is open. */
  readonly connections: Set<PoolClient>
  /** Connections that open from now on are cut as well. */
  terminated: boolean
}

export function trackPool(pool: Pool): PoolHandle {
  const handle: PoolHandle = { pool, connections: new Set(), terminated: false }
  pool.on('connect', (client) => {
    handle.connections.add(client)
    if (handle.terminated) cut(client)
  })
  pool.on('remove', (client) => {
    handle.connections.delete(client)
  })
  return handle
}

/**
 * Ends the pool when nobody waits for a connection any more: `pool.end()` leaves those who wait waiting for ever.
 * Connections that are in use are ended when they are given back. Resolves when the server has closed them all.
 */
export async function endPool({ pool, connections }: PoolHandle): Promise<void> {
  while (pool.waitingCount > 0) await soon()
  if (!pool.ending) await pool.end()
  // The pool forgets a connection before the server has heard of its end.
  while (connections.size > 0) await soon()
}

/**
 * Cuts every connection. What runs on one is rejected at once; who waits for one is rejected by the pool's
 * `connectionTimeoutMillis`.
 */
export async function terminatePool(handle: PoolHandle): Promise<void> {
  const { pool, connections } = handle
  handle.terminated = true
  const ended = pool.ending ? undefined : pool.end()
  for (const client of connections) cut(client)
  await ended
}

function soon(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 2))
}
