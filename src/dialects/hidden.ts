import { isBuiltin } from 'node:module'
import type { Module } from '../repo/module.ts'
import { memberName, type Node, unwrap } from '../repo/node.ts'
import type { Repository } from '../repo/repository.ts'
import type { Candidate, Dialect } from './dialect.ts'
import { isOtherLibrary } from './others.ts'

/**
 * Libraries that no file of the code base names although it uses them: a package of the team's own, whose code is not
 * here, makes the clients and hides whose they are (`import { db } from '@acme/database'`). They are known by a query
 * that can be nobody else's, on something that comes from outside of the code base.
 * @param files those that hold a text of `anyShape`
 * @returns those of these dialects that are used in this way
 */
export function hiddenIn(
  repository: Repository,
  dialects: readonly Dialect[],
  files: readonly string[],
): ReadonlySet<Dialect> {
  const found = new Set<Dialect>()
  for (const dialect of dialects) {
    const { shape } = dialect
    if (!shape) continue
    const isUsed = files.some((file) => {
      if (!shape.test(repository.raw(file))) return false
      const module = repository.module(file)
      return module !== undefined && hasQuery(repository, dialect, module)
    })
    if (isUsed) found.add(dialect)
  }
  return found
}

/** Matches what the shape of any of these dialects matches; undefined when none has one. */
export function anyShape(dialects: readonly Dialect[]): RegExp | undefined {
  const shapes = dialects.flatMap(({ shape }) => shape ?? [])
  return shapes.length === 0 ? undefined : new RegExp(shapes.map(({ source }) => source).join('|'), 'i')
}

function hasQuery(repository: Repository, dialect: Dialect, module: Module): boolean {
  return [...module.calls, ...module.tags].some((call) =>
    [dialect.recognise(call) ?? []]
      .flat()
      .some(
        (candidate: Candidate) =>
          dialect.shape!.test(module.text.slice(candidate.receiver.start, call.end + 40)) &&
          isFromOutside(repository, module, candidate.receiver, 0),
      ),
  )
}

/** Whether an expression starts from something that is declared outside of the files that are looked at. */
function isFromOutside(repository: Repository, module: Module, expression: Node, depth: number): boolean {
  const again = (node: Node) => depth < 8 && isFromOutside(repository, module, node, depth + 1)
  const node = unwrap(expression)
  switch (node.type) {
    case 'MemberExpression':
      return unwrap(node.object).type === 'ThisExpression'
        ? isInjectedFromOutside(repository, module, node)
        : again(node.object)
    case 'CallExpression':
      return unwrap(node.callee).name === 'require'
        ? isOutside(repository, module, node.arguments[0]?.value)
        : again(node.callee)
    case 'NewExpression':
      return again(node.callee)
    case 'AwaitExpression':
      return again(node.argument)
    case 'ImportExpression':
      return isOutside(repository, module, node.source.value)
    case 'Identifier': {
      const declaration: Node | undefined = node.binding?.declaration
      if (!declaration) return false
      if (node.binding!.kind === 'import')
        return isOutside(
          repository,
          module,
          (declaration.parent.source ?? declaration.moduleReference?.expression)?.value,
        )
      if (declaration.type === 'VariableDeclarator') return declaration.init ? again(declaration.init) : false
      return node.binding!.kind === 'parameter' && isTypeFromOutside(repository, module, node.binding!.id)
    }
    default:
      return false
  }
}

/** `this.db`, where the constructor or a field says `db: Database`. */
function isInjectedFromOutside(repository: Repository, module: Module, member: Node): boolean {
  let at: Node | undefined = member.parent
  while (at && at.type !== 'ClassBody') at = at.parent
  const name = memberName(member)
  return ((at?.body ?? []) as Node[]).some((entry) => {
    if (entry.type === 'PropertyDefinition')
      return entry.key.name === name && isTypeFromOutside(repository, module, entry)
    return (
      entry.type === 'MethodDefinition' &&
      entry.kind === 'constructor' &&
      (entry.value.params as Node[]).some(
        (parameter) =>
          parameter.type === 'TSParameterProperty' &&
          parameter.parameter.name === name &&
          isTypeFromOutside(repository, module, parameter.parameter),
      )
    )
  })
}

function isTypeFromOutside(repository: Repository, module: Module, declared: Node): boolean {
  let type: Node | undefined = declared.typeAnnotation?.typeAnnotation
  if (type?.type === 'TSTypeQuery') type = { ...type, typeName: type.exprName } as Node
  const name: Node | undefined = type?.typeName
  const declaration = name?.binding?.kind === 'import' ? name.binding.declaration : undefined
  return declaration !== undefined && isOutside(repository, module, declaration.parent.source?.value)
}

function isOutside(repository: Repository, module: Module, specifier: unknown): boolean {
  if (typeof specifier !== 'string' || isBuiltin(specifier) || isOtherLibrary(specifier)) return false
  const file = repository.resolve(module.file, specifier)
  return file === undefined || !repository.includes(file)
}
