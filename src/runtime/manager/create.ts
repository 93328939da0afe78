import { ConfigurationError } from '../errors.ts'
import type { TenantDatabasesOptions } from './api.ts'
import { TenantDatabases } from './manager.ts'
import { closeOnSignals } from './signals.ts'

export interface CreateOptions<Client, Shared = Client> extends TenantDatabasesOptions<Client, Shared> {
  /**
   * There is one manager of this name in the process: who asks again, after a hot reload or from another bundle, gets
   * the same one. Without a name, each call makes a manager.
   */
  readonly name?: string
  /** On which signals to close. `['SIGTERM']`; `[]` for none. */
  readonly closeOn?: readonly ('SIGTERM' | 'SIGINT')[]
}

interface Registered {
  readonly manager: TenantDatabases<unknown, unknown>
  /** What it was made of, as far as that can be compared. */
  readonly made: string
}

/** For the process, not for this copy of the module. */
const key = Symbol.for('tenantize.runtime.managers')
const shared = globalThis as { [key]?: Map<string, Registered> }

/**
 * Makes what serves the tenants' clients.
 *
 * @throws ConfigurationError for options that can't work, and for a name that stands for other clients already
 */
export function createTenantDatabases<Client, Shared = Client>(
  options: CreateOptions<Client, Shared>,
): TenantDatabases<Client, Shared> {
  const { name } = options
  if (name === undefined) return make(options)
  const managers = (shared[key] ??= new Map())
  const made = `${options.directory.name}, ${options.client.name}`
  const known = managers.get(name)
  if (known !== undefined && !known.manager.closed) {
    if (known.made === made) return known.manager as TenantDatabases<Client, Shared>
    throw new ConfigurationError(`"${name}" names tenant databases of ${known.made} already, not of ${made}`)
  }
  const manager = make(options)
  managers.set(name, { manager: manager as TenantDatabases<unknown, unknown>, made })
  return manager
}

function make<Client, Shared>(options: CreateOptions<Client, Shared>): TenantDatabases<Client, Shared> {
  const manager = new TenantDatabases(options)
  const { closeOn = ['SIGTERM'] } = options
  if (closeOn.length > 0) manager.onClose(closeOnSignals(closeOn, () => manager.close()))
  return manager
}
