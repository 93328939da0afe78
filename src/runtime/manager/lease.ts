import { ClientDisposedError } from '../errors.ts'
import type { ClientFactory, TenantConnection } from '../types.ts'
import type { Linked } from './linked-list.ts'
import { standIn, targetFor, type Validity } from './revocable.ts'
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
  readonly slot: Slot<Shared>
  readonly factory: ClientFactory<Client, Shared>
  readonly connection: TenantConnection
  /** What all stand-ins for this client print. */
  target?: object
}

/** A lease of a slot. To whoever holds it, it is a `TenantLease`; the rest is for the manager. */
export class Lease<Shared, Client = unknown> implements TenantLease<Client>, Validity, Linked<Lease<Shared>> {
  readonly #source: LeaseSource<Client, Shared>
  #client: Client | undefined
  #over = false
  /** Its neighbours among the leases of the client. */
  previous: Lease<Shared> | undefined = undefined
  next: Lease<Shared> | undefined = undefined
  readonly database = 'tenant'

  constructor(
    source: LeaseSource<Client, Shared>,
    readonly since: number,
    readonly deadline: number,
  ) {
    this.#source = source
  }

  get tenantId(): string {
    return this.#source.connection.tenantId
  }

  get tenantIdInDatabase(): string {
    return this.#source.connection.tenantIdInDatabase
  }

  get client(): Client {
    this.check()
    return (this.#client ??= guard(this.#made(), this.#source, this))
  }

  /** A client that outlives the lease, for clients that hold nothing open. */
  detached(): Client {
    return guard(this.#made(), this.#source, always)
  }

  /** What the client is made of. */
  get shared(): Shared {
    this.check()
    return this.#source.slot.shared
  }

  get connection(): TenantConnection {
    return this.#source.connection
  }

  /** @throws ClientDisposedError when the lease is over */
  check(): void {
    if (this.#over) throw new ClientDisposedError(this.tenantId)
  }

  release(): void {
    if (this.#over) return
    this.#over = true
    this.#source.slot.release(this as Lease<Shared>)
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

  #made(): Client {
    const { factory, connection } = this.#source
    const { shared } = this
    return factory.open === undefined ? (shared as unknown as Client) : factory.open(shared, connection)
  }
}

const always: Validity = { check: () => {} }

/**
 * @returns a stand-in for the client that works as long as it may, and prints as what it is, without secrets; the client
 * itself where the factory sees to that
 */
function guard<Client, Shared>(
  client: Client,
  source: LeaseSource<Client, Shared>,
  validity: Validity,
): Client {
  const { factory, connection } = source
  if (factory.revoke === 'none' || !isObject(client)) return client
  source.target ??= targetFor(client, `[${factory.name} client of tenant ${connection.tenantId}]`)
  return standIn(client, validity, source.target, factory.revoke === 'deep')
}

function isObject<T>(value: T): value is T & object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
