/** The programmatic interface. */

export type { Dialect } from './dialects/dialect.ts'
export { dialects } from './dialects/index.ts'
export { lint } from './lint/lint.ts'
export type { Finding, LintResult } from './lint/result.ts'
export { migrate } from './migrate/migrate.ts'
export type { MigrateFile, MigrateResult, MigrateSite } from './migrate/result.ts'
export { Repository } from './repo/repository.ts'
export { createClassifier } from './rules/classify.ts'
export { loadRules } from './rules/load.ts'
export type { Rules } from './rules/model.ts'
export type { Facts } from './trace/facts.ts'
export { trace } from './trace/trace.ts'
