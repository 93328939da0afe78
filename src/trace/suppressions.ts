import type { Module } from '../repo/module.ts'
import { readSuppression } from '../repo/suppression.ts'
import type { SuppressionFact } from './facts.ts'

/** Comments `tenantize-ignore-next-line <rule>[, <rule>] -- <reason>` of a file. */
export function suppressionsOf(file: string, module: Module): SuppressionFact[] {
  return module.comments.flatMap((comment) => {
    const suppression = readSuppression(comment.text)
    if (!suppression) return []
    const range = module.range(comment)
    return [{ file, range, line: range.end.line + 1, ...suppression }]
  })
}
