import type { CloseReport } from './close.ts'

type Signal = 'SIGTERM' | 'SIGINT'

/**
 * Closes when the process is asked to end, and lets it end afterwards. Where others listen to the signal as well, the
 * end of the process is theirs.
 *
 * @returns what takes the listeners away again
 */
export function closeOnSignals(signals: readonly Signal[], close: () => Promise<CloseReport>): () => void {
  const remove = () => {
    for (const signal of signals) process.off(signal, listener)
  }
  const listener = (signal: NodeJS.Signals) => {
    close().then((report) => {
      remove()
      if (report.unfinished.length > 0) process.emitWarning(describe(report), 'TenantizeClose')
      // Without a listener, the signal does what it does by default. The warning is written before that.
      if (process.listenerCount(signal) === 0) setImmediate(() => process.kill(process.pid, signal))
    })
  }
  for (const signal of signals) process.on(signal, listener)
  return remove
}

function describe({ unfinished }: CloseReport): string {
  const lines = unfinished.map(
    ({ tenantId, leases, reason }) =>
      `${tenantId ?? 'directory'}: ${reason}${leases > 0 ? ` (${leases})` : ''}`,
  )
  return `Not everything closed in order: ${lines.join(', ')}`
}
