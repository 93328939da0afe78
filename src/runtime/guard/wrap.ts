/** What a wrapped object shows instead of its own member; `undefined` where its own is right. */
export type Instead<T extends object> = (name: string | symbol, target: T) => unknown

/** The same object, with other members in places. Methods keep their own `this`. */
export function wrap<T extends object>(target: T, instead: Instead<T>): T {
  return new Proxy(target, {
    get(_, name) {
      const other = instead(name, target)
      if (other !== undefined) return other
      const value = Reflect.get(target, name, target)
      return typeof value === 'function' ? bound(target, value) : value
    },
  })
}

const methods = new WeakMap<object, WeakMap<object, unknown>>()

/** A method is bound once, so that it is equal to itself. Classes are left alone. */
// biome-ignore lint/complexity/noBannedTypes: any function at all
function bound(target: object, method: Function): unknown {
  let known = methods.get(target)
  if (!known) methods.set(target, (known = new WeakMap()))
  let found = known.get(method)
  if (!found) known.set(method, (found = method.bind(target)))
  return found
}

/** The method of a name, to be called as it is on its own object. */
// biome-ignore lint/suspicious/noExplicitAny: members of clients of any library
export function method(target: object, name: string | symbol): ((...args: any[]) => any) | undefined {
  const value = Reflect.get(target, name, target)
  return typeof value === 'function' ? (value.bind(target) as never) : undefined
}
