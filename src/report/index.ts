/** The formats a result can be written in. Each is imported when it is asked for. */
import type { Reporter, Result } from './options.ts'

export type { Fix, Reporter, ReportOptions, Result } from './options.ts'
export { problemCount, summaryLine } from './summary.ts'

export const formats = {
  pretty: async (): Promise<Reporter> => (await import('./pretty.ts')).pretty,
  json: async (): Promise<Reporter> => (await import('./json.ts')).json,
  jsonl: async (): Promise<Reporter> => (await import('./jsonl.ts')).jsonl,
  diff: async (): Promise<Reporter> => (await import('./diff.ts')).diff,
  markdown: async (): Promise<Reporter> => (await import('./markdown.ts')).markdown,
  agent: async (): Promise<Reporter> => (await import('./agent.ts')).agent,
  github: async (): Promise<Reporter> => (await import('./github.ts')).github,
  gitlab: async (): Promise<Reporter> => (await import('./gitlab.ts')).gitlab,
  sarif: async (): Promise<Reporter> => (await import('./sarif.ts')).sarif,
  junit: async (): Promise<Reporter> => (await import('./junit.ts')).junit,
}

export type FormatName = keyof typeof formats

/** Formats that can only say what one of the commands has to say. */
const only: Partial<Record<FormatName, Result['command']>> = {
  diff: 'migrate',
  gitlab: 'lint',
  sarif: 'lint',
  junit: 'lint',
}

/** The formats a command can be asked for. */
export function formatsFor(command: Result['command']): FormatName[] {
  return (Object.keys(formats) as FormatName[]).filter((name) => (only[name] ?? command) === command)
}
