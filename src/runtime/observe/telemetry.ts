import type { Attributes, MeterProvider, TracerProvider } from '@opentelemetry/api'
import { driver } from '../driver.ts'
import { isTenantizeError } from '../errors.ts'
import type { Instrumentation, ManagerEvent } from '../types.ts'

export interface TelemetryOptions {
  /** By default the global providers. */
  readonly tracerProvider?: TracerProvider
  readonly meterProvider?: MeterProvider
  /** Whether spans say which tenant they are about. True. Metrics never do: each tenant would be a series of its own. */
  readonly tenantInSpans?: boolean
}

/**
 * Makes the instrumentation of a manager: `createTenantDatabases({ instrumentation: await telemetry() })`.
 * Spans are `tenantize.<operation>`, metrics `tenantize.*`; durations in seconds, as the conventions want.
 * @throws ConfigurationError when the package @opentelemetry/api is missing
 */
export async function telemetry({
  tracerProvider,
  meterProvider,
  tenantInSpans = true,
}: TelemetryOptions = {}): Promise<Instrumentation> {
  const api = await driver('@opentelemetry/api', () => import('@opentelemetry/api'))
  const tracer = (tracerProvider ?? api.trace).getTracer('tenantize')
  const meter = (meterProvider ?? api.metrics).getMeter('tenantize')
  const counters = new Map<string, ReturnType<typeof meter.createCounter>>()
  const count = (name: string, attributes: Attributes = {}): void => {
    let counter = counters.get(name)
    if (!counter) counters.set(name, (counter = meter.createCounter(`tenantize.${name}`)))
    counter.add(1, attributes)
  }
  const seconds = (name: string, description: string) =>
    meter.createHistogram(`tenantize.${name}.duration`, { unit: 's', description })
  const lookups = seconds('lookup', 'How long the directory took')
  const creations = seconds('client.create', 'How long making a client took')
  const disposals = seconds('client.dispose', 'How long ending a client took')

  return {
    event(event) {
      count('events', { type: event.type, ...labels(event) })
      if (event.type === 'configuration-loaded')
        lookups.record(event.duration / 1000, { outcome: event.outcome })
      if (event.type === 'client-created') creations.record(event.duration / 1000, { outcome: 'made' })
      if (event.type === 'client-failed')
        creations.record(event.duration / 1000, { outcome: 'failed', ...errorLabel(event.error) })
      if (event.type === 'client-disposed') disposals.record(event.duration / 1000, { reason: event.reason })
    },

    around(operation, run) {
      const attributes: Attributes = tenantInSpans ? { 'tenantize.tenant.id': operation.tenantId } : {}
      return tracer.startActiveSpan(`tenantize.${operation.name}`, { attributes }, async (span) => {
        try {
          return await run()
        } catch (error) {
          // The code only: messages of others may hold what must not be shown.
          span.setStatus({ code: api.SpanStatusCode.ERROR, ...errorMessage(error) })
          span.setAttributes(errorLabel(error))
          throw error
        } finally {
          span.end()
        }
      })
    },
  }
}

/** What of an event has few values: never a tenant, never a message. */
function labels(event: ManagerEvent): Attributes {
  switch (event.type) {
    case 'client-draining':
    case 'client-disposed':
      return { reason: event.reason }
    case 'configuration-loaded':
      return { outcome: event.outcome }
    case 'lease-overdue':
      return { forced: event.forced }
    case 'fallback':
      return { status: event.status }
    case 'rejected':
    case 'client-failed':
    case 'dispose-failed':
      return errorLabel(event.error)
    default:
      return {}
  }
}

function errorLabel(error: unknown): Attributes {
  return { 'error.type': isTenantizeError(error) ? error.code : 'other' }
}

function errorMessage(error: unknown): { message?: string } {
  return isTenantizeError(error) ? { message: error.code } : {}
}
