/** What can be set, and to what it is set otherwise. Times in milliseconds. */
import { ConfigurationError } from '../errors.ts'

export interface CacheOptions {
  /** How long a tenant's configuration is taken as it was read. 5 minutes. */
  readonly configurationTtl?: number
  /** How long a client serves before a new one takes its place. 1 hour. */
  readonly clientTtl?: number
  /** How long a client may be idle. No limit of its own. */
  readonly clientIdleTtl?: number
  /** How long a tenant is known as missing, suspended or not provisioned. 8 seconds. */
  readonly missingTtl?: number
  /** By how much each of these times is shortened or prolonged, at random, as a share of it. 0.1 */
  readonly jitter?: number
  /** How old a configuration may be that is used while the directory is down. 1 hour; 0 for never. */
  readonly staleTtl?: number
  /** How long to go on with a stale configuration before the directory is asked again. 5 seconds. */
  readonly staleRetry?: number
  /** How often expired entries are removed and leases are looked over. 30 seconds. */
  readonly sweepInterval?: number
  /** How many configurations are kept. 10,000. */
  readonly maxConfigurations?: number
  /** How many missing tenants are remembered: whoever tries ids out must not push real ones from the cache. 1,000. */
  readonly maxMissing?: number
}

export interface LimitOptions {
  /** How many clients there may be, draining ones included. 200. */
  readonly maxClients?: number
  /** How many connections one client may open; a larger pool is made smaller. 10. */
  readonly maxConnectionsPerTenant?: number
  /** How many connections all clients together may open. 500. */
  readonly maxTotalConnections?: number
  /** At capacity: dispose of the client that is idle longest, or reject. */
  readonly whenFull?: 'evict-idle' | 'reject'
  /** How long a request waits for a client to become idle when none is. 0: it is rejected at once. */
  readonly waitForRoom?: number
  /** After this time a lease is reported and taken away. 5 minutes; `Infinity` for never. */
  readonly leaseDeadline?: number
  /** How long the directory may take. 5 seconds. */
  readonly lookupTimeout?: number
  /** How long making a client may take, its first connection included. 10 seconds. */
  readonly createTimeout?: number
  /** How long an orderly end may take before connections are cut. 10 seconds. */
  readonly disposeTimeout?: number
  /** How long `close()` waits for leases before it takes them away. 10 seconds. */
  readonly closeTimeout?: number
}

export type CacheSettings = Required<CacheOptions>
export type LimitSettings = Required<LimitOptions>

const second = 1_000
const minute = 60 * second

const cacheDefaults: CacheSettings = {
  configurationTtl: 5 * minute,
  clientTtl: 60 * minute,
  clientIdleTtl: Number.POSITIVE_INFINITY,
  missingTtl: 8 * second,
  jitter: 0.1,
  staleTtl: 60 * minute,
  staleRetry: 5 * second,
  sweepInterval: 30 * second,
  maxConfigurations: 10_000,
  maxMissing: 1_000,
}

const limitDefaults: LimitSettings = {
  maxClients: 200,
  maxConnectionsPerTenant: 10,
  maxTotalConnections: 500,
  whenFull: 'evict-idle',
  waitForRoom: 0,
  leaseDeadline: 5 * minute,
  lookupTimeout: 5 * second,
  createTimeout: 10 * second,
  disposeTimeout: 10 * second,
  closeTimeout: 10 * second,
}

/** Where 0 means something. Everywhere else it would stop the manager from working. */
const mayBeZero = new Set(['jitter', 'staleTtl', 'staleRetry', 'waitForRoom', 'missingTtl', 'closeTimeout'])

/** @throws ConfigurationError that names the setting */
export function cacheSettings(options: CacheOptions = {}): CacheSettings {
  const settings = complete('cache', cacheDefaults, options)
  if (settings.jitter >= 1) throw new ConfigurationError('cache.jitter must be below 1')
  return settings
}

/** @throws ConfigurationError that names the setting */
export function limitSettings(options: LimitOptions = {}): LimitSettings {
  const settings = complete('limits', limitDefaults, options)
  if (settings.whenFull !== 'evict-idle' && settings.whenFull !== 'reject') {
    throw new ConfigurationError('limits.whenFull must be "evict-idle" or "reject"')
  }
  return settings
}

function complete<T extends object>(group: string, defaults: T, options: Partial<T>): T {
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  for (const [name, value] of given) {
    if (!(name in defaults)) throw new ConfigurationError(`There is no setting ${group}.${name}`)
    if (typeof defaults[name as keyof T] !== 'number') continue
    const least = mayBeZero.has(name) ? 0 : Number.MIN_VALUE
    if (typeof value !== 'number' || !(value >= least)) {
      throw new ConfigurationError(
        `${group}.${name} must be a number ${least === 0 ? 'of at least' : 'above'} 0`,
      )
    }
  }
  return { ...defaults, ...Object.fromEntries(given) }
}
