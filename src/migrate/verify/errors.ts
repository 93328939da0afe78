/** Type errors of one file as a multiset, and what one set has more than another. */
import type { ts as Typescript } from 'ts-morph'
import type { Compiler } from './compiler.ts'
import type { GainedError } from './result.ts'

export interface FileError extends GainedError {
  /** 0-based place of the text the error points at. */
  readonly start: number
  readonly end: number
  /** Code, message and line: the same before and after when only other lines changed. */
  readonly onLine: string
  /** Code, message and the text pointed at: the same when the line around it was edited. */
  readonly onText: string
  readonly lineText: string
}

/** The errors of a file, in the order of the text. */
export function errorsOf(
  { ts }: Compiler,
  program: Typescript.Program,
  file: Typescript.SourceFile,
): FileError[] {
  const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]
  if (program.getCompilerOptions().declaration) found.push(...program.getDeclarationDiagnostics(file))
  return found
    .filter((one) => one.category === ts.DiagnosticCategory.Error && (!one.file || one.file === file))
    .map((one) => describe(ts, file, one))
    .sort((a, b) => a.start - b.start || a.code - b.code)
}

function describe(
  ts: Compiler['ts'],
  file: Typescript.SourceFile,
  diagnostic: Typescript.Diagnostic,
): FileError {
  const start = diagnostic.start ?? 0
  const end = start + (diagnostic.length ?? 0)
  const place = ts.getLineAndCharacterOfPosition(file, start)
  const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n')
  const lineText = plain(lineAt(file.text, start))
  const kind = `${diagnostic.code}\0${wordsOf(message)}`
  return {
    file: file.fileName,
    line: place.line + 1,
    column: place.character + 1,
    code: diagnostic.code,
    message,
    start,
    end,
    onLine: `${kind}\0${lineText}`,
    onText: `${kind}\0${plain(file.text.slice(start, end))}`,
    lineText,
  }
}

/**
 * The words of a message in alphabetical order: the compiler prints the members of a union in the order in which it
 * met them, which depends on the files it looked at before. A shortened type says nothing that can be compared.
 */
function wordsOf(message: string): string {
  if (message.includes('...')) return ''
  return message
    .split(/[\s|&,;(){}<>'"`]+/)
    .sort()
    .join(' ')
}

function lineAt(text: string, position: number): string {
  const start = text.lastIndexOf('\n', position - 1) + 1
  const end = text.indexOf('\n', position)
  return text.slice(start, end === -1 ? undefined : end)
}

const plain = (text: string) => text.replace(/\s+/g, ' ').trim()

/**
 * The errors of `after` that `before` does not account for. Each old error accounts for one new error with the same
 * code, message and line; failing that, when the line it was on is gone, for one that points at the same text.
 */
export function gainedErrors(
  before: readonly FileError[],
  after: readonly FileError[],
  newText: string,
): FileError[] {
  const unmatched = take(before, after, (one) => one.onLine)
  const lines = new Set(newText.split('\n').map(plain))
  const moved = unmatched.before.filter((one) => !lines.has(one.lineText))
  return take(moved, unmatched.after, (one) => one.onText).after
}

function take(before: readonly FileError[], after: readonly FileError[], key: (error: FileError) => string) {
  const left = new Map<string, FileError[]>()
  for (const one of before) left.set(key(one), [...(left.get(key(one)) ?? []), one])
  const unmatched = after.filter((one) => left.get(key(one))?.pop() === undefined)
  return { before: [...left.values()].flat(), after: unmatched }
}
