/** What a file shows to its importers, as its declaration file; when that stays the same, they can't be affected. */
import type { ts as Typescript } from 'ts-morph'

/** `emit` as the compiler's own incremental builder calls it: declarations even under `noEmit`. */
type ForcedEmit = (
  file: Typescript.SourceFile,
  write: Typescript.WriteFileCallback,
  cancellation: undefined,
  onlyDeclarations: true,
  transformers: undefined,
  force: true,
) => Typescript.EmitResult

/** The declaration text of a file; undefined when the compiler can't write one. */
function shapeOf(program: Typescript.Program, path: string): string | undefined {
  const file = program.getSourceFile(path)
  if (!file) return undefined
  let shape: string | undefined
  const emit = program.emit as unknown as ForcedEmit
  try {
    emit(file, (name, text) => /\.d\.[cm]?ts$/.test(name) && (shape = text), undefined, true, undefined, true)
  } catch {
    return undefined
  }
  return shape
}

/** False only when the file looks the same to its importers in both programs. */
export function showsOtherTypes(one: Typescript.Program, other: Typescript.Program, path: string): boolean {
  const shape = shapeOf(one, path)
  return shape === undefined || shape !== shapeOf(other, path)
}
