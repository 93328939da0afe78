/** Errors that only say that a client the team has yet to write is not there. */
import type { ts as Typescript } from 'ts-morph'
import type { FileError } from './errors.ts'
import { compilerPath, folderOf } from './paths.ts'
import type { PlannedExport } from './result.ts'

/** 2307, 2792: the module can't be found; 2306: the file exists and exports nothing. */
const missingModule = new Set([2306, 2307, 2792])
/** 2305, 2614, 2724: no such export, with and without a proposal; 1192: no default export. */
const missingExport = new Set([1192, 2305, 2614, 2724])
/** A callback's parameter without a type: its type would come from what the missing export returns. */
const untypedForWantOfIt = new Set([7006, 7019, 7031])

/** `errors` without those that a planned export's absence explains. */
export function withoutPlanned(
  errors: readonly FileError[],
  text: string,
  planned: readonly PlannedExport[],
  options: Typescript.CompilerOptions,
  root: string,
): FileError[] {
  if (planned.length === 0) return [...errors]
  const places = planned.map(({ module, export: name }) => ({
    name,
    places: modulePlaces(module, root, options),
  }))
  const isPlanned = (specifier: string, folder: string, name?: string) => {
    const here = modulePlaces(specifier, folder, options)
    return places.some(
      (one) => (name === undefined || one.name === name) && one.places.some((p) => here.includes(p)),
    )
  }
  const saysMissing = (error: FileError) => {
    const pointedAt = text.slice(error.start, error.end)
    const folder = folderOf(error.file)
    if (missingModule.has(error.code)) return isPlanned(pointedAt.slice(1, -1), folder)
    if (!missingExport.has(error.code)) return false
    const specifier = /\bfrom\s*(["'])([^"'\n]+)\1/.exec(text.slice(error.end))?.[2]
    return (
      specifier !== undefined && isPlanned(specifier, folder, error.code === 1192 ? 'default' : pointedAt)
    )
  }
  const rest = errors.filter((error) => !saysMissing(error))
  if (rest.length === errors.length) return rest
  return rest.filter((error) => !untypedForWantOfIt.has(error.code))
}

/** The places a specifier can mean, without extension and `/index`; a package's name when it is none of ours. */
export function modulePlaces(
  specifier: string,
  folder: string,
  options: Typescript.CompilerOptions,
): string[] {
  if (/^\.{0,2}\//.test(specifier)) return [stem(compilerPath(specifier, folder))]
  const base = (options.pathsBasePath as string | undefined) ?? options.baseUrl ?? folder
  const places = [stem(specifier)]
  if (options.baseUrl) places.push(stem(compilerPath(specifier, options.baseUrl)))
  for (const [pattern, targets] of Object.entries(options.paths ?? {})) {
    const matched = matchPattern(pattern, specifier)
    if (matched === undefined) continue
    for (const target of targets)
      places.push(
        stem(
          compilerPath(
            target.replace('*', () => matched),
            base,
          ),
        ),
      )
  }
  return places
}

function matchPattern(pattern: string, specifier: string): string | undefined {
  const star = pattern.indexOf('*')
  if (star === -1) return pattern === specifier ? '' : undefined
  const [head, tail] = [pattern.slice(0, star), pattern.slice(star + 1)]
  const fits =
    specifier.length >= pattern.length - 1 && specifier.startsWith(head) && specifier.endsWith(tail)
  return fits ? specifier.slice(head.length, specifier.length - tail.length) : undefined
}

const stem = (path: string) => path.replace(/\.[cm]?[jt]sx?$/, '').replace(/\/index$/, '')
