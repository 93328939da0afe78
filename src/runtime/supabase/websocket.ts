import { ConfigurationError } from '../errors.ts'

/**
 * Stands in for a WebSocket where the platform has none (Node 20): later versions of supabase-js refuse to make a client
 * without one, though only realtime needs it.
 */
export class NoWebSocket {
  constructor() {
    throw new ConfigurationError(
      'this version of Node has no WebSocket: give `options.realtime.transport` (the package ws), or use Node 22',
    )
  }
}
