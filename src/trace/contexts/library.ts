import type { Module } from '../../repo/module.ts'
import { type Binding, type Node, unwrap } from '../../repo/node.ts'
import { returnedExpressions } from '../calls.ts'
import type { Place, Program } from '../program.ts'

/** A name of a package: `{ module: 'hono', name: 'Hono' }`. */
export interface PackageName {
  readonly module: string
  readonly name: string
}

/**
 * The name of a package that a chain of calls and members starts with, through constants and functions of the program:
 * `app.basePath('/x').get` where `const app = new Hono()` starts with `hono#Hono`. A parameter counts by its type.
 */
export function packageRoot(
  program: Program,
  module: Module,
  expression: Node,
  depth = 0,
): PackageName | undefined {
  if (depth > 8) return undefined
  let at = unwrap(expression)
  for (;;) {
    if (at.type === 'MemberExpression') {
      const declared = program.declaredOf(module, at)
      if (declared?.kind === 'external') return declared
      at = unwrap(at.object)
    } else if (at.type === 'CallExpression' || at.type === 'NewExpression') at = unwrap(at.callee)
    else if (at.type === 'AwaitExpression') at = unwrap(at.argument)
    else break
  }
  if (at.type !== 'Identifier' || !at.binding) return undefined
  const declared = program.declaredOf(module, at)
  if (declared?.kind === 'external') return declared
  const binding: Binding | undefined =
    declared?.kind === 'local' ? declared.node.binding : declared ? undefined : at.binding
  if (!binding) return undefined
  const home = declared?.kind === 'local' ? declared.module : module
  const declaration = binding.declaration
  if (binding.kind === 'parameter') return typeName(program, home, binding.id.typeAnnotation?.typeAnnotation)
  const annotated = typeName(program, home, binding.id.typeAnnotation?.typeAnnotation)
  if (annotated) return annotated
  if (declaration.type === 'VariableDeclarator' && declaration.init) {
    const init = unwrap(declaration.init)
    if (/Function/.test(init.type)) return rootOfResults(program, { module: home, node: init }, depth)
    return packageRoot(program, home, init, depth + 1)
  }
  return /Function/.test(declaration.type)
    ? rootOfResults(program, { module: home, node: declaration }, depth)
    : undefined
}

function rootOfResults(program: Program, fn: Place, depth: number): PackageName | undefined {
  for (const result of returnedExpressions(fn.node)) {
    const found = packageRoot(program, fn.module, result, depth + 1)
    if (found) return found
  }
  return undefined
}

/** The package's name that a type annotation names, through aliases of the program. */
export function typeName(
  program: Program,
  module: Module,
  type: Node | undefined,
  depth = 0,
): PackageName | undefined {
  if (type?.type !== 'TSTypeReference' || depth > 4) return undefined
  const { typeName: name } = type
  if (name.type === 'TSQualifiedName') {
    // `express.Request`
    const left = name.left.type === 'Identifier' ? name.left.binding : undefined
    const declared = left?.kind === 'import' ? program.names.ofImport(module, left) : undefined
    return declared?.kind === 'external' ? { module: declared.module, name: name.right.name } : undefined
  }
  const binding: Binding | undefined = name.binding
  if (!binding) return undefined
  if (binding.kind === 'import') {
    const declared = program.names.ofImport(module, binding)
    if (declared.kind === 'external') return declared
    if (declared.kind === 'missing')
      return { module: binding.declaration.parent.source.value, name: declared.name }
    return declared.kind === 'local'
      ? ofAlias(program, declared.module, declared.node.binding, depth)
      : undefined
  }
  return ofAlias(program, module, binding, depth)
}

function ofAlias(
  program: Program,
  module: Module,
  binding: Binding | undefined,
  depth: number,
): PackageName | undefined {
  const declaration = binding?.declaration
  if (declaration?.type === 'TSTypeAliasDeclaration')
    return typeName(program, module, declaration.typeAnnotation, depth + 1)
  if (declaration?.type === 'TSInterfaceDeclaration')
    for (const base of declaration.extends ?? []) {
      const found = typeName(
        program,
        module,
        { type: 'TSTypeReference', typeName: base.expression } as unknown as Node,
        depth + 1,
      )
      if (found) return found
    }
  return undefined
}
