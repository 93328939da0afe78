import type { Marker } from '../marker.ts'
import { judgeMarkers } from '../marker.ts'
import type { Problem } from './result.ts'

const TIMEOUT = 10_000

/**
 * Asks a PostgREST service (a Supabase project) for the tenant's marker, or without one whether it lets us in.
 * @returns what is wrong, if something is. An answer's text is not repeated: it is not ours to vouch for.
 */
export async function serviceProblem(
  { url, key }: { readonly url: string; readonly key: string },
  marker: Marker | undefined,
  tenantId: string,
): Promise<Problem | undefined> {
  const unreachable = (message: string): Problem => ({ kind: 'unreachable', message })
  const address = new URL(url)
  const base = address.pathname.replace(/\/$/, '')
  address.pathname = `${base}/rest/v1/${marker ? (marker.table.split('.').at(-1) ?? '') : ''}`
  if (marker) address.search = new URLSearchParams({ select: marker.column, limit: '2' }).toString()
  let response: Response
  try {
    response = await fetch(address, {
      headers: { apikey: key, authorization: `Bearer ${key}` },
      signal: AbortSignal.timeout(TIMEOUT),
      // A redirect would take the key along.
      redirect: 'manual',
    })
  } catch (error) {
    const { name, cause } = error as Error & { cause?: { code?: string } }
    return unreachable(`its service does not answer (${cause?.code ?? name})`)
  }
  if (response.status === 401 || response.status === 403)
    return { kind: 'credential', message: 'its service refuses the key' }
  if (marker && response.status === 404)
    return { kind: 'wrong-tenant', message: `it has no table ${marker.table}, which would say whose it is` }
  if (!response.ok) return unreachable(`its service answers with status ${response.status}`)
  if (!marker) return undefined
  const rows: unknown = await response.json().catch(() => undefined)
  if (!Array.isArray(rows)) return unreachable('its service does not answer as PostgREST does')
  const values = [...new Set(rows.map((row: Record<string, unknown>) => String(row[marker.column])))]
  const message = judgeMarkers(values, marker.table, tenantId)
  return message === undefined ? undefined : { kind: 'wrong-tenant', message }
}

/** @returns what is wrong with a Convex deployment: whether it answers; its key can't be tried without calling a function */
export async function deploymentProblem(url: string): Promise<Problem | undefined> {
  const address = new URL(url)
  address.pathname = `${address.pathname.replace(/\/$/, '')}/version`
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(TIMEOUT), redirect: 'manual' })
    return response.ok
      ? undefined
      : { kind: 'unreachable', message: `its deployment answers with status ${response.status}` }
  } catch (error) {
    const { name, cause } = error as Error & { cause?: { code?: string } }
    return { kind: 'unreachable', message: `its deployment does not answer (${cause?.code ?? name})` }
  }
}
