import type { OutputOptions, Terminal } from './output.ts'

/** Variables by which programs that write code say that they are the ones who read. */
export const agentVariables = [
  'AI_AGENT',
  'CLAUDECODE',
  'CURSOR_AGENT',
  'GEMINI_CLI',
  'CODEX_SANDBOX',
  'OPENCODE',
  'AUGMENT_AGENT',
] as const

/**
 * The formats that were asked for, or the one for whoever reads: GitHub's annotations where its runner reads the log,
 * one line a finding for an agent, and pages for a person.
 */
export function formatNames(
  { format }: Pick<OutputOptions, 'format'>,
  { env, isTTY }: Terminal,
): readonly string[] {
  if (format.length > 0) return format
  if (env.GITHUB_ACTIONS === 'true') return ['github']
  return [!isTTY && agentVariables.some((name) => env[name]) ? 'agent' : 'pretty']
}
