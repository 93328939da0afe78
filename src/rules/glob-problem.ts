import { expandBraces } from './glob.ts'

/**
 * What makes a path glob one that can never match as it was meant.
 * @returns the reason in words, or undefined when there is none
 */
export function globProblem(glob: string): string | undefined {
  if (glob === '') return 'a glob must not be empty'
  if (/^(?:\/|[A-Za-z]:[\\/])/.test(glob))
    return `"${glob}" is absolute; globs are relative to the rules file's folder`
  if (/(?<!\\)(?:\\\\)*\\$/.test(glob)) return `"${glob}" ends with a backslash, which escapes nothing`
  if (/(?<!\\)(?:\\\\)*\\[A-Za-z0-9]/.test(glob))
    return `"${glob}" has a backslash where "/" was meant; a backslash escapes`
  const brace = unbalancedBrace(glob)
  if (brace) return `"${glob}" has ${brace}; a backslash makes a brace literal`
  let alternatives: string[]
  try {
    alternatives = expandBraces(glob)
  } catch (error) {
    if (error instanceof RangeError) return `"${glob}" stands for ${error.message}`
    throw error
  }
  for (const alternative of alternatives) {
    const segments = alternative.replace(/^\.\//, '').split('/')
    if (segments.includes('..')) return `"${glob}" leaves the rules file's folder with ".."`
    if (segments.includes('.')) return `"${glob}" has "." for a folder, which no path has`
    if (segments.at(-1) === '')
      return `"${glob}" ends with "/" and matches no file; everything below a folder is "**"`
    if (segments.includes(''))
      return segments[0] === ''
        ? `"${glob}" is absolute; globs are relative to the rules file's folder`
        : `"${glob}" has "//", which no path has`
  }
  return undefined
}

function unbalancedBrace(glob: string): string | undefined {
  let open = 0
  for (let i = 0; i < glob.length; i++) {
    if (glob[i] === '\\') i++
    else if (glob[i] === '{') open++
    else if (glob[i] === '}' && --open < 0) return '"}" without "{"'
  }
  return open > 0 ? '"{" without "}"' : undefined
}
