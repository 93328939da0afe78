/** System 1's two figures, and what an operator asks next. Counts since the manager was made, or at present. */
export interface CacheStats {
  /** Tenants whose configuration is known. */
  readonly configCacheSize: number
  /** Clients that are handed out. */
  readonly clientCacheSize: number
  /** Tenants that are known to be missing. */
  readonly missing: number
  /** Requests that found a client ready, and requests that did not. */
  readonly hits: number
  readonly misses: number
  /** Questions to the directory. */
  readonly loads: number
  /** Clients that were made, made to leave for others, disposed of, and disposed of with an error. */
  readonly created: number
  readonly evictions: number
  readonly disposed: number
  readonly disposeFailures: number
  /** Leases at present. */
  readonly leases: number
  /** Clients that nobody holds, and clients that wait for their last lease or are being disposed of. */
  readonly idle: number
  readonly draining: number
  /** Connections that the clients may open together, and requests that wait for room. */
  readonly connections: number
  readonly waiting: number
  /** Whether changes of the directory are heard: not asked for, not at present, yes. */
  readonly watch: 'off' | 'lost' | 'on'
}
