import type { Module } from '../repo/module.ts'
import type { SuppressionFact } from './facts.ts'

const keyword = 'tenantize-ignore-next-line'

/** Comments `tenantize-ignore-next-line <rule>[, <rule>] -- <reason>` of a file. */
export function suppressionsOf(file: string, module: Module): SuppressionFact[] {
  return module.comments.flatMap((comment) => {
    const text = comment.text.trim()
    if (!text.startsWith(keyword)) return []
    const [rules = '', ...reason] = text.slice(keyword.length).split('--')
    const range = module.range(comment)
    const written = reason.join('--').trim()
    return [
      {
        file,
        range,
        line: range.end.line + 1,
        rules: rules.split(/[\s,]+/).filter(Boolean),
        ...(written ? { reason: written } : {}),
      },
    ]
  })
}
