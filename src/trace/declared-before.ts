import { type Binding, enclosingFunction, isFunction, type Node } from '../repo/node.ts'

/** Whether a name holds its value at an offset: declared earlier, or in a function around. */
export function isDeclaredBefore(binding: Binding, at: Node, offset: number): boolean {
  if (binding.kind === 'parameter' || binding.kind === 'function' || binding.kind === 'import') return true
  if (binding.declaration.end <= offset)
    return binding.kind === 'const' || binding.writes.every((write) => write.end <= offset)
  const own = enclosingFunction(binding.declaration)
  const here = isFunction(at) ? at : enclosingFunction(at)
  return own !== here && binding.kind === 'const'
}
