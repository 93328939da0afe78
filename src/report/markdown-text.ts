/** Pieces of GitHub's Markdown, and how to stay under the length of one comment. */

/** GitHub takes 65,536 characters; the rest is for what a person adds. */
export const limit = 65_000

/** A message says what is wrong in a few words; more than this is compiler output or generated code. */
const longestText = 400

/** Text that may stand in a table: nothing in it breaks the row or becomes HTML; its code spans stay. */
export function text(value: string): string {
  const line = value.replace(/\s+/g, ' ').trim()
  const short =
    line.length > longestText ? `${line.slice(0, longestText).replace(/[\uD800-\uDBFF]$/, '')}…` : line
  return short
    .split(/(`[^`]+`)/)
    .map((part, i) => (i % 2 === 1 ? part.replaceAll('|', '\\|') : escaped(part)))
    .join('')
}

function escaped(value: string): string {
  return value
    .replace(/[|\\*_`[\]~]/g, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
}

/** A code span that may stand in a table, whatever backticks it holds. */
export function code(value: string): string {
  const line = value.replace(/\s+/g, ' ').replaceAll('|', '\\|')
  const ticks = '`'.repeat(longestRun(line) + 1)
  return ticks.length > 1 ? `${ticks} ${line} ${ticks}` : `${ticks}${line}${ticks}`
}

/** A fenced block of a diff. */
export function fenced(diff: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(diff) + 1))
  return `${fence}diff\n${diff.replaceAll('\r\n', '\n').trimEnd()}\n${fence}`
}

function longestRun(value: string): number {
  return Math.max(0, ...Array.from(value.matchAll(/`+/g), ([run]) => run.length))
}

export function html(value: string): string {
  return value.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
}

export function row(...cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

/** The heading rows of a table. A name that ends with `:` makes a column of numbers. */
export function heading(...names: readonly string[]): string[] {
  return [
    row(...names.map((name) => name.replace(/:$/, ''))),
    row(...names.map((name) => (name.endsWith(':') ? '---:' : '---'))),
  ]
}

/** What is left of the characters that a report may take. */
export class Budget {
  private left: number

  constructor(characters: number) {
    this.left = characters
  }

  /** Takes lines that have to be there. */
  spend(lines: readonly string[]): string[] {
    for (const line of lines) this.left -= line.length + 1
    return [...lines]
  }

  /**
   * Takes the entries that fit, in order.
   * @param note says how many were left out; there is always room for it
   */
  fit(entries: readonly string[], note: (count: number) => string): string[] {
    const all = entries.reduce((sum, entry) => sum + entry.length + 1, 0)
    if (all <= this.left) return this.spend(entries)
    const last = note(entries.length).length + 1
    const taken: string[] = []
    for (const entry of entries) {
      if (entry.length + 1 + last <= this.left) taken.push(...this.spend([entry]))
    }
    return [...taken, ...this.spend([note(entries.length - taken.length)])]
  }
}
