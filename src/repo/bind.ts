import { visitorKeys } from 'oxc-parser'
import { type Binding, type BindingKind, isFunction, type Node, type Scope } from './node.ts'
import { isReferencePosition, isWrite } from './references.ts'

/** Node types whose identifiers stand for types; a reference below them counts as a type reference. */
const typeContainers = new Set([
  'TSTypeAnnotation',
  'TSTypeParameterInstantiation',
  'TSTypeAliasDeclaration',
  'TSInterfaceDeclaration',
  'TSTypeQuery',
  'TSTypeParameterDeclaration',
  'TSClassImplements',
  'TSInterfaceHeritage',
])

/**
 * Adds to every node its parent, to every scope its names, and to every identifier what it names.
 * @param unresolved collects the names that are read and declared nowhere
 * @param calls collects the call expressions, in source order of their starts as the tree is walked
 * @param tags collects the tagged templates
 * @param demands collects `import(…)` and `require(…)`
 * @returns the module's scope
 */
export function bind(
  program: Node,
  unresolved?: Set<string>,
  calls?: Node[],
  tags?: Node[],
  demands?: Node[],
): Scope {
  const root: Scope = { kind: 'module', node: program, bindings: nothing }
  program.scope = root
  const used = new Uses()
  /** How many targets of assignments the walk is in: outside of them nothing is written. */
  let targets = 0

  const visit = (node: Node, parent: Node | undefined, outer: Scope, inType: boolean): void => {
    if (parent) node.parent = parent
    const type = node.type
    let scope = outer
    // The commonest nodes say what is below them; for the others the keys are looked up.
    switch (type) {
      case 'Identifier':
        used.add(node, scope, inType, targets > 0 && isWrite(node))
        beside(node, scope)
        return
      case 'Literal':
        return
      case 'Property':
        if (node.computed) visit(node.key, node, scope, inType)
        else link(node.key, node, scope, inType)
        visit(node.value, node, scope, inType)
        return
      case 'MemberExpression':
        visit(node.object, node, scope, inType)
        if (node.computed) visit(node.property, node, scope, inType)
        else link(node.property, node, scope, inType)
        return
      case 'CallExpression':
        calls?.push(node)
        if (node.callee.type === 'Identifier' && node.callee.name === 'require') demands?.push(node)
        visit(node.callee, node, scope, inType)
        if (node.typeArguments) visit(node.typeArguments, node, scope, inType)
        visitAll(node.arguments, node, scope, inType)
        return
      case 'ObjectExpression':
        visitAll(node.properties, node, scope, inType)
        return
      case 'ExpressionStatement':
      case 'ChainExpression':
        visit(node.expression, node, scope, inType)
        return
      case 'ReturnStatement':
      case 'AwaitExpression':
        if (node.argument) visit(node.argument, node, scope, inType)
        return
      case 'VariableDeclarator':
        visit(node.id, node, scope, inType)
        if (node.init) visit(node.init, node, scope, inType)
        return
      case 'IfStatement':
      case 'ConditionalExpression':
        visit(node.test, node, scope, inType)
        visit(node.consequent, node, scope, inType)
        if (node.alternate) visit(node.alternate, node, scope, inType)
        return
      case 'BinaryExpression':
      case 'LogicalExpression':
        visit(node.left, node, scope, inType)
        visit(node.right, node, scope, inType)
        return
      case 'AssignmentExpression':
        targets++
        visit(node.left, node, scope, inType)
        targets--
        visit(node.right, node, scope, inType)
        return
      case 'UpdateExpression':
        targets++
        visit(node.argument, node, scope, inType)
        targets--
        return
      case 'JSXIdentifier':
        if (isComponent(node, parent)) used.add(node, scope, false, false)
        return
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
      case 'TSDeclareFunction':
      case 'TSEmptyBodyFunctionExpression': {
        if (node.id && type !== 'FunctionExpression') declare(outer, node.id, 'function', node)
        scope = open('function', node, outer)
        if (node.id) {
          node.id.parent = node
          if (type === 'FunctionExpression') declare(scope, node.id, 'function', node)
        }
        for (const parameter of node.params) {
          const pattern = parameter.type === 'TSParameterProperty' ? parameter.parameter : parameter
          declarePattern(scope, pattern, 'parameter', node)
        }
        break
      }
      case 'ClassDeclaration':
      case 'ClassExpression':
        if (node.id && type === 'ClassDeclaration') declare(outer, node.id, 'class', node)
        scope = open('class', node, outer)
        if (node.id) {
          node.id.parent = node
          if (type === 'ClassExpression') declare(scope, node.id, 'class', node)
        }
        break
      case 'BlockStatement':
        visitAll(node.body, node, isFunction(parent) ? scope : open('block', node, outer), inType)
        return
      case 'ForInStatement':
      case 'ForOfStatement':
        scope = open('block', node, outer)
        targets++
        visit(node.left, node, scope, inType)
        targets--
        visit(node.right, node, scope, inType)
        visit(node.body, node, scope, inType)
        return
      case 'StaticBlock':
      case 'ForStatement':
      case 'SwitchStatement':
        scope = open('block', node, outer)
        break
      case 'CatchClause':
        scope = open('block', node, outer)
        if (node.param) declarePattern(scope, node.param, 'catch', node)
        break
      case 'ImportExpression':
        demands?.push(node)
        break
      case 'TaggedTemplateExpression':
        tags?.push(node)
        break
      case 'VariableDeclaration': {
        const kind: BindingKind = node.kind === 'var' ? 'var' : node.kind === 'let' ? 'let' : 'const'
        const owner = kind === 'var' ? functionScope(outer) : outer
        for (const declarator of node.declarations) declarePattern(owner, declarator.id, kind, declarator)
        visitAll(node.declarations, node, scope, inType)
        return
      }
      case 'ImportDeclaration':
        for (const specifier of node.specifiers) {
          specifier.parent = node
          specifier.local.parent = specifier
          declare(outer, specifier.local, 'import', specifier)
        }
        return
      case 'TSImportEqualsDeclaration':
        declare(outer, node.id, 'import', node)
        node.id.parent = node
        if (node.moduleReference.type !== 'TSExternalModuleReference')
          visit(node.moduleReference, node, outer, false)
        return
      case 'TSEnumDeclaration':
        declare(outer, node.id, 'enum', node)
        node.id.parent = node
        break
      case 'TSModuleDeclaration':
        if (node.id.type === 'Identifier') {
          // `declare global { … }` adds to the platform, and names nothing of the module.
          if (node.kind !== 'global') declare(outer, node.id, 'namespace', node)
          node.id.parent = node
        }
        scope = open('block', node, outer)
        break
      case 'TSTypeAliasDeclaration':
      case 'TSInterfaceDeclaration':
        declare(outer, node.id, 'type', node)
        node.id.parent = node
        scope = open('type', node, outer)
        break
    }
    const typed = inType || typeContainers.has(type)
    const keys = visitorKeys[type] ?? []
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index]!
      const value = node[key]
      if (!value) continue
      const isReference = isReferencePosition(node, key)
      if (Array.isArray(value)) (isReference ? visitAll : linkAll)(value, node, scope, typed)
      else (isReference ? visit : link)(value, node, scope, typed)
    }
  }

  // (Loops that count: a run is over before V8 has optimised those that would make an iterator and its results.)
  const visitAll = (nodes: readonly (Node | null)[], parent: Node, scope: Scope, inType: boolean): void => {
    for (let index = 0; index < nodes.length; index++) {
      const node = nodes[index]
      if (node) visit(node, parent, scope, inType)
    }
  }

  /** What a name may carry: the type of a variable, the decorators of a parameter. */
  const beside = (id: Node, scope: Scope): void => {
    if (id.typeAnnotation) visit(id.typeAnnotation, id, scope, true)
    if (id.decorators?.length > 0) for (const decorator of id.decorators) visit(decorator, id, scope, false)
  }

  /** A name of a member, a key or a label is no reference. */
  const link = (child: Node, node: Node, scope: Scope, inType: boolean): void => {
    if (child.type !== 'Identifier') visit(child, node, scope, inType)
    else {
      child.parent = node
      beside(child, scope)
    }
  }

  const linkAll = (children: readonly (Node | null)[], node: Node, scope: Scope, inType: boolean): void => {
    for (const child of children) if (child) link(child, node, scope, inType)
  }

  visit(program, undefined, root, false)
  used.resolve(unresolved)
  return root
}

