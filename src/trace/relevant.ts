import type { Questions } from '../repo/repository.ts'
import type { Program } from './program.ts'
import { originPattern } from './reach/origins.ts'
import { Reach } from './reach/reach.ts'

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

/**
 * How many files with calls that only look like queries are worth asking where clients can get to: fewer are looked at
 * sooner than that is known.
 */
const worthAsking = 250

function search(program: Program): readonly string[] {
  const words = [...clientWords(program), 'tenantize-ignore']
  const look = (further: readonly string[]) =>
    program.repository.sorted(questions(program, [...words, ...further]))
  let [sure = [], likely = [], origins = []] = look([])
  // The first look at all files is what tells who exports the clients again; a new name takes a second one.
  const aliases = clientAliases(program).filter((alias) => !words.includes(alias))
  if (aliases.length > 0) [sure = [], likely = [], origins = []] = look(aliases)
  const counted = new Set(sure)
  const further = likely.filter((file) => !counted.has(file))
  if (further.length >= worthAsking || !clientsBegin(program, origins))
    program.reach ??= new Reach(program, origins, further.length)
  return [...sure, ...further.filter((file) => program.isInReach(file))].sort()
}

/** Whether a client is declared or made anywhere. */
function clientsBegin(program: Program, origins: readonly string[]): boolean {
  return (
    origins.length > 0 ||
    program.clients.some(({ value }) => value.places.some((place) => place.kind === 'local'))
  )
}

/** Asks a text for what counts whatever its client is, for what may be a query, and for what makes clients. */
function questions(program: Program, words: readonly string[]): Questions {
  const { dialects } = program
  const origins = originPattern(program)
  return {
    key: JSON.stringify([words, String(origins), dialects.map(({ hint, sure }) => `${hint} ${sure}`)]),
    count: 3,
    ask(text) {
      let answer = words.some((word) => text.includes(word)) ? 1 : 0
      for (const { hint, sure } of dialects) {
        if (!hint.test(text)) continue
        answer |= 2
        if (!(answer & 1) && (!sure || sure.test(text))) answer |= 1
      }
      return origins.test(text) ? answer | 4 : answer
    },
  }
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
