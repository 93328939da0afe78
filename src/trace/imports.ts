import { dirname, relative, sep } from 'node:path'
import type { Module } from '../repo/module.ts'
import { type Binding, keyName, type Node } from '../repo/node.ts'
import type { ExportName } from '../rules/model.ts'
import type { SourceEdit } from './asynchrony.ts'
import { dropDeclaration, removedItem, specifierEdits } from './import-specifiers.ts'
import { declarationText, importStyle, written } from './import-style.ts'
import type { Declared, NamedValue } from './names.ts'
import type { Program } from './program.ts'

/** Collects the names that a file needs from other modules and those it needs no longer. */
export class ImportPlan {
  readonly #program: Program
  readonly #module: Module
  readonly #added: {
    key: string
    specifier: string
    name: string
    local: string
    preferred: Node | undefined
  }[] = []
  readonly #gone = new Set<Node>()
  /** Names that the new text reads. */
  readonly #needed = new Set<Binding>()

  constructor(program: Program, module: Module) {
    this.#program = program
    this.#module = module
  }

  /** Says that a reference will be gone from the text. */
  remove(reference: Node): void {
    this.#gone.add(reference)
  }

  /** True when nothing but what is removed refers to a name. */
  isFree(binding: Binding): boolean {
    return !this.#needed.has(binding) && binding.references.every((reference) => this.#gone.has(reference))
  }

  /** Local names of the imports that are added. */
  get locals(): ReadonlySet<string> {
    return new Set(this.#added.map((item) => item.local))
  }

  /**
   * The local name of an exported value, imported if it isn't yet.
   * @param value the rules' name, resolved
   * @param readable whether a name of the module can be read where the text will stand: nothing hides it there
   */
  use(name: ExportName, value: NamedValue, readable: (local: string) => boolean = () => true): string {
    const module = this.#module
    for (const binding of module.scope.bindings.values()) {
      if (!readable(binding.name)) continue
      if (
        binding.kind !== 'import' ||
        binding.declaration.parent?.type !== 'ImportDeclaration' ||
        isTypeOnly(binding.declaration)
      ) {
        if (binding.kind !== 'import' && value.matches({ kind: 'local', module, node: binding.id, hops: [] }))
          return binding.name
        continue
      }
      const declared = this.#program.names.ofImport(module, binding)
      if (matches(value, declared)) {
        this.#needed.add(binding)
        return binding.name
      }
      if (
        binding.declaration.type === 'ImportNamespaceSpecifier' &&
        declared.kind === 'namespace' &&
        matches(value, this.#program.names.exported(declared.file, name.export))
      ) {
        this.#needed.add(binding)
        return `${binding.name}.${name.export}`
      }
    }
    const key = `${name.module}#${name.export}`
    const known = this.#added.find((item) => item.key === key && readable(item.local))
    if (known) return known.local
    const required = this.#fromRequire(name, value, readable)
    if (required !== undefined) return required
    const preferred = this.#declarations().find((declaration) => {
      if (
        declaration.importKind === 'type' ||
        declaration.specifiers.some((specifier: Node) => specifier.type === 'ImportNamespaceSpecifier') ||
        name.export === 'default'
      )
        return false
      return matches(value, this.#program.names.imported(module.file, declaration.source.value, name.export))
    })
    const specifier = preferred ? preferred.source.value : this.#specifier(name, value)
    const wanted =
      name.export === 'default' ? name.module.split('/').pop()!.replace(/\W/g, '') || 'client' : name.export
    const local = this.#freshTopLevel(wanted, readable)
    this.#added.push({ key, specifier, name: name.export, local, preferred })
    return local
  }

  edits(): SourceEdit[] {
    const edits: SourceEdit[] = []
    const style = importStyle(this.#module)
    const pending = [...this.#added]
    const fresh: string[] = []
    let emptied: Node | undefined
    for (const declaration of this.#declarations()) {
      const added = pending.filter((item) => item.preferred === declaration)
      for (const item of added) pending.splice(pending.indexOf(item), 1)
      const removed = declaration.specifiers.filter((specifier: Node) => this.#isRemoved(specifier))
      if (added.length === 0 && removed.length === 0) continue
      if (removed.length === declaration.specifiers.length && added.length === 0) {
        emptied ??= declaration
        edits.push(...dropDeclaration(this.#module, declaration))
      } else edits.push(...specifierEdits(this.#module, declaration, removed, added.map(written)))
    }
    edits.push(...this.#requireEdits())
    for (const { pattern } of this.#requires())
      for (const item of pending.filter((one) => one.preferred === pattern))
        pending.splice(pending.indexOf(item), 1)
    const bySource = new Map<string, typeof pending>()
    for (const item of pending) bySource.set(item.specifier, [...(bySource.get(item.specifier) ?? []), item])
    for (const [specifier, items] of bySource)
      fresh.push(declarationText(specifier, items, style, this.#isCommonJs()))
    if (fresh.length === 0) return edits
    if (emptied) {
      // The new import takes the place of the one that is gone.
      const whole = edits.find((edit) => edit.start <= emptied!.start && edit.end >= emptied!.end)!
      edits.splice(edits.indexOf(whole), 1, {
        module: this.#module,
        start: emptied.start,
        end: emptied.end,
        text: fresh.join(style.newline),
      })
      return edits
    }
    const last = this.#declarations().at(-1) ?? this.#lastRequire()
    if (last)
      edits.push({
        module: this.#module,
        start: last.end,
        end: last.end,
        text: fresh.map((line) => style.newline + line).join(''),
      })
    else {
      const first = this.#module.program.body.find((statement: Node) => !statement.directive)
      const at = first?.start ?? this.#module.text.length
      edits.push({
        module: this.#module,
        start: at,
        end: at,
        text: fresh.map((line) => line + style.newline).join('') + style.newline,
      })
    }
    return edits
  }

  /** `const { a } = require('./db')` takes the name in, in place of one that goes. */
  #fromRequire(
    name: ExportName,
    value: NamedValue,
    readable: (local: string) => boolean,
  ): string | undefined {
    const module = this.#module
    for (const { pattern, source } of this.#requires()) {
      if (!matches(value, this.#program.names.imported(module.file, source, name.export))) continue
      const present = pattern.properties.find(
        (property: Node) =>
          property.type === 'Property' &&
          keyName(property) === name.export &&
          property.value.type === 'Identifier',
      )
      if (present && readable(present.value.name)) {
        this.#needed.add(present.value.binding)
        return present.value.name
      }
      if (pattern.properties.length === 0) continue
      const local = this.#freshTopLevel(name.export, readable)
      this.#added.push({
        key: `${name.module}#${name.export}`,
        specifier: source,
        name: name.export,
        local,
        preferred: pattern,
      })
      return local
    }
    return undefined
  }

  /** Object patterns that take names out of a `require`. */
  #requires(): { pattern: Node; source: string }[] {
    return this.#module.program.body.flatMap((statement: Node) => {
      if (statement.type !== 'VariableDeclaration') return []
      return statement.declarations.flatMap(({ id, init }: Node) => {
        const source =
          init?.type === 'CallExpression' && init.callee.name === 'require'
            ? init.arguments[0]?.value
            : undefined
        return id.type === 'ObjectPattern' && typeof source === 'string' ? [{ pattern: id, source }] : []
      })
    })
  }

  #requireEdits(): SourceEdit[] {
    const module = this.#module
    return this.#requires().flatMap(({ pattern }) => {
      const added = this.#added
        .filter((item) => item.preferred === pattern)
        .map((item) => (item.name === item.local ? item.name : `${item.name}: ${item.local}`))
      const removed = pattern.properties.filter(
        (property: Node) =>
          property.type === 'Property' &&
          property.value.type === 'Identifier' &&
          property.value.binding.references.some((reference: Node) => this.#gone.has(reference)) &&
          this.isFree(property.value.binding),
      )
      if (added.length === 0 || removed.length === 0) {
        const last = pattern.properties.at(-1)
        return added.length > 0
          ? [{ module, start: last.end, end: last.end, text: added.map((text) => `, ${text}`).join('') }]
          : []
      }
      const [first, ...others] = removed as Node[]
      return [
        { module, start: first!.start, end: first!.end, text: added.join(', ') },
        ...others.map((property) => removedItem(module, pattern.properties, property)),
      ]
    })
  }

  #declarations(): Node[] {
    return this.#module.program.body.filter((statement: Node) => statement.type === 'ImportDeclaration')
  }

  #lastRequire(): Node | undefined {
    return this.#module.program.body
      .filter(
        (statement: Node) =>
          statement.type === 'VariableDeclaration' &&
          statement.declarations[0].init?.type === 'CallExpression' &&
          statement.declarations[0].init.callee.name === 'require',
      )
      .at(-1)
  }

  #isCommonJs(): boolean {
    return this.#declarations().length === 0 && this.#lastRequire() !== undefined
  }

  #isRemoved(specifier: Node): boolean {
    const binding: Binding | undefined = specifier.local.binding
    return (
      binding !== undefined &&
      binding.references.length > 0 &&
      binding.references.some((reference) => this.#gone.has(reference)) &&
      this.isFree(binding) &&
      !this.#isReexported(binding)
    )
  }

  #isReexported(binding: Binding): boolean {
    return this.#module.program.body.some(
      (statement: Node) =>
        statement.type === 'ExportNamedDeclaration' &&
        !statement.source &&
        statement.specifiers.some((specifier: Node) => specifier.local.name === binding.name),
    )
  }

  /** The specifier of the rules where it means the same file from here; a relative path otherwise. */
  #specifier(name: ExportName, value: NamedValue): string {
    const module = this.#module
    const place = value.places.find((item) => item.kind === 'local' || item.kind === 'missing')
    const file =
      place?.kind === 'local' ? place.module.file : place?.kind === 'missing' ? place.file : undefined
    if (!name.module.startsWith('.')) {
      const resolved = this.#program.repository.resolve(module.file, name.module)
      if (!file || (resolved !== undefined && !this.#isRelativeBeside(file))) return name.module
    }
    if (!file) return name.module
    const path = relative(dirname(module.file), file).split(sep).join('/')
    const bare = path.replace(/\.[mc]?[jt]sx?$/, '').replace(/\/index$/, '')
    const withExtension = this.#declarations().find(
      (item) => item.source.value.startsWith('.') && /\.[mc]?[jt]s$/.test(item.source.value),
    )
    const extension = withExtension ? `.${withExtension.source.value.split('.').pop()}` : ''
    return `${bare.startsWith('.') ? '' : './'}${extension ? path.replace(/\.[mc]?[jt]sx?$/, '') + extension : bare}`
  }

  /** Whether the file names its neighbours by relative paths alone, and a file of its own package is to be imported. */
  #isRelativeBeside(file: string): boolean {
    const { repository } = this.#program
    const own = this.#module.file
    if (repository.packageOf(file) !== repository.packageOf(own)) return false
    const sources = [
      ...this.#declarations().map((declaration) => String(declaration.source.value)),
      ...this.#requires().map(({ source }) => source),
    ].filter((source) => repository.resolve(own, source) !== undefined)
    return sources.length > 0 && sources.every((source) => source.startsWith('.'))
  }

  #freshTopLevel(wanted: string, readable: (local: string) => boolean): string {
    const taken = (name: string) => {
      const binding = this.#module.scope.bindings.get(name)
      return (
        !readable(name) ||
        this.#added.some((item) => item.local === name) ||
        (binding !== undefined && !(this.#gone.size > 0 && binding.kind === 'import' && this.isFree(binding)))
      )
    }
    if (!taken(wanted)) return wanted
    for (let suffix = 2; ; suffix++) if (!taken(`${wanted}${suffix}`)) return `${wanted}${suffix}`
  }
}

function matches(value: NamedValue, declared: Declared): boolean {
  return (
    value.matches(declared) ||
    (declared.kind === 'external' && value.matchesExternal(declared.module, declared.name))
  )
}

function isTypeOnly(specifier: Node): boolean {
  return specifier.importKind === 'type' || specifier.parent.importKind === 'type'
}
