import { visitorKeys } from 'oxc-parser'
import { type Binding, type BindingKind, isFunction, type Node, type Scope } from './node.ts'

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
  const root: Scope = { kind: 'module', node: program, bindings: new Map() }
  program.scope = root
  const pending: { id: Node; scope: Scope; type: boolean; write: boolean }[] = []

  const visit = (node: Node, parent: Node | undefined, outer: Scope, inType: boolean): void => {
    if (parent) node.parent = parent
    const type = node.type
    let scope = outer
    switch (type) {
      case 'Identifier':
        pending.push({ id: node, scope, type: inType, write: isWrite(node) })
        beside(node, scope)
        return
      case 'JSXIdentifier':
        if (
          parent &&
          (parent.type === 'JSXOpeningElement' ||
            parent.type === 'JSXClosingElement' ||
            parent.type === 'JSXMemberExpression') &&
          parent.property !== node
        )
          pending.push({ id: node, scope, type: false, write: false })
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
      case 'StaticBlock':
        if (!isFunction(parent)) scope = open('block', node, outer)
        break
      case 'ForStatement':
      case 'ForInStatement':
      case 'ForOfStatement':
      case 'SwitchStatement':
        scope = open('block', node, outer)
        break
      case 'CatchClause':
        scope = open('block', node, outer)
        if (node.param) declarePattern(scope, node.param, 'catch', node)
        break
      case 'CallExpression':
        calls?.push(node)
        if (node.callee.type === 'Identifier' && node.callee.name === 'require') demands?.push(node)
        break
      case 'ImportExpression':
        demands?.push(node)
        break
      case 'TaggedTemplateExpression':
        tags?.push(node)
        break
      case 'VariableDeclaration':
        for (const declarator of node.declarations) {
          const kind: BindingKind = node.kind === 'var' ? 'var' : node.kind === 'let' ? 'let' : 'const'
          declarePattern(kind === 'var' ? functionScope(outer) : outer, declarator.id, kind, declarator)
        }
        break
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
    for (const key of visitorKeys[type] ?? []) {
      const value = node[key]
      if (!value) continue
      if (Array.isArray(value)) {
        for (const child of value) if (child) step(child, node, key, scope, typed)
      } else step(value, node, key, scope, typed)
    }
  }

  /** What a name may carry: the type of a variable, the decorators of a parameter. */
  const beside = (id: Node, scope: Scope): void => {
    if (id.typeAnnotation) visit(id.typeAnnotation, id, scope, true)
    if (id.decorators?.length > 0) for (const decorator of id.decorators) visit(decorator, id, scope, false)
  }

  /** Skips identifiers that are names of members, keys and labels and not references. */
  const step = (child: Node, node: Node, key: string, scope: Scope, typed: boolean): void => {
    if (child.type === 'Identifier' && !isReferencePosition(node, key)) {
      child.parent = node
      beside(child, scope)
      return
    }
    visit(child, node, scope, typed)
  }

  visit(program, undefined, root, false)
  for (const { id, scope, type, write } of pending) {
    if (id.binding) continue
    const binding = find(scope, id.name)
    if (!binding) unresolved?.add(id.name)
    if (!binding || binding.id === id) continue
    id.binding = binding
    binding.references.push(id)
    if (type) binding.typeReferences++
    if (write) binding.writes.push(id)
  }
  return root
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

function open(kind: Scope['kind'], node: Node, parent: Scope): Scope {
  const scope: Scope = { kind, node, parent, bindings: new Map() }
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
  scope.bindings.set(id.name, binding)
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

/** Whether an identifier under this key of this node refers to (or declares) a name of the scope. */
function isReferencePosition(node: Node, key: string): boolean {
  switch (node.type) {
    case 'MemberExpression':
      return key === 'object' || node.computed
    case 'Property':
    case 'MethodDefinition':
    case 'PropertyDefinition':
    case 'AccessorProperty':
    case 'TSAbstractMethodDefinition':
    case 'TSAbstractPropertyDefinition':
    case 'TSPropertySignature':
    case 'TSMethodSignature':
      return key !== 'key' || node.computed
    case 'ExportSpecifier':
      return key === 'local' && !node.parent?.source
    case 'LabeledStatement':
    case 'BreakStatement':
    case 'ContinueStatement':
      return key !== 'label'
    case 'TSQualifiedName':
      return key === 'left'
    case 'TSEnumMember':
      return key !== 'id'
    case 'TSEnumDeclaration':
    case 'TSTypeAliasDeclaration':
    case 'TSInterfaceDeclaration':
    case 'TSModuleDeclaration':
    case 'FunctionDeclaration':
    case 'TSDeclareFunction':
    case 'ClassDeclaration':
    case 'ClassExpression':
    case 'FunctionExpression':
      return key !== 'id'
    case 'TSFunctionType':
    case 'TSConstructorType':
    case 'TSCallSignatureDeclaration':
    case 'TSIndexSignature':
      return key !== 'params' && key !== 'parameters'
    case 'TSTypePredicate':
      return key !== 'parameterName'
    case 'TSNamedTupleMember':
      return key !== 'label'
    case 'TSTypeParameter':
      return key !== 'name'
    case 'MetaProperty':
    case 'TSNamespaceExportDeclaration':
    case 'ExportAllDeclaration':
    case 'ImportAttribute':
      return false
    default:
      return true
  }
}

function isWrite(id: Node): boolean {
  let at = id
  let parent = id.parent
  while (parent) {
    switch (parent.type) {
      case 'AssignmentExpression':
        return parent.left === at
      case 'UpdateExpression':
        return true
      case 'ForOfStatement':
      case 'ForInStatement':
        return parent.left === at
      case 'AssignmentPattern':
        if (parent.left !== at) return false
        break
      case 'Property':
        if (parent.value !== at || parent.parent?.type !== 'ObjectPattern') return false
        break
      case 'ArrayPattern':
      case 'ObjectPattern':
      case 'RestElement':
        break
      default:
        return false
    }
    at = parent
    parent = parent.parent
  }
  return false
}
