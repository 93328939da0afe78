import type { Program } from './program.ts'

/**
 * The files that may hold an access, a client or a suppression, found by searching their text; sorted.
 * Names under which clients are exported again are searched for too, so that a barrel that renames hides nothing.
 */
export function relevantFiles(program: Program): readonly string[] {
  let files = known.get(program)
  if (!files) known.set(program, (files = search(program)))
  return files
}

const known = new WeakMap<Program, readonly string[]>()

function search(program: Program): readonly string[] {
  const { repository } = program
  const hints = program.dialects.map((dialect) => dialect.hint)
  const words = [...clientWords(program), 'tenantize-ignore']
  const found = repository.containing(words, hints)
  // The first look at all files is what tells who exports the clients again; a new name takes a second one.
  const aliases = clientAliases(program).filter((alias) => !words.includes(alias))
  return aliases.length > 0 ? repository.containing([...words, ...aliases], hints) : found
}

/** Words that a file which obtains a client has to contain. */
function clientWords(program: Program): string[] {
  return [
    ...new Set(
      program.clients.map(({ entry }) =>
        entry.name.export !== 'default'
          ? entry.name.export
          : entry.name.module
              .split('/')
              .pop()!
              .replace(/\.[mc]?[jt]sx?$/, ''),
      ),
    ),
  ]
}

/** Other names under which the clients are exported. */
function clientAliases(program: Program): string[] {
  const aliases = new Set<string>()
  for (const { entry, value } of program.clients) {
    for (const place of value.places) {
      if (place.kind !== 'local') continue
      for (const alias of aliasesOf(program, place.module.file, place.node.name ?? entry.name.export))
        aliases.add(alias)
    }
  }
  return [...aliases]
}

/** Other names under which a declaration is exported, through `export { a as b }` in any file that knows its module. */
function aliasesOf(program: Program, file: string, name: string): string[] {
  const { repository } = program
  const found: string[] = []
  const seen = new Set<string>()
  const visit = (at: string, exported: string): void => {
    const key = `${at}\0${exported}`
    if (seen.has(key)) return
    seen.add(key)
    for (const importer of repository.importersByName(at)) {
      const text = repository.raw(importer)
      if (!/\bexport\s*(?:type\s*)?[{*]/.test(text)) continue
      if (!text.includes(exported) && !/export\s*\*/.test(text)) continue
      const module = repository.module(importer)
      for (const [alias, entry] of module?.exports ?? []) {
        if (
          entry.kind !== 'again' ||
          entry.name !== exported ||
          repository.resolve(importer, entry.source) !== at
        )
          continue
        if (alias !== exported && alias !== 'default') found.push(alias)
        visit(importer, alias)
      }
      for (const star of module?.stars ?? [])
        if (repository.resolve(importer, star) === at) visit(importer, exported)
    }
  }
  const module = repository.module(file)
  for (const [exported, entry] of module?.exports ?? []) {
    if (entry.kind !== 'local' || entry.node.name !== name) continue
    if (exported !== name && exported !== 'default') found.push(exported)
    visit(file, exported)
  }
  return found
}