/** Identifiers that name something, until all declarations are known. */
class Uses {
  readonly #ids: Node[] = []
  readonly #scopes: Scope[] = []
  readonly #inType: boolean[] = []
  readonly #writes: boolean[] = []

  add(id: Node, scope: Scope, inType: boolean, writes: boolean): void {
    this.#ids.push(id)
    this.#scopes.push(scope)
    this.#inType.push(inType)
    this.#writes.push(writes)
  }

  /** Tells each what it names, and each declaration who names it. */
  resolve(unresolved: Set<string> | undefined): void {
    for (let index = 0; index < this.#ids.length; index++) {
      const id = this.#ids[index]!
      if (id.binding) continue
      const binding = find(this.#scopes[index], id.name)
      if (!binding) unresolved?.add(id.name)
      if (!binding || binding.id === id) continue
      id.binding = binding
      binding.references.push(id)
      if (this.#inType[index]) binding.typeReferences++
      if (this.#writes[index]) binding.writes.push(id)
    }
  }
}

/** Whether an identifier of JSX begins the name of an element. */
function isComponent(node: Node, parent: Node | undefined): boolean {
  return (
    parent !== undefined &&
    (parent.type === 'JSXOpeningElement' ||
      parent.type === 'JSXClosingElement' ||
      parent.type === 'JSXMemberExpression') &&
    parent.property !== node
  )
}

/** The binding that a name means in a scope. */
export function find(scope: Scope | undefined, name: string): Binding | undefined {
  for (let at = scope; at; at = at.parent) {
    const binding = at.bindings.get(name)
    if (binding) return binding
  }
  return undefined
}

/** The innermost scope that a node stands in. */
export function scopeOf(node: Node): Scope {
  for (let at: Node | undefined = node; at; at = at.parent) if (at.scope) return at.scope
  throw new Error('a node outside of a bound program')
}

/** What most blocks declare. */
const nothing: ReadonlyMap<string, Binding> = new Map()

function open(kind: Scope['kind'], node: Node, parent: Scope): Scope {
  const scope: Scope = { kind, node, parent, bindings: nothing }
  node.scope = scope
  return scope
}

function functionScope(scope: Scope): Scope {
  let at = scope
  while (at.kind !== 'function' && at.node.type !== 'TSModuleDeclaration' && at.parent) at = at.parent
  return at
}

function declare(scope: Scope, id: Node, kind: BindingKind, declaration: Node): void {
  const known = scope.bindings.get(id.name)
  // Overloads, `var` twice, a type and a value of one name: the first value declaration stands.
  if (known && known.kind !== 'type' && declaration.type !== 'FunctionDeclaration') {
    id.binding = known
    return
  }
  const binding: Binding = {
    name: id.name,
    kind,
    scope,
    id,
    declaration,
    references: known?.references ?? [],
    writes: [],
    typeReferences: known?.typeReferences ?? 0,
  }
  id.binding = binding
  if (scope.bindings === nothing) scope.bindings = new Map()
  ;(scope.bindings as Map<string, Binding>).set(id.name, binding)
}

function declarePattern(scope: Scope, pattern: Node, kind: BindingKind, declaration: Node): void {
  switch (pattern.type) {
    case 'Identifier':
      declare(scope, pattern, kind, declaration)
      break
    case 'AssignmentPattern':
      declarePattern(scope, pattern.left, kind, declaration)
      break
    case 'RestElement':
      declarePattern(scope, pattern.argument, kind, declaration)
      break
    case 'ArrayPattern':
      for (const element of pattern.elements) if (element) declarePattern(scope, element, kind, declaration)
      break
    case 'ObjectPattern':
      for (const property of pattern.properties)
        declarePattern(
          scope,
          property.type === 'RestElement' ? property.argument : property.value,
          kind,
          declaration,
        )
      break
  }
}
