import { ClientDisposedError } from '../errors.ts'
import type { ClientFactory, TenantConnection } from '../types.ts'
import { revocable } from './revocable.ts'
import type { Slot } from './slot.ts'

/** The right to use a tenant's client until it is released. */
export interface TenantLease<Client> extends AsyncDisposable, Disposable {
  /** @throws ClientDisposedError after the release */
  readonly client: Client
  readonly tenantId: string
  /** The tenant's id inside the database of this client. */
  readonly tenantIdInDatabase: string
  /** `main` only where the policy `fallback` said so. */
  readonly database: 'tenant' | 'main'
  /** A second call does nothing. */
  release(): void
}

/** What a lease needs to know of the client it is for. The same object serves all leases of a client. */
export interface LeaseSource<Client, Shared> {
  readonly factory: ClientFactory<Client, Shared>
  readonly connection: TenantConnection
}

/** A lease of a slot. To whoever holds it, it is a `TenantLease`; the rest is for the manager. */
export class Lease<Shared, Client = unknown> implements TenantLease<Client> {
  readonly #slot: Slot<Shared>
  readonly #source: LeaseSource<Client, Shared>
  #client: Client | undefined
  #over = false
  readonly database = 'tenant'

  constructor(
    slot: Slot<Shared>,
    source: LeaseSource<Client, Shared>,
    readonly since: number,
    readonly deadline: number,
  ) {
    this.#slot = slot
    this.#source = source
  }

  get tenantId(): string {
    return this.#source.connection.tenantId
  }

  get tenantIdInDatabase(): string {
    return this.#source.connection.tenantIdInDatabase
  }

  get client(): Client {
    this.#check()
    return (this.#client ??= this.#open())
  }

  /** What the client is made of; for the manager. */
  get shared(): Shared {
    this.#check()
    return this.#slot.shared
  }

  get connection(): TenantConnection {
    return this.#source.connection
  }

  /** The client without the stand-in; for the manager. */
  unguarded(): Client {
    const { factory, connection } = this.#source
    const { shared } = this
    return factory.open === undefined ? (shared as unknown as Client) : factory.open(shared, connection)
  }

  release(): void {
    if (this.#over) return
    this.#over = true
    this.#slot.release(this as Lease<Shared>)
  }

  /** Ends the lease for its holder: the client throws from now on. */
  revoke(): void {
    this.#over = true
  }

  [Symbol.dispose](): void {
    this.release()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.release()
  }

  /** A field, so that it can be handed over without being bound again. */
  readonly #check = (): void => {
    if (this.#over) throw new ClientDisposedError(this.tenantId)
  }

  #open(): Client {
    const { factory, connection } = this.#source
    const client = this.unguarded()
    if (factory.revoke === 'none' || !isObject(client)) return client
    return guard(client, factory, connection.tenantId, this.#check)
  }
}

/** @returns a stand-in for the client that throws when `check` does, and prints as what it is, without secrets */
export function guard<Client>(
  client: Client & object,
  factory: { readonly name: string; readonly revoke?: 'shallow' | 'deep' | 'none' },
  tenantId: string,
  check: () => void,
): Client {
  const label = `[${factory.name} client of tenant ${tenantId}]`
  return revocable({ client, check, label, deep: factory.revoke === 'deep' })
}

export function isObject<T>(value: T): value is T & object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
