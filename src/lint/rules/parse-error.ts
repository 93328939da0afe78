import type { LintRule } from '../rule.ts'

export const parseError: LintRule = {
  name: 'parse-error',
  check({ facts }) {
    return facts.broken.map(({ file, line, column, offset, message }) => ({
      message: `the file was not analysed: ${message}`,
      file,
      range: { start: { line, column, offset }, end: { line, column: column + 1, offset: offset + 1 } },
      identity: 'parse',
    }))
  },
}
