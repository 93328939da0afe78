import { specifiersOf } from '../repo/importers.ts'
import type { Module } from '../repo/module.ts'
import { type Binding, keyName, type Node, wrapped } from '../repo/node.ts'
import { nameOf } from './callers.ts'
import type { Program } from './program.ts'

/**
 * A file that the rules leave out and that uses a function: a test, a seed. Nobody changes its calls, so that the
 * function has to stay callable as it is.
 * @returns its path, relative to the root
 */
export function leftOutUser(program: Program, module: Module, fn: Node): string | undefined {
  const { leftOut } = program.repository
  if (leftOut.length === 0) return undefined
  const { binding, member } = declarationOf(fn)
  if (!binding) return undefined
  const names = [...module.exports].flatMap(([name, entry]) =>
    entry.kind === 'local' && (entry.node === binding.id || entry.node.binding === binding) ? [name] : [],
  )
  return names
    .flatMap((name) => leftOut.filter((file) => uses(program, file, module, binding, name, member)))
    .map((file) => program.repository.relative(file))
    .sort()[0]
}

/** Why such a function stays as it is. */
export function leftOutReason(label: string, user: string): string {
  return `\`${label}\` is used in ${user} too, which the rules leave out, so its calls there would stay as they are`
}

/** The module's name that leads to a function: its own, or that of the class or object whose member it is. */
function declarationOf(fn: Node): { binding?: Binding; member?: string } {
  const own = nameOf(fn)
  if (own) return { binding: own }
  const holder = wrapped(fn).parent
  const member = holder.key ? keyName(holder) : undefined
  if (member === undefined) return {}
  const owner = holder.type === 'Property' ? wrapped(holder.parent).parent : holder.parent.parent
  const id: Node | undefined = owner.id
  return { member, ...(id?.binding ? { binding: id.binding } : {}) }
}

/** Whether a file imports a name, through barrels too, and mentions it. */
function uses(
  program: Program,
  file: string,
  module: Module,
  binding: Binding,
  name: string,
  member: string | undefined,
): boolean {
  const text = program.repository.raw(file)
  const words = [...(name === 'default' ? [] : [name]), ...(member === undefined ? [] : [member])]
  if (!words.every((word) => mentions(text, word))) return false
  return [...specifiersOf(text)].some((specifier) => {
    const declared = program.names.imported(file, specifier, name)
    return (
      declared.kind === 'local' &&
      declared.module.file === module.file &&
      (declared.node.start === binding.id.start || declared.node.binding === binding)
    )
  })
}

function mentions(text: string, word: string): boolean {
  const isPart = (character: string | undefined) => character !== undefined && /[\w$]/.test(character)
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1))
    if (!isPart(text[at - 1]) && !isPart(text[at + word.length])) return true
  return false
}
