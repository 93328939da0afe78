/**
 * Clients that hold nothing and watch over their own lives: they throw when they are used after their disposal, and
 * note every breach of what the manager promises. For tests of the order of things; other tests use real databases.
 */
import type {
  ClientFactory,
  Directory,
  TenantConfiguration,
  TenantStatus,
} from '../../../src/runtime/index.ts'
import { Secret } from '../../../src/runtime/index.ts'

export interface WatchedClient {
  readonly tenantId: string
  readonly version: number
  /** Throws when the client is disposed of. */
  use(): { readonly tenantId: string; readonly version: number }
  /** Leases that a test holds of it. */
  held: number
  disposed: boolean
}

/** What a step of the manager waits for. */
export type Step = (what: string) => Promise<unknown>

export class World {
  readonly breaches: string[] = []
  readonly open = new Set<WatchedClient>()
  readonly versions = new Map<string, number>()
  readonly statuses = new Map<string, TenantStatus | 'missing'>()
  created = 0
  failCreation = false
  failDisposal = false
  failLookup = false

  constructor(
    readonly maxClients: number,
    private readonly step: Step = async () => {},
  ) {}

  readonly directory: Directory = {
    name: 'of the test',
    lookup: async (tenantId) => {
      const status = this.statuses.get(tenantId) ?? 'active'
      const version = this.versions.get(tenantId) ?? 0
      await this.step(`lookup ${tenantId}`)
      if (this.failLookup) throw new Error('down')
      if (status === 'missing') return null
      const configuration: TenantConfiguration = {
        tenantId,
        status,
        credentials: { url: new Secret(`of ${tenantId}`) },
        settings: { version },
      }
      return configuration
    },
  }

  readonly factory: ClientFactory<WatchedClient> = {
    name: 'watched',
    revoke: 'none',
    connections: () => 1,
    create: async ({ tenantId, settings }) => {
      const client = this.#make(tenantId, Number(settings.version))
      await this.step(`create ${tenantId}`)
      if (this.failCreation) {
        this.open.delete(client)
        throw new Error('unreachable')
      }
      return client
    },
    dispose: async (client) => {
      if (client.disposed) this.breaches.push(`${client.tenantId} is disposed of twice`)
      if (client.held > 0) this.breaches.push(`${client.tenantId} is disposed of while it is held`)
      client.disposed = true
      await this.step(`dispose ${client.tenantId}`)
      this.open.delete(client)
      if (this.failDisposal) throw new Error('no')
    },
    terminate: async (client) => {
      client.disposed = true
      this.open.delete(client)
    },
  }

  #make(tenantId: string, version: number): WatchedClient {
    const client: WatchedClient = {
      tenantId,
      version,
      held: 0,
      disposed: false,
      use: () => {
        if (client.disposed) throw new Error(`${tenantId} is used after its disposal`)
        return { tenantId, version }
      },
    }
    this.created++
    this.open.add(client)
    if (this.open.size > this.maxClients) this.breaches.push(`${this.open.size} clients are open`)
    return client
  }
}
