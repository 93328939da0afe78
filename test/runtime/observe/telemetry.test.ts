import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { expect, it } from 'vitest'
import { TenantNotFoundError, telemetry } from '../../../src/runtime/index.ts'
import { usePostgres } from '../support/postgres.ts'
import { ownerOf, setUp } from '../support/tenants.ts'

const databases = usePostgres()

async function instruments(tenantInSpans?: boolean) {
  const spans = new InMemorySpanExporter()
  const metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter: metrics })
  const instrumentation = await telemetry({
    tracerProvider: new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }),
    meterProvider: new MeterProvider({ readers: [reader] }),
    ...(tenantInSpans === undefined ? {} : { tenantInSpans }),
  })
  const collected = async () => {
    await reader.forceFlush()
    return metrics
      .getMetrics()
      .at(-1)!
      .scopeMetrics.flatMap((scope) => scope.metrics)
  }
  return { spans, collected, instrumentation }
}

it('spans say what was done for whom; metrics never name a tenant', async () => {
  const { spans, collected, instrumentation } = await instruments()
  const { tenants } = await setUp(databases, { instrumentation })
  await tenants.withTenant('a', ownerOf)
  await tenants.withTenant('a', ownerOf)
  await expect(tenants.withTenant('missing-tenant', ownerOf)).rejects.toThrow(TenantNotFoundError)
  const finished = spans.getFinishedSpans()
  expect(new Set(finished.map(({ name }) => name))).toEqual(
    new Set(['tenantize.lookup', 'tenantize.create-client', 'tenantize.with-tenant']),
  )
  expect(
    finished.filter(({ name }) => name === 'tenantize.with-tenant').map(({ attributes }) => attributes),
  ).toEqual([
    { 'tenantize.tenant.id': 'a' },
    { 'tenantize.tenant.id': 'a' },
    { 'tenantize.tenant.id': 'missing-tenant', 'error.type': 'TENANT_NOT_FOUND' },
  ])
  const metrics = await collected()
  const events = metrics.find(({ descriptor }) => descriptor.name === 'tenantize.events')!
  const counted = Object.fromEntries(
    events.dataPoints.map(({ attributes, value }) => [Object.values(attributes).join(' '), value]),
  )
  expect(counted).toMatchObject({
    'client-created': 1,
    'client-hit': 1,
    'configuration-loaded found': 1,
    'configuration-loaded missing': 1,
    'rejected TENANT_NOT_FOUND': 1,
  })
  const shown = JSON.stringify(metrics)
  expect(shown).not.toContain('missing-tenant')
  expect(shown).not.toContain(databases.tenantA.password)
  expect(metrics.map(({ descriptor }) => descriptor.name)).toContain('tenantize.client.create.duration')
})

it('spans leave the tenant out where they should', async () => {
  const { spans, instrumentation } = await instruments(false)
  const { tenants } = await setUp(databases, { instrumentation })
  await tenants.withTenant('b', ownerOf)
  expect(spans.getFinishedSpans().length).toBeGreaterThan(0)
  expect(spans.getFinishedSpans().flatMap(({ attributes }) => Object.keys(attributes))).toEqual([])
})
