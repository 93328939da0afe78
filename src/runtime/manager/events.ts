import type { Instrumentation, ManagerEvent, ManagerOperation } from '../types.ts'

export type Emit = (event: ManagerEvent) => void
export type Around = <T>(operation: ManagerOperation, run: () => Promise<T>) => Promise<T>

/**
 * @returns what tells everybody that listens, or undefined when nobody does, so that nothing is made for nobody.
 * A listener that throws changes nothing for the request.
 */
export function emitter(instruments: readonly Instrumentation[]): Emit | undefined {
  const listeners = instruments.filter(({ event }) => event !== undefined)
  if (listeners.length === 0) return undefined
  return (event) => {
    for (const listener of listeners) {
      try {
        listener.event!(event)
      } catch (error) {
        process.emitWarning(
          `A listener for tenant events failed: ${error instanceof Error ? error.name : typeof error}`,
        )
      }
    }
  }
}

/** @returns what surrounds an operation, the first instrument outermost, or undefined when none does */
export function surround(instruments: readonly Instrumentation[]): Around | undefined {
  const layers = instruments.filter(({ around }) => around !== undefined)
  if (layers.length === 0) return undefined
  return (operation, run) =>
    layers.reduceRight<() => Promise<never>>(
      (inner, layer) => () => layer.around!(operation, inner),
      run as () => Promise<never>,
    )()
}
