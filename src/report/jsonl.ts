import type { Result } from './options.ts'

/**
 * One JSON object a line, for programs that read as they go: every finding (or file), then what is silenced, then the
 * summary. `type` says which; the fields are those of the JSON format.
 */
export function jsonl(result: Result): string {
  const { version, command, summary } = result
  const lines =
    result.command === 'lint'
      ? [
          ...result.findings.map((finding) => ({ type: 'finding', ...finding })),
          ...result.silenced.map((finding) => ({ type: 'silenced', ...finding })),
          { type: 'summary', version, command, ...summary },
        ]
      : [
          ...result.files.map((file) => ({ type: 'file', ...file })),
          { type: 'summary', version, command, written: result.written, ...summary },
        ]
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('')
}
