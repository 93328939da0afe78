/**
 * Path globs as Next.js paths need them: `(dashboard)` and `[id]` are names of folders, never syntax. A compiler of
 * our own, because in every glob library they are syntax, as are `!` and `+(…)`.
 *
 *   *      any characters but /                     ?      one character but /
 *   **     as a whole segment: any depth, also none; at the end: everything below
 *   {a,b}  either, nested too, slashes allowed      \x     x itself
 *
 * Letter case counts. A name that begins with a dot is matched like any other. A leading `./` says nothing.
 */

/** How many globs the braces of one may stand for. */
const mostAlternatives = 1000

/**
 * Compiles a glob.
 * @param glob see above; a brace without a partner is literal
 * @returns whether a path (relative, with `/`) matches
 * @throws RangeError when the braces stand for more than 1000 globs
 */
export function compileGlob(glob: string): (path: string) => boolean {
  const sources = expandBraces(glob).map((item) => source(segments(item)))
  const pattern = new RegExp(`^(?:${sources.join('|')})$`, 'su')
  return (path) => pattern.test(path)
}

/** Compiles a list of globs: whether a path matches one of them. */
export function compileGlobs(globs: readonly string[]): (path: string) => boolean {
  const matchers = globs.map(compileGlob)
  return (path) => matchers.some((matches) => matches(path))
}

/** The globs without braces that a glob stands for; escapes are kept. */
export function expandBraces(glob: string): string[] {
  const group = firstGroup(glob)
  if (!group) return [glob]
  const tails = expandBraces(glob.slice(group.end + 1))
  const heads = group.parts.flatMap(expandBraces)
  if (heads.length * tails.length > mostAlternatives)
    throw new RangeError(`more than ${mostAlternatives} alternatives`)
  const before = glob.slice(0, group.start)
  return heads.flatMap((head) => tails.map((tail) => before + head + tail))
}

/** The first `{…}` that closes, with what stands between its commas. */
function firstGroup(glob: string): { start: number; end: number; parts: string[] } | undefined {
  for (let start = 0; start < glob.length; start++) {
    if (glob[start] === '\\') start++
    else if (glob[start] === '{') {
      const group = groupAt(glob, start)
      if (group) return group
    }
  }
  return undefined
}

function groupAt(glob: string, start: number): { start: number; end: number; parts: string[] } | undefined {
  const parts: string[] = []
  let depth = 0
  let from = start + 1
  for (let i = start; i < glob.length; i++) {
    const char = glob[i]
    if (char === '\\') i++
    else if (char === '{') depth++
    else if (char === ',' && depth === 1) {
      parts.push(glob.slice(from, i))
      from = i + 1
    } else if (char === '}' && --depth === 0) return { start, end: i, parts: [...parts, glob.slice(from, i)] }
  }
  return undefined
}

/** The segments of a glob without braces: `**`, or the source of a regular expression. */
function segments(glob: string): string[] {
  const found: string[] = []
  let raw = ''
  let regex = ''
  const close = () => {
    found.push(raw === '**' ? '**' : regex)
    raw = regex = ''
  }
  const chars = [...(glob.startsWith('./') ? glob.slice(2) : glob)]
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i]!
    if (char === '/') close()
    else if (char === '\\' && i + 1 < chars.length) {
      raw += char + chars[i + 1]
      regex += literal(chars[++i]!)
    } else {
      // Two stars inside a segment mean one; a run of them would only make the search slow.
      if (char === '*') regex += raw.endsWith('*') && !raw.endsWith('\\*') ? '' : '[^/]*'
      else regex += char === '?' ? '[^/]' : literal(char)
      raw += char
    }
  }
  close()
  return found
}

function source(parts: readonly string[]): string {
  return parts
    .map((part, i) => {
      const last = i === parts.length - 1
      if (part !== '**') return last ? part : `${part}/`
      if (last) return '.*'
      return parts[i + 1] === '**' ? '' : '(?:.*/)?'
    })
    .join('')
}

function literal(char: string): string {
  return /[\^$\\.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char
}
