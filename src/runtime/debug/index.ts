/** How the tenants' databases are doing. */
export { type DebugAnswer, type DebugEndpointOptions, debugEndpoint } from './endpoint.ts'
export { type Health, type HealthOptions, health, type Observed } from './health.ts'
