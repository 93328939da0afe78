import { bind } from './bind.ts'
import { keyName, memberName, type Node, type Scope, unwrap, walk } from './node.ts'
import { parse } from './parse.ts'
import { lineStarts, type Position, positionAt, type Range } from './text.ts'

export interface Comment {
  readonly kind: 'line' | 'block'
  readonly text: string
  readonly start: number
  readonly end: number
}

/** What stands behind an exported name. */
export type Export =
  /** A value of this module: an identifier, a declaration or an expression. */
  | { readonly kind: 'local'; readonly node: Node; readonly typeOnly: boolean }
  /** `export { name as … } from source`, or an import that is exported again. */
  | { readonly kind: 'again'; readonly source: string; readonly name: string; readonly typeOnly: boolean }
  /** `export * as name from source`. */
  | { readonly kind: 'namespace'; readonly source: string }

export interface SyntaxProblem {
  readonly message: string
  readonly offset: number
}

/** A parsed file. */
export class Module {
  readonly file: string
  readonly text: string
  readonly program: Node
  readonly scope: Scope
  readonly comments: readonly Comment[]
  /** Every call expression. */
  readonly calls: readonly Node[]
  /** Every tagged template. */
  readonly tags: readonly Node[]
  /** Every `import(…)` and `require(…)`. */
  readonly demands: readonly Node[]
  readonly exports = new Map<string, Export>()
  /** Sources of `export * from …`. */
  readonly stars: string[] = []
  readonly #starts: () => number[]
  #members: Map<string, Node[]> | undefined

  private constructor(file: string, text: string, program: Node, comments: readonly Comment[]) {
    this.file = file
    this.text = text
    this.program = program
    this.comments = comments
    const calls: Node[] = []
    const tags: Node[] = []
    const demands: Node[] = []
    this.scope = bind(program, undefined, calls, tags, demands)
    this.calls = calls
    this.tags = tags
    this.demands = demands
    let starts: number[] | undefined
    this.#starts = () => (starts ??= lineStarts(text))
    for (const statement of program.body as Node[]) this.#readExports(statement)
  }

  /**
   * Parses a file.
   * @param file absolute path; its extension chooses the language
   * @returns the module, or the first syntax problem
   */
  static parse(file: string, text: string): Module | SyntaxProblem {
    // .js files of web projects hold JSX more often than not; a file that is plain JavaScript parses the same.
    const lang = /\.[mc]?js$/.test(file) ? 'jsx' : undefined
    const result = parse(file, text, lang ? { lang } : {})
    const fatal = result.errors.find((error) => error.severity === 'Error')
    const program = result.program as unknown as Node
    // Semantic complaints (a parameter with `?` and a default) leave a whole tree; a syntax error leaves none.
    if (fatal && program.body.length === 0)
      return { message: fatal.message, offset: fatal.labels[0]?.start ?? 0 }
    const comments = result.comments.map(
      (comment): Comment => ({
        kind: comment.type === 'Line' ? 'line' : 'block',
        text: comment.value,
        start: comment.start,
        end: comment.end,
      }),
    )
    return new Module(file, text, program, comments)
  }

