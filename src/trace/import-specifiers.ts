import type { Module } from '../repo/module.ts'
import type { Node } from '../repo/node.ts'
import type { SourceEdit } from './asynchrony.ts'
import { importStyle } from './import-style.ts'

/** The edits that take names out of an import declaration and put others in. */
export function specifierEdits(
  module: Module,
  declaration: Node,
  removed: Node[],
  added: string[],
): SourceEdit[] {
  const edits: SourceEdit[] = []
  const named = declaration.specifiers.filter((specifier: Node) => specifier.type === 'ImportSpecifier')
  const keep = (specifier: Node) => !removed.includes(specifier)
  const queue = [...added]
  // A name that goes makes room for one that comes.
  const replaced = new Set<Node>()
  for (const specifier of removed) {
    if (specifier.type !== 'ImportSpecifier' || queue.length === 0) continue
    edits.push({ module, start: specifier.start, end: specifier.end, text: queue.shift()! })
    replaced.add(specifier)
  }
  const dropped = removed.filter(
    (specifier) => !replaced.has(specifier) && specifier.type === 'ImportSpecifier',
  )
  if (
    dropped.length > 0 &&
    named.every((specifier: Node) => dropped.includes(specifier)) &&
    declaration.specifiers.some(
      (specifier: Node) => specifier.type === 'ImportDefaultSpecifier' && keep(specifier),
    )
  ) {
    // `import a, { b } from` loses its braces.
    const defaultEnd = declaration.specifiers[0].end
    const brace = module.text.lastIndexOf('}', declaration.source.start)
    edits.push({
      module,
      start: defaultEnd,
      end: brace + 1,
      text: queue.length > 0 ? `, { ${queue.splice(0).join(', ')} }` : '',
    })
  } else {
    for (const specifier of dropped) {
      const index = named.indexOf(specifier)
      const next = named[index + 1]
      const previous = named[index - 1]
      if (next) edits.push({ module, start: specifier.start, end: next.start, text: '' })
      else if (previous && !dropped.includes(previous))
        edits.push({ module, start: previous.end, end: specifier.end, text: '' })
      else edits.push({ module, start: specifier.start, end: specifier.end, text: '' })
    }
    const last = named.filter((specifier: Node) => !dropped.includes(specifier)).at(-1)
    if (queue.length > 0 && last)
      edits.push({
        module,
        start: last.end,
        end: last.end,
        text: queue.map((text) => separator(module, named, last) + text).join(''),
      })
    else if (queue.length > 0) {
      const only = declaration.specifiers[0]
      edits.push({ module, start: only.end, end: only.end, text: `, { ${queue.join(', ')} }` })
    }
  }
  const defaultGone = removed.find((specifier) => specifier.type === 'ImportDefaultSpecifier')
  if (defaultGone && named.some(keep))
    edits.push({
      module,
      start: defaultGone.start,
      end: module.text.indexOf('{', defaultGone.end),
      text: '',
    })
  return edits
}

/** Takes a whole declaration out, with its line. */
export function dropDeclaration(module: Module, declaration: Node): SourceEdit[] {
  const { text } = module
  let end = declaration.end
  if (text.startsWith('\r\n', end)) end += 2
  else if (text[end] === '\n') end += 1
  return [{ module: module, start: declaration.start, end, text: '' }]
}

/** What stands between a list's last name and a new one: a comma, and a new line where every name has its own. */
function separator(module: Module, named: readonly Node[], last: Node): string {
  const { text } = module
  const lineStart = text.lastIndexOf('\n', last.start) + 1
  const indent = text.slice(lineStart, last.start)
  const ownLine = /^[ \t]+$/.test(indent) && named[0]!.start >= lineStart === (named.length === 1)
  return ownLine ? `,${importStyle(module).newline}${indent}` : ', '
}

/** Takes an item out of a list with the comma that belongs to it. */
export function removedItem(module: Module, list: readonly Node[], item: Node): SourceEdit {
  const index = list.indexOf(item)
  const next = list[index + 1]
  return next
    ? { module, start: item.start, end: next.start, text: '' }
    : { module, start: list[index - 1]!.end, end: item.end, text: '' }
}
