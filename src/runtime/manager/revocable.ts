/** Clients that stop working when their time is over, and that don't print what they hold. */

export interface Guarded<Client extends object> {
  readonly client: Client
  /** Throws when the client may not be used any more. Asked at every use. */
  readonly check: () => void
  /** What printing it shows. */
  readonly label: string
  /** Whether objects reached through members are guarded as well. */
  readonly deep: boolean
}

type Method = (...parameters: unknown[]) => unknown

const inspect = Symbol.for('nodejs.util.inspect.custom')

/**
 * @returns a stand-in for the client. Members are read, and methods called, on the client itself, so that classes with
 * private fields work. What methods return is handed on as it is, except the client itself.
 */
export function revocable<Client extends object>(guarded: Guarded<Client>): Client {
  const { client, label } = guarded
  // Not the client is the proxy's target: printing a proxy prints its target.
  const target = typeof client === 'function' ? () => {} : Object.create(null)
  Object.defineProperty(target, inspect, { value: () => label, configurable: true })
  const proxy: Client = new Proxy(target, new Guard(guarded, () => proxy))
  return proxy
}

class Guard<Client extends object> implements ProxyHandler<Client> {
  readonly #client: Client
  readonly #guarded: Guarded<Client>
  readonly #self: () => Client
  #members: Map<unknown, object> | undefined

  constructor(guarded: Guarded<Client>, self: () => Client) {
    this.#client = guarded.client
    this.#guarded = guarded
    this.#self = self
  }

  get(_: Client, property: string | symbol): unknown {
    const client = this.#client
    if (property === inspect || property === 'toJSON') {
      if (!(property in client) || property === inspect) return () => this.#guarded.label
    }
    this.#guarded.check()
    const value: unknown = Reflect.get(client, property, client)
    if (typeof value === 'function') return property === 'constructor' ? value : this.#bound(value as Method)
    if (this.#guarded.deep && typeof value === 'object' && value !== null) return this.#member(value)
    return value
  }

  set(_: Client, property: string | symbol, value: unknown): boolean {
    this.#guarded.check()
    return Reflect.set(this.#client, property, value, this.#client)
  }

  has(_: Client, property: string | symbol): boolean {
    return Reflect.has(this.#client, property)
  }

  apply(_: Client, __: unknown, parameters: unknown[]): unknown {
    this.#guarded.check()
    return Reflect.apply(this.#client as unknown as () => unknown, undefined, parameters)
  }

  getPrototypeOf(): object | null {
    return Reflect.getPrototypeOf(this.#client)
  }

  ownKeys(): (string | symbol)[] {
    return []
  }

  /** The target has nothing of its own, so nothing may be said to be fixed. */
  getOwnPropertyDescriptor(): undefined {
    return undefined
  }

  defineProperty(_: Client, property: string | symbol, descriptor: PropertyDescriptor): boolean {
    this.#guarded.check()
    return Reflect.defineProperty(this.#client, property, descriptor)
  }

  deleteProperty(_: Client, property: string | symbol): boolean {
    this.#guarded.check()
    return Reflect.deleteProperty(this.#client, property)
  }

  #bound(method: Method): unknown {
    return (...parameters: unknown[]) => {
      this.#guarded.check()
      const result = method.apply(this.#client, parameters)
      return result === this.#client ? this.#self() : result
    }
  }

  /** The same object is the same stand-in each time. */
  #member(value: object): object {
    this.#members ??= new Map()
    const known = this.#members.get(value)
    if (known !== undefined) return known
    const { check, label } = this.#guarded
    const made = revocable({ client: value, check, label, deep: true })
    this.#members.set(value, made)
    return made
  }
}