  position(offset: number): Position {
    return positionAt(this.#starts(), offset)
  }

  range(node: { readonly start: number; readonly end: number }): Range {
    return { start: this.position(node.start), end: this.position(node.end) }
  }

  /** Member expressions with a name: `x.name`, `x['name']`. */
  membersNamed(name: string): readonly Node[] {
    this.#members ??= membersByName(this.program)
    return this.#members.get(name) ?? []
  }

  #readExports(statement: Node): void {
    switch (statement.type) {
      case 'ExportNamedDeclaration': {
        const typeOnly = statement.exportKind === 'type'
        if (statement.source) {
          for (const specifier of statement.specifiers) {
            this.exports.set(nameOf(specifier.exported), {
              kind: 'again',
              source: statement.source.value,
              name: nameOf(specifier.local),
              typeOnly: typeOnly || specifier.exportKind === 'type',
            })
          }
        } else if (statement.declaration) {
          for (const id of declaredIds(statement.declaration))
            this.exports.set(id.name, { kind: 'local', node: id, typeOnly })
        } else {
          for (const specifier of statement.specifiers)
            this.exports.set(
              nameOf(specifier.exported),
              this.#local(specifier.local, typeOnly || specifier.exportKind === 'type'),
            )
        }
        break
      }
      case 'ExportDefaultDeclaration': {
        const value = statement.declaration
        this.exports.set(
          'default',
          this.#local(value.type !== 'Identifier' && value.id ? value.id : value, false),
        )
        break
      }
      case 'ExportAllDeclaration':
        if (statement.exported)
          this.exports.set(nameOf(statement.exported), { kind: 'namespace', source: statement.source.value })
        else if (statement.exportKind !== 'type') this.stars.push(statement.source.value)
        break
      case 'TSExportAssignment':
        this.exports.set('default', this.#local(statement.expression, false))
        break
      case 'ExpressionStatement':
        this.#readCommonJs(unwrap(statement.expression))
        break
    }
  }

  /** `module.exports = …`, `module.exports.a = …`, `exports.a = …` */
  #readCommonJs(expression: Node): void {
    if (expression.type !== 'AssignmentExpression' || expression.left.type !== 'MemberExpression') return
    const { object, property } = expression.left
    const isExports = (node: Node) =>
      (node.type === 'Identifier' && node.name === 'exports') ||
      (node.type === 'MemberExpression' && node.object.name === 'module' && node.property.name === 'exports')
    if (isExports(expression.left)) {
      const value = unwrap(expression.right)
      this.exports.set('default', this.#local(value, false))
      if (value.type === 'ObjectExpression') {
        for (const entry of value.properties) {
          const name = entry.type === 'Property' ? keyName(entry) : undefined
          if (name) this.exports.set(name, this.#local(entry.value, false))
        }
      }
    } else if (isExports(object) && property.type === 'Identifier')
      this.exports.set(property.name, this.#local(expression.right, false))
  }

  /** A local value; an imported name that is exported again is followed to its source. */
  #local(node: Node, typeOnly: boolean): Export {
    if (node.type === 'Identifier') {
      const binding = this.scope.bindings.get(node.name)
      const declaration = binding?.declaration
      if (binding?.kind === 'import' && declaration?.parent?.type === 'ImportDeclaration') {
        const source = declaration.parent.source.value
        if (declaration.type === 'ImportNamespaceSpecifier') return { kind: 'namespace', source }
        return {
          kind: 'again',
          source,
          name: importedName(declaration),
          typeOnly: typeOnly || declaration.parent.importKind === 'type',
        }
      }
    }
    return { kind: 'local', node, typeOnly }
  }
}

/** Whether `require` of a module gives one value, which it sets `module.exports` to, and no names. */
export function isOneValue(module: Module): boolean {
  const whole = module.exports.get('default')
  return (
    whole?.kind === 'local' &&
    whole.node.type !== 'ObjectExpression' &&
    module.program.body.every((statement: Node) => !/^(?:Import|Export)/.test(statement.type))
  )
}

/** The exported name that an import specifier takes: `default` for default imports. */
export function importedName(specifier: Node): string {
  return specifier.type === 'ImportDefaultSpecifier' ? 'default' : nameOf(specifier.imported)
}

function nameOf(node: Node): string {
  return node.type === 'Literal' ? node.value : node.name
}

function declaredIds(declaration: Node): Node[] {
  if (declaration.type !== 'VariableDeclaration') return declaration.id ? [declaration.id] : []
  const ids: Node[] = []
  const collect = (pattern: Node | null): void => {
    if (!pattern) return
    if (pattern.type === 'Identifier') ids.push(pattern)
    else if (pattern.type === 'AssignmentPattern') collect(pattern.left)
    else if (pattern.type === 'RestElement') collect(pattern.argument)
    else if (pattern.type === 'ArrayPattern') pattern.elements.forEach(collect)
    else if (pattern.type === 'ObjectPattern')
      for (const property of pattern.properties)
        collect(property.type === 'RestElement' ? property.argument : property.value)
  }
  for (const declarator of declaration.declarations) collect(declarator.id)
  return ids
}

function membersByName(program: Node): Map<string, Node[]> {
  const index = new Map<string, Node[]>()
  walk(program, (node) => {
    const name = node.type === 'MemberExpression' ? memberName(node) : undefined
    if (name === undefined) return
    const list = index.get(name)
    if (list) list.push(node)
    else index.set(name, [node])
  })
  return index
}
