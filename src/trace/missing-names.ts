import { existsSync } from 'node:fs'
import type { Facts } from './facts.ts'
import type { Program } from './program.ts'

/** Names of the rules that stand for nothing in the code base, unless they are planned. */
export function missingNames(program: Program): Facts['missingNames'][number][] {
  const found: Facts['missingNames'][number][] = []
  for (const { entry, value } of program.clients) {
    if (entry.planned) continue
    const reason = missing(program, value)
    if (reason) found.push({ label: entry.label, reason, ...entry.position, kind: 'client' })
  }
  for (const { source, value } of program.sources) {
    const reason = missing(program, value)
    if (reason)
      found.push({
        label: `${value.name.module}#${value.name.export}`,
        reason,
        ...source.position,
        kind: 'source',
      })
  }
  return found
}

function missing(program: Program, value: Program['clients'][number]['value']): string | undefined {
  const [place] = value.places
  if (!place) return 'no file is meant by it'
  if (place.kind === 'missing') {
    const names = [...(program.repository.module(place.file)?.exports.keys() ?? [])]
    return `${program.repository.relative(place.file)} does not export \`${place.name}\`${names.length > 0 ? ` (it exports ${names.slice(0, 8).join(', ')}${names.length > 8 ? ', …' : ''})` : ''}`
  }
  // A specifier that can only be a path or an alias, and leads nowhere.
  if (place.kind === 'external' && /^(?:\.{1,2}\/|[@~]\/|#|src\/)/.test(place.module))
    return `no file is found for \`${place.module}\`${aliasNote(program, place.module)}`
  return undefined
}

/** An alias means nothing where no configuration declares it. */
function aliasNote(program: Program, specifier: string): string {
  if (specifier.startsWith('.')) return ''
  const configured = ['tsconfig.json', 'jsconfig.json'].some((name) =>
    existsSync(program.repository.absolute(name)),
  )
  return configured
    ? ''
    : ', and there is no tsconfig.json or jsconfig.json at the root that says what the alias means'
}
