/**
 * Stand-ins for planned clients: as long as the real one is not written, the check assumes that it gives out what
 * the client it replaces gives out. Without it every use would be `any`, and a missing `await` would go unseen.
 */
import type { ts as Typescript } from 'ts-morph'
import { compilerPath } from './paths.ts'
import { modulePlaces } from './planned.ts'
import type { PlannedExport } from './result.ts'

/** @returns texts by path: modules that don't exist yet, and existing ones with the missing export added */
export function stubs(
  planned: readonly PlannedExport[],
  options: Typescript.CompilerOptions,
  root: string,
  read: (path: string) => string | undefined,
): Map<string, string> {
  const texts = new Map<string, string>()
  for (const one of planned) {
    if (!one.like || !/^[\w$]+$/.test(one.export) || one.export === 'default') continue
    const places = modulePlaces(one.module, root, options).filter((place) =>
      /^(?:\/|[A-Za-z]:\/)/.test(place),
    )
    const existing = places.flatMap(filesAt).find((path) => texts.has(path) || read(path) !== undefined)
    const path = existing ?? (places[0] && `${places[0]}.ts`)
    if (path === undefined) continue
    const text = texts.get(path) ?? read(path) ?? ''
    // A text that knows the name may export it already, in a way that an added declaration would contradict.
    if (!new RegExp(String.raw`(?<![\w$])${one.export.replaceAll('$', '\\$')}(?![\w$])`).test(text)) {
      texts.set(path, `${text}\n${declaration(one.export, one.like, root)}`)
    }
  }
  return texts
}

const filesAt = (place: string) => [`${place}.ts`, `${place}.tsx`, `${place}/index.ts`, `${place}/index.tsx`]

function declaration(name: string, like: NonNullable<PlannedExport['like']>, root: string): string {
  const module = /^\.{1,2}\//.test(like.module)
    ? compilerPath(like.module, root).replace(/\.[cm]?[jt]sx?$/, '')
    : like.module
  const value = `typeof import(${JSON.stringify(module)}).${[like.export, ...(like.member?.split('.') ?? [])].join('.')}`
  const client =
    like.form === 'value'
      ? // The client of postgres.js can be called as well.
        value
      : like.form === 'instance'
        ? `InstanceType<${value}>`
        : `(${value}) extends (...given: any[]) => infer Made ? Awaited<Made> : ${value}`
  // An id that may be missing is an error that the compiler finds: a second proof.
  const parameters = like.ids
    ? like.ids.map((isId, index) => `given${index}: ${isId ? 'string | number' : 'any'}`).join(', ')
    : '...given: any[]'
  return `export declare function ${name}(${parameters}): ${like.async ? `Promise<${client}>` : client}\n`
}
