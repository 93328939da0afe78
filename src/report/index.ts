/** The formats a result can be written in. Each is imported when it is asked for. */
import type { Reporter, Result } from './options.ts'

export type { Reporter, ReportOptions, Result } from './options.ts'
export { summaryLine } from './summary.ts'

export const formats = {
  pretty: async (): Promise<Reporter> => (await import('./pretty.ts')).pretty,
  json: async (): Promise<Reporter> => (await import('./json.ts')).json,
  diff: async (): Promise<Reporter> => (await import('./diff.ts')).diff,
  markdown: async (): Promise<Reporter> => (await import('./markdown.ts')).markdown,
}

export type FormatName = keyof typeof formats

/** The formats a command can be asked for; only `migrate` has a diff. */
export function formatsFor(command: Result['command']): FormatName[] {
  return (Object.keys(formats) as FormatName[]).filter((name) => name !== 'diff' || command === 'migrate')
}
