import { importName } from '../../repo/importers.ts'
import type { Module } from '../../repo/module.ts'
import { type Node, walk } from '../../repo/node.ts'
import { packageSpecifier } from '../../repo/specifier.ts'
import { packageOf } from '../names.ts'
import type { Program } from '../program.ts'
import { escaped } from './escaped.ts'

interface Origin {
  readonly module: Module
  readonly node: Node
}

/**
 * Where clients begin: what the rules name, and what the packages of the libraries export to make one.
 * @param files those whose text `originPattern` matches
 */
export function origins(program: Program, files: readonly string[]): Origin[] {
  return [...ofRules(program), ...ofPackages(program, files)]
}

/** Matches the text of every file that may import what makes clients. */
export function originPattern(program: Program): RegExp {
  const { labels, names, packages, planned } = makersOf(program)
  const sources = [...new Set([...labels].map((label) => label.slice(0, label.indexOf('#')))), ...packages]
  const alternatives = [
    ...(sources.length > 0 ? [`['"\`/:](?:${sources.map(escaped).join('|')})['"\`/@]`] : []),
    ...(names.size + planned.size > 0
      ? [`(?<![\\w$])(?:${[...names, ...planned].map(escaped).join('|')})(?![\\w$])`]
      : []),
  ]
  return new RegExp(alternatives.join('|') || '(?!)')
}

function ofRules(program: Program): Origin[] {
  return program.clients.flatMap(({ value }) =>
    value.places.flatMap((place): Origin[] =>
      place.kind === 'local' ? [{ module: place.module, node: place.node.binding?.id ?? place.node }] : [],
    ),
  )
}

/** Imports of what makes clients, by the package and the name. */
function ofPackages(program: Program, files: readonly string[]): Origin[] {
  const { repository } = program
  const makers = makersOf(program)
  const found: Origin[] = []
  for (const file of files) {
    const module = repository.module(file)
    if (!module) continue
    for (const binding of module.scope.bindings.values()) {
      if (binding.kind !== 'import' || binding.declaration.parent?.type !== 'ImportDeclaration') continue
      const declared = program.names.ofImport(module, binding)
      const isMaker =
        declared.kind === 'external'
          ? makes(makers, declared.module, declared.name)
          : declared.kind === 'missing' &&
            program.entryFor(declared, { module, node: binding.id }) !== undefined
      if (isMaker) found.push({ module, node: binding.id })
    }
    const isWhole = (source: unknown) =>
      typeof source === 'string' &&
      (makes(makers, packageSpecifier(source), '*') ||
        program.names.imported(file, source, '*').kind === 'missing')
    for (const call of module.calls)
      if (call.callee.name === 'require' && isWhole(call.arguments[0]?.value))
        found.push({ module, node: call })
    for (const name of makers.names)
      for (const node of module.membersNamed(name)) found.push({ module, node })
    walk(module.program, (node) => {
      if (node.type === 'ImportExpression' && isWhole(node.source.value)) found.push({ module, node })
      return undefined
    })
  }
  return found
}

/** What makes clients: exports by `module#name`, names of any package, and packages that the rules name. */
interface Makers {
  readonly labels: ReadonlySet<string>
  readonly names: ReadonlySet<string>
  readonly packages: ReadonlySet<string>
  /** A word of every import of what is only planned. */
  readonly planned: ReadonlySet<string>
}

function makersOf(program: Program): Makers {
  const labels = new Set<string>()
  const names = new Set<string>()
  const packages = new Set<string>()
  for (const { constructors, ambient = [] } of program.dialects)
    for (const label of [...constructors, ...ambient]) {
      if (label.startsWith('*#')) names.add(label.slice(2))
      // `default.Pool` is a member of what is imported.
      else labels.add(label.replace(/\..*$/, ''))
    }
  const planned = new Set<string>()
  for (const { entry, value } of program.clients)
    for (const place of value.places) {
      if (place.kind === 'external') packages.add(packageOf(place.module))
      if (place.kind === 'missing') planned.add(importName(entry.name.module))
    }
  return { labels, names, packages, planned }
}

/** Whether an import may be what makes clients; a namespace and a default import may hold it. */
function makes({ labels, names, packages }: Makers, source: string, name: string): boolean {
  if (names.has(name) || packages.has(packageOf(source))) return true
  if (name === '*' || name === 'default') return [...labels].some((label) => label.startsWith(`${source}#`))
  return labels.has(`${source}#${name}`) || labels.has(`${source}#*`)
}
