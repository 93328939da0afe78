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

/** Who knows whether a client may still be used. */
export interface Validity {
  /** Throws when it may not. */
  check(): void
}

type Method = (...parameters: unknown[]) => unknown

const inspect = Symbol.for('nodejs.util.inspect.custom')

/**
 * @returns a stand-in for the client. Members are read, and methods called, on the client itself, so that classes with
 * private fields work. What methods return is handed on as it is, except the client itself.
 */
export function revocable<Client extends object>(guarded: Guarded<Client>): Client {
  const { client, label, deep } = guarded
  return standIn(client, guarded, targetFor(client, label), deep)
}

/**
 * What a stand-in prints. It may serve many stand-ins of clients of the same kind and tenant.
 *
 * Not the client itself is the target of its proxy, because printing a proxy prints its target.
 */
export function targetFor(client: object, label: string): object {
  const target = typeof client === 'function' ? () => {} : Object.create(null)
  return Object.defineProperty(target, inspect, { value: () => label, configurable: true })
}

/** The same as `revocable`, with a target that was made before. */
export function standIn<Client extends object>(
  client: Client,
  validity: Validity,
  target: object,
  deep: boolean,
): Client {
  const guard = new Guard(client, validity, target, deep)
  return (guard.self = new Proxy(target as Client, guard))
}

class Guard<Client extends object> implements ProxyHandler<Client> {
  readonly #client: Client
  readonly #validity: Validity
  readonly #target: object
  readonly #deep: boolean
  #members: Map<unknown, object> | undefined
  self!: Client

  constructor(client: Client, validity: Validity, target: object, deep: boolean) {
    this.#client = client
    this.#validity = validity
    this.#target = target
    this.#deep = deep
  }

  get(target: Client, property: string | symbol): unknown {
    const client = this.#client
    if (property === inspect) return Reflect.get(target, inspect)
    if (property === 'toJSON' && !(property in client)) return () => this.#label()
    this.#validity.check()
    const value: unknown = Reflect.get(client, property, client)
    if (typeof value === 'function') return property === 'constructor' ? value : this.#bound(value as Method)
    if (this.#deep && typeof value === 'object' && value !== null) return this.#member(value)
    return value
  }

  set(_: Client, property: string | symbol, value: unknown): boolean {
    this.#validity.check()
    return Reflect.set(this.#client, property, value, this.#client)
  }

  has(_: Client, property: string | symbol): boolean {
    return Reflect.has(this.#client, property)
  }

  apply(_: Client, __: unknown, parameters: unknown[]): unknown {
    this.#validity.check()
    return Reflect.apply(this.#client as unknown as Method, undefined, parameters)
  }

  getPrototypeOf(): object | null {
    return Reflect.getPrototypeOf(this.#client)
  }

  /** Whoever copies or prints all members gets none. */
  ownKeys(): (string | symbol)[] {
    return []
  }

  getOwnPropertyDescriptor(): undefined {
    return undefined
  }

  defineProperty(_: Client, property: string | symbol, descriptor: PropertyDescriptor): boolean {
    this.#validity.check()
    return Reflect.defineProperty(this.#client, property, descriptor)
  }

  /** The target is shared, and freezing it would reach all others. */
  preventExtensions(): boolean {
    return false
  }

  deleteProperty(_: Client, property: string | symbol): boolean {
    this.#validity.check()
    return Reflect.deleteProperty(this.#client, property)
  }

  #label(): string {
    return (this.#target as { [inspect]: Method })[inspect]() as string
  }

  #bound(method: Method): Method {
    return (...parameters) => {
      this.#validity.check()
      const result = method.apply(this.#client, parameters)
      return result === this.#client ? this.self : result
    }
  }

  /** The same object is the same stand-in each time. */
  #member(value: object): object {
    this.#members ??= new Map()
    const known = this.#members.get(value)
    if (known !== undefined) return known
    const made = standIn(value, this.#validity, targetFor(value, this.#label()), true)
    this.#members.set(value, made)
    return made
  }
}
