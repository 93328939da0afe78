import type { Node } from './node.ts'

/** Whether an identifier under this key of this node refers to (or declares) a name of the scope. */
export function isReferencePosition(node: Node, key: string): boolean {
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

/** Whether an identifier is given a value where it stands: the target of an assignment, of `++`, of a loop. */
export function isWrite(id: Node): boolean {
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
