import type { LintRule } from '../rule.ts'

export const missingAwait: LintRule = {
  name: 'missing-await',
  check({ facts, evidence }) {
    return facts.accesses
      .filter((access) => access.notAwaited)
      .map((access) => ({
        message: `the client is still a promise: await it before \`${access.operation === 'rpc' ? 'rpc' : access.kind === 'auth' ? 'auth' : 'from'}\``,
        file: access.file,
        range: access.range,
        ...(access.names[0] === undefined ? {} : { table: access.names[0] }),
        operation: access.operation,
        evidence: evidence(access),
        identity: `${access.operation} ${access.names.join()}`,
      }))
  },
}
