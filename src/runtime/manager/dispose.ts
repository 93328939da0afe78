import type { ClientFactory, Clock } from '../types.ts'
import { within } from './deadline.ts'

/**
 * Ends a client: in an orderly way, and by force when that fails or takes too long.
 *
 * @param forced whether to cut connections at once
 * @returns what went wrong, or undefined. Never rejects, and never takes longer than twice the timeout.
 */
export async function dispose<Client, Shared>(
  factory: ClientFactory<Client, Shared>,
  shared: Shared,
  forced: boolean,
  timeout: number,
  clock: Clock,
): Promise<unknown> {
  const orderly = () => factory.dispose(shared)
  const byForce = () => (factory.terminate ?? factory.dispose).call(factory, shared)
  const failure = await attempt(clock, timeout, forced ? byForce : orderly)
  if (failure === undefined || forced) return failure
  if (factory.terminate !== undefined) await attempt(clock, timeout, byForce)
  return failure
}

async function attempt(clock: Clock, timeout: number, end: () => void | Promise<void>): Promise<unknown> {
  try {
    await within(clock, timeout, 'ending a client', undefined, end)
    return undefined
  } catch (error) {
    return error ?? new Error('ending a client failed')
  }
}
