import { connect } from 'node:net'
import type { PoolClient } from 'pg'

/** What is needed of the inside of a `pg.Client`. */
interface Inside {
  readonly host?: string
  readonly port?: number
  readonly processID?: number | null
  readonly secretKey?: number | null
  readonly connection?: { readonly stream?: { destroy(): void } }
}

/** Closes a connection at once. What runs on it is rejected here, and stopped in the server. */
export function cut(client: PoolClient): void {
  const inside = client as unknown as Inside
  cancel(inside)
  inside.connection?.stream?.destroy()
}

/** The code that PostgreSQL's protocol has for this message in the place of a version: 1234 and 5678. */
const CANCEL_REQUEST = 80877102

/**
 * Asks the server to stop what the connection runs; otherwise it goes on until it would answer. The message goes over a
 * connection of its own, without encryption: it holds two numbers that are of no use for anything else. Nobody waits
 * for it, and where it does not get through, a `statement_timeout` has to do.
 *
 * @see https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS
 */
function cancel({ host, port, processID, secretKey }: Inside): void {
  if (typeof processID !== 'number' || typeof secretKey !== 'number' || port === undefined) return
  const message = Buffer.alloc(16)
  message.writeInt32BE(16, 0)
  message.writeInt32BE(CANCEL_REQUEST, 4)
  message.writeInt32BE(processID, 8)
  message.writeInt32BE(secretKey, 12)
  // A host that is a path is the folder of a socket.
  const where = host?.startsWith('/')
    ? { path: `${host}/.s.PGSQL.${port}` }
    : { port, host: host ?? 'localhost' }
  const socket = connect(where, () => socket.end(message))
  socket.setTimeout(1_000, () => socket.destroy())
  socket.on('error', () => socket.destroy())
  socket.unref()
}
