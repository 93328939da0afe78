/** What must hold for every rewritten text, looked at without the parts of the program that made it. */
import { parseSync } from 'oxc-parser'
import { Module } from '../../src/repo/module.ts'
import type { Binding } from '../../src/repo/node.ts'
import { type Node, walk } from '../../src/repo/node.ts'

export interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** The text with its edits, put together from the pieces between them; undefined when two of them overlap. */
export function spliced(text: string, edits: readonly Edit[]): string | undefined {
  const ordered = [...edits].sort((a, b) => a.start - b.start || a.end - b.end)
  let result = ''
  let at = 0
  for (const edit of ordered) {
    if (edit.start < at) return undefined
    result += text.slice(at, edit.start) + edit.text
    at = edit.end
  }
  return result + text.slice(at)
}

/** Errors of the parser, in words. */
export function syntaxErrors(file: string, text: string): string[] {
  return parseSync(file, text).errors.map((error) => error.message)
}

/** What a rewrite may never do to the layout of a file; empty when all is well. */
export function layoutProblems(before: string, after: string): string[] {
  const problems: string[] = []
  const count = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0
  if (
    before.startsWith('\uFEFF') !== after.startsWith('\uFEFF') ||
    count(after, /\uFEFF/g) !== count(before, /\uFEFF/g)
  )
    problems.push('the byte order mark changed')
  const isCrlf = before.includes('\r\n')
  if (isCrlf && count(before, /(?<!\r)\n/g) === 0 && count(after, /(?<!\r)\n/g) > 0)
    problems.push('a line of a CRLF file ends in LF')
  if (!isCrlf && after.includes('\r')) problems.push('a line of a LF file ends in CRLF')
  if (/\n$/.test(before) !== /\n$/.test(after)) problems.push('the end of the last line changed')
  if (/[ \t]\r?$/m.test(after) && !/[ \t]\r?$/m.test(before))
    problems.push('white space at the end of a line')
  if (/^(?:\uFEFF)?(?:[ \t]*\r?\n)/.test(after) && !/^(?:\uFEFF)?(?:[ \t]*\r?\n)/.test(before))
    problems.push('an empty first line')
  if (firstLines(before) !== firstLines(after)) problems.push('what stands above the first import moved')
  return problems
}

/** Comments and directives at the top. */
function firstLines(text: string): string {
  return text.slice(0, text.search(/^(?:import|const|export)\b/m)).trim()
}

/** What a rewrite may never do to the names of a file; empty when all is well. */
export function nameProblems(file: string, before: string, after: string): string[] {
  const [old, now] = [Module.parse(file, before), Module.parse(file, after)]
  if (!(old instanceof Module) || !(now instanceof Module)) return ['it can not be parsed']
  const problems: string[] = []
  for (const name of undeclared(now))
    if (!undeclared(old).has(name)) problems.push(`\`${name}\` is declared nowhere`)
  for (const name of unusedImports(now))
    if (!unusedImports(old).has(name)) problems.push(`the import of \`${name}\` is not used`)
  const [sources, sourcesBefore] = [importSources(now), importSources(old)]
  for (const [source, count] of sources)
    if (count > Math.max(1, sourcesBefore.get(source) ?? 0))
      problems.push(`${source} is imported ${count} times`)
  return problems
}

/** Names that are read and that neither the file nor JavaScript declares. */
function undeclared(module: Module): Set<string> {
  const found = new Set<string>()
  walk(module.program, (node) => {
    if (node.type === 'Identifier' && !node.binding && !isLabel(node) && !(node.name in globalThis))
      found.add(node.name)
  })
  return found
}

/** Identifiers that name no value: members, keys, types. */
function isLabel(node: Node): boolean {
  const parent: Node | undefined = node.parent
  // The binder links nothing to the name that a specifier asks another module for.
  if (!parent) return true
  if (parent.type === 'MemberExpression') return parent.property === node && !parent.computed
  if (parent.type === 'Property' || /(?:Definition|Signature)$/.test(parent.type))
    return parent.key === node && !parent.computed
  return parent.type.startsWith('TS') || /Specifier$/.test(parent.type) || parent.type === 'MetaProperty'
}

function unusedImports(module: Module): Set<string> {
  const isUnused = (binding: Binding) =>
    binding.kind === 'import' && binding.references.length === 0 && binding.typeReferences === 0
  const exported = new Set(
    [...module.exports.values()].flatMap((entry) =>
      entry.kind === 'local' && entry.node.name ? [entry.node.name as string] : [],
    ),
  )
  return new Set(
    [...module.scope.bindings.values()]
      .filter((binding) => isUnused(binding) && !exported.has(binding.name))
      .map((binding) => binding.name),
  )
}

/** How often a module is imported for values, and how often for types. */
function importSources(module: Module): Map<string, number> {
  const counts = new Map<string, number>()
  for (const node of module.program.body as Node[]) {
    if (node.type !== 'ImportDeclaration') continue
    const key = `${node.importKind === 'type' ? 'type of ' : ''}${node.source.value}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return counts
}
