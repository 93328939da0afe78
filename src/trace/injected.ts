import type { Module } from '../repo/module.ts'
import { type Binding, type Node, unwrap, wrapped } from '../repo/node.ts'
import { type CallSite, subclassesOf } from './callers.ts'
import { fieldAssignments } from './class-members.ts'
import { classOfThis, constructorOf, ownMember } from './constructors.ts'
import { evaluate } from './evaluate.ts'
import type { Program } from './program.ts'
import { alternatives } from './values.ts'

/** A field that holds what a constructor is handed, and never anything else. */
export interface InjectedField {
  /** The module of the class that declares the field. */
  readonly module: Module
  /** The constructor's parameter. */
  readonly parameter: Binding
}

/**
 * The parameter of a constructor that `this.client` stands for, also in a class that inherits the field; undefined where
 * the field may hold something else.
 */
export function injectedField(program: Program, module: Module, receiver: Node): InjectedField | undefined {
  const name = ownMember(receiver)
  const cls = classOfThis(receiver)
  return name === undefined || !cls ? undefined : inClass(program, module, cls, name, 0)
}

function inClass(
  program: Program,
  module: Module,
  cls: Node,
  name: string,
  depth: number,
): InjectedField | undefined {
  for (const parameter of (constructorOf(cls)?.params ?? []) as Node[]) {
    const binding = bindingOf(parameter)
    if (binding && fieldOf(cls, binding) === name) return { module, parameter: binding }
  }
  if (!cls.superClass || depth > 8) return undefined
  const [base, ...others] = alternatives(evaluate(program, module, cls.superClass))
  return base?.kind === 'class' && others.length === 0
    ? inClass(program, base.module, base.node, name, depth + 1)
    : undefined
}

/** The name of the field that a parameter of a constructor fills, alone and once. */
export function fieldOf(cls: Node, parameter: Binding): string | undefined {
  const own = parameter.id.parent
  const isProperty = own.type === 'TSParameterProperty'
  const filled = parameter.references
    .map((reference) => wrapped(reference).parent)
    .find(
      (parent) =>
        parent.type === 'AssignmentExpression' &&
        parent.operator === '=' &&
        unwrap(parent.right).binding === parameter &&
        ownMember(parent.left) !== undefined,
    )
  const name = isProperty ? parameter.name : filled && ownMember(filled.left)
  if (name === undefined || parameter.writes.length > 0) return undefined
  const hasInitial = (cls.body.body as Node[]).some(
    (member) => member.type === 'PropertyDefinition' && member.key.name === name && member.value,
  )
  const others = fieldAssignments(cls, name).length - (isProperty ? 0 : 1)
  return hasInitial || others > 0 ? undefined : name
}

/** Every place that reads a field that a constructor fills, in its class and in those that extend it. */
export function readsOf(
  program: Program,
  module: Module,
  cls: Node,
  name: string,
): readonly CallSite[] | { readonly reason: string } {
  const family = heirsOf(program, module, cls)
  const refilled = family.find(({ node }) => node !== cls && fieldAssignments(node, name).length > 0)
  if (refilled) return { reason: `\`${refilled.node.id?.name}\` gives it another value` }
  const isIn = (member: Node) => family.some(({ node }) => classOfThis(member) === node)
  const found: CallSite[] = []
  for (const file of program.filesKnowing(module.file)) {
    if (!program.repository.raw(file).includes(name)) continue
    const other = program.repository.module(file)
    for (const member of other?.membersNamed(name) ?? []) {
      const isWrite = member.parent.type === 'AssignmentExpression' && member.parent.left === member
      if (!other || isWrite) continue
      if (ownMember(member) !== undefined && isIn(member)) found.push({ module: other, node: member })
      else if (isInstance(program, other, member, family))
        return {
          reason: `${program.repository.relative(file)}:${other.position(member.start).line} reads it`,
        }
    }
  }
  return found
}

function isInstance(
  program: Program,
  module: Module,
  member: Node,
  family: readonly { readonly node: Node }[],
): boolean {
  return alternatives(evaluate(program, module, member.object)).some(
    (value) => value.kind === 'instance' && family.some(({ node }) => node === value.node),
  )
}

/** A class and every class that extends it, at any distance. */
function heirsOf(
  program: Program,
  module: Module,
  cls: Node,
  seen: Set<Node> = new Set(),
): { readonly module: Module; readonly node: Node }[] {
  if (seen.has(cls)) return []
  seen.add(cls)
  const direct = subclassesOf(program, module, cls).filter(({ node }) => node !== cls)
  return [{ module, node: cls }, ...direct.flatMap((sub) => heirsOf(program, sub.module, sub.node, seen))]
}

function bindingOf(parameter: Node): Binding | undefined {
  const id = parameter.type === 'TSParameterProperty' ? parameter.parameter : parameter
  return id.type === 'Identifier' ? id.binding : undefined
}

/** The place of a parameter in its function; negative where it is a part of another one. */
export function indexOfParameter({ declaration, id }: Binding): number {
  return (declaration.params as Node[]).findIndex(
    (parameter) =>
      parameter === id || (parameter.type === 'TSParameterProperty' && parameter.parameter === id),
  )
}
