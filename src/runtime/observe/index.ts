/** Spans and metrics, by the OpenTelemetry API that the application brings. */
export { type TelemetryOptions, telemetry } from './telemetry.ts'
