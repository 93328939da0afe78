const keyword = 'tenantize-ignore-next-line'

/**
 * Reads `tenantize-ignore-next-line <rule>[, <rule>] -- <reason>`.
 * @param words the comment without its marks
 * @returns undefined for any other comment
 */
export function readSuppression(words: string): { rules: string[]; reason?: string } | undefined {
  const text = words.trim()
  if (!text.startsWith(keyword)) return undefined
  const [rules = '', ...reason] = text.slice(keyword.length).split('--')
  const written = reason.join('--').trim()
  return { rules: rules.split(/[\s,]+/).filter(Boolean), ...(written ? { reason: written } : {}) }
}
