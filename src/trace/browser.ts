import type { Module } from '../repo/module.ts'
import { type Binding, type Node, walk } from '../repo/node.ts'
import { exportedUses, isTypePosition } from './callers.ts'
import type { Evidence } from './facts.ts'
import type { Program } from './program.ts'

/** A top-level statement: what a bundler takes or leaves as a whole. */
interface Statement {
  readonly module: Module
  readonly node: Node
}

/**
 * Which code is bundled for the browser: files with `'use client'`, components of a Next.js `pages` folder, and what
 * they import by value, through barrels. Asked backwards, from a place to the components that reach it, so that only
 * files on the way are parsed.
 */
export class BrowserCode {
  readonly #program: Program
  /** Whether a file may be reached from a component, as far as its text and the texts of its importers tell. */
  readonly #leads = new Map<string, boolean>()
  readonly #imports = new Map<string, readonly Evidence[] | undefined>()

  constructor(program: Program) {
    this.#program = program
  }

  /**
   * Why a place is browser code: the chain from its file up to the component that bundles it.
   * @returns undefined for code that only runs on the server
   */
  reasonFor(module: Module, node: Node): readonly Evidence[] | undefined {
    if (!this.#mayLead(module.file) || isServerOnly(module)) return undefined
    if (hasDirective(module, 'use client'))
      return [
        this.#evidence(module, directiveOf(module, 'use client')!, 'this file is bundled for the browser'),
      ]
    const statement = { module, node: topLevel(node) }
    const reason = this.#ofStatement(statement)
    if (reason || isPage(this.#program.repository.relative(module.file))) return reason
    // What only server code asks for is left out of the bundle; what nobody asks for by name stays with its module.
    const ofFile = this.#ofFile(module)
    return ofFile && this.#uses(statement, () => true).every((use) => use.module === module)
      ? ofFile
      : undefined
  }

  #mayLead(file: string): boolean {
    const known = this.#leads.get(file)
    if (known !== undefined) return known
    const { repository } = this.#program
    const seen = new Set([file])
    let leads = false
    for (const at of seen) {
      if (repository.mentions(at, 'use client') || isPage(repository.relative(at))) {
        leads = true
        break
      }
      for (const importer of repository.importersByName(at)) seen.add(importer)
    }
    if (leads) this.#leads.set(file, true)
    else for (const at of seen) this.#leads.set(at, false)
    return leads
  }

  /** Searches the statements that use a statement's names, up to a component. */
  #ofStatement(start: Statement): readonly Evidence[] | undefined {
    const { browser } = this.#program.memo(start.module)
    if (browser.has(start.node)) return browser.get(start.node)
    const steps = new Map<Node, { from?: Node; module: Module; at: Node }>([
      [start.node, { module: start.module, at: start.node }],
    ])
    let reason: Evidence[] | undefined
    for (const [node, { module }] of steps) {
      if (this.#isRoot(module, node)) {
        reason = this.#chain(steps, node)
        break
      }
      for (const use of this.#uses({ module, node }, (file) => this.#mayLead(file))) {
        const next = topLevel(use.node)
        if (!steps.has(next) && !isServerOnly(use.module))
          steps.set(next, { from: node, module: use.module, at: use.node })
      }
    }
    browser.set(start.node, reason)
    return reason
  }

  /** Every place that reads what a statement declares, in its own file and in those that `within` takes. */
  #uses({ module, node }: Statement, within: (file: string) => boolean): { module: Module; node: Node }[] {
    const found: { module: Module; node: Node }[] = []
    const own = namesOf(module, node)
    for (const binding of own)
      for (const reference of binding.references)
        if (!inside(reference, node) && !isTypePosition(reference)) found.push({ module, node: reference })
    for (const [name, entry] of module.exports) {
      if (
        entry.kind !== 'local' ||
        entry.typeOnly ||
        !(inside(entry.node, node) || own.some((binding) => binding === entry.node.binding))
      )
        continue
      found.push(
        ...exportedUses(this.#program, module, name, within).filter((use) => !isTypePosition(use.node)),
      )
    }
    return found
  }

  #isRoot(module: Module, statement: Node): boolean {
    if (hasDirective(module, 'use client')) return true
    if (!isPage(this.#program.repository.relative(module.file))) return false
    const component = module.exports.get('default')
    return (
      component?.kind === 'local' &&
      (inside(component.node, statement) ||
        (component.node.binding !== undefined && inside(component.node.binding.id, statement)))
    )
  }

  #chain(steps: ReadonlyMap<Node, { from?: Node; module: Module; at: Node }>, root: Node): Evidence[] {
    const last = steps.get(root)!
    const directive = directiveOf(last.module, 'use client')
    const found: Evidence[] = [
      this.#evidence(
        last.module,
        directive ?? root,
        directive ? 'this file is bundled for the browser' : 'this component is bundled for the browser',
      ),
    ]
    for (let at = last; at.from; at = steps.get(at.from)!)
      if (steps.get(at.from)!.module !== at.module) found.push(this.#evidence(at.module, at.at, 'used here'))
    return found.reverse()
  }

  /** Files that import a file by value, up to one with `'use client'`. */
  #ofFile(start: Module): readonly Evidence[] | undefined {
    if (this.#imports.has(start.file)) return this.#imports.get(start.file)
    const { repository } = this.#program
    const steps = new Map<string, { from?: string; evidence?: Evidence }>([[start.file, {}]])
    let reason: Evidence[] | undefined
    search: for (const [file] of steps) {
      for (const importer of repository.importersByName(file)) {
        if (steps.has(importer) || !this.#mayLead(importer) || isPage(repository.relative(importer))) continue
        const module = repository.module(importer)
        const at = module && !isServerOnly(module) ? importOf(this.#program, module, file) : undefined
        if (!module || !at) continue
        steps.set(importer, { from: file, evidence: this.#evidence(module, at, 'imported here') })
        const directive = directiveOf(module, 'use client')
        if (!directive) continue
        reason = [this.#evidence(module, directive, 'this file is bundled for the browser')]
        for (let step = steps.get(importer)!; step.evidence; step = steps.get(step.from!)!)
          reason.push(step.evidence)
        reason.reverse()
        break search
      }
    }
    this.#imports.set(start.file, reason)
    return reason
  }

  #evidence(module: Module, node: Node, message: string): Evidence {
    const { line, column } = module.position(node.start)
    return { file: this.#program.repository.relative(module.file), line, column, message }
  }
}

/** The statement of a file that imports or re-exports another file by value. */
function importOf(program: Program, module: Module, file: string): Node | undefined {
  const is = (source: Node | null | undefined) =>
    typeof source?.value === 'string' && program.repository.resolve(module.file, source.value) === file
  for (const statement of module.program.body as Node[]) {
    if (
      !['ImportDeclaration', 'ExportNamedDeclaration', 'ExportAllDeclaration'].includes(statement.type) ||
      !is(statement.source)
    )
      continue
    if (statement.importKind === 'type' || statement.exportKind === 'type') continue
    const names: Node[] = statement.specifiers ?? []
    if (
      names.length > 0 &&
      names.every((name) => name.importKind === 'type' || name.exportKind === 'type' || isOnlyType(name))
    )
      continue
    return statement
  }
  if (!/\b(?:import|require)\s*\(/.test(module.text)) return undefined
  let found: Node | undefined
  walk(module.program, (node) => {
    if (node.type === 'ImportExpression' && is(node.source)) found ??= node
    if (node.type === 'CallExpression' && node.callee.name === 'require' && is(node.arguments[0]))
      found ??= node
  })
  return found
}

/** An imported name that is only read where a type stands; one that nobody reads is dropped by the compiler too. */
function isOnlyType(specifier: Node): boolean {
  const binding: Binding | undefined = specifier.local?.binding
  return (
    specifier.type !== 'ExportSpecifier' &&
    binding !== undefined &&
    binding.references.every((reference) => isTypePosition(reference))
  )
}

function hasDirective(module: Module, directive: string): boolean {
  return directiveOf(module, directive) !== undefined
}

function directiveOf(module: Module, directive: string): Node | undefined {
  return (module.program.body as Node[]).find((statement) => statement.directive === directive)
}

/** Server actions are called from the browser by name; `server-only` makes the build fail when a bundle takes the file in. */
function isServerOnly(module: Module): boolean {
  return (
    hasDirective(module, 'use server') ||
    (module.program.body as Node[]).some(
      (statement) => statement.type === 'ImportDeclaration' && statement.source.value === 'server-only',
    )
  )
}

/** A file of the pages router whose default export is a component. */
function isPage(file: string): boolean {
  return /^(?:(?:apps|packages)\/[^/]+\/)?(?:src\/)?pages\/(?!api\/|_document\.)/.test(file)
}

function topLevel(node: Node): Node {
  let at = node
  while (at.parent && at.parent.type !== 'Program') at = at.parent
  return at
}

function namesOf(module: Module, statement: Node): Binding[] {
  return [...module.scope.bindings.values()].filter((binding) => inside(binding.id, statement))
}

function inside(node: Node, outer: Node): boolean {
  return outer.start <= node.start && node.end <= outer.end
}
