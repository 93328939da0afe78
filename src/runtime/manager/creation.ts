import { CredentialError } from '../errors.ts'
import type { ClientFactory, Clock, TenantConnection } from '../types.ts'
import type { VerifyClient } from './api.ts'
import { within } from './deadline.ts'
import { dispose } from './dispose.ts'
import type { LimitSettings } from './options.ts'

export interface CreationOptions<Client, Shared> {
  readonly factory: ClientFactory<Client, Shared>
  readonly limits: LimitSettings
  /** Whether the client has to prove that it reaches its database. */
  readonly check: boolean
  readonly verify: VerifyClient<Client> | undefined
  readonly clock: Clock
}

/** The making of one client. */
export class Creation<Client, Shared> {
  readonly #options: CreationOptions<Client, Shared>
  readonly #connection: TenantConnection
  #remains: Promise<unknown> | undefined

  constructor(options: CreationOptions<Client, Shared>, connection: TenantConnection) {
    this.#options = options
    this.#connection = connection
  }

  /** @throws what the factory throws, TimeoutError, or the signal's reason; then something may remain for a while */
  async run(signal: AbortSignal): Promise<Shared> {
    const { limits, clock } = this.#options
    const started = clock.now()
    const shared = await this.#make(signal)
    try {
      const left = Math.max(1, limits.createTimeout - (clock.now() - started))
      await this.#prove(shared, left, signal)
      return shared
    } catch (error) {
      this.#remains = this.#end(shared)
      throw error
    }
  }

  /**
   * Resolves when nothing is left of a creation that failed; undefined when nothing is. A factory that does not listen to its signal may still
   * come up with a client, which is ended then. One that never comes to an end is waited for no longer than it may take.
   */
  over(): Promise<unknown> | undefined {
    const { limits, clock } = this.#options
    const remains = this.#remains
    if (remains === undefined) return undefined
    const most = limits.createTimeout + 2 * limits.disposeTimeout
    return within(clock, most, 'the rest of a creation', undefined, () => remains).catch(() => {})
  }

  async #make(signal: AbortSignal): Promise<Shared> {
    const { factory, limits, clock } = this.#options
    const given = new AbortController()
    const made = (async () => factory.create(this.#connection, { signal: given.signal }))()
    let failed = false
    made.catch(() => {
      failed = true
    })
    try {
      return await within(clock, limits.createTimeout, 'making a client', signal, () => made)
    } catch (error) {
      given.abort(error)
      const end = (late: Shared) => this.#end(late)
      if (!failed) this.#remains = made.then(end, () => {})
      throw error
    }
  }

  async #prove(shared: Shared, milliseconds: number, signal: AbortSignal): Promise<void> {
    const { factory, check, verify, clock } = this.#options
    const connection = this.#connection
    const reaches = check ? factory.check : undefined
    if (reaches === undefined && verify === undefined) return
    await within(clock, milliseconds, 'the first connection', signal, async (given) => {
      await reaches?.call(factory, shared, { signal: given })
      if (verify === undefined) return
      const client =
        factory.open === undefined ? (shared as unknown as Client) : factory.open(shared, connection)
      if ((await verify(client, connection)) !== true) throw wrongDatabase(connection)
    })
  }

  #end(shared: Shared): Promise<unknown> {
    const { factory, limits, clock } = this.#options
    return dispose(factory, shared, true, limits.disposeTimeout, clock)
  }
}

function wrongDatabase({ tenantId, credentials }: TenantConnection): CredentialError {
  const [name = 'url'] = Object.keys(credentials)
  return new CredentialError(tenantId, name, "it leads to a database that is not this tenant's")
}
