import { existsSync, lstatSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { buildRules } from './build.ts'
import { ruleMistakes } from './checks.ts'
import { type Mistake, parseDocument } from './document.ts'
import { RulesError } from './error.ts'
import type { Rules } from './model.ts'
import { rulesSchema } from './schema.ts'
import { kindOf, schemaMistakes } from './schema-mistakes.ts'

/**
 * Reads and checks a rules file.
 * @param file path of the file, absolute or relative to the working folder; it may be a symbolic link
 * @returns the rules with defaults filled in; `file` is the real path, which globs and relative modules start from
 * @throws RulesError with every problem that was found; the problems name the file as it was given
 */
export function loadRules(file: string): Rules {
  const real = realFile(file)
  return parseRules(read(file, real), real, file)
}

/**
 * Checks the text of a rules file.
 * @param file absolute path that the rules are to carry
 * @param shown what problems call the file
 * @throws RulesError with every problem that was found
 */
export function parseRules(text: string, file: string, shown = file): Rules {
  const { root, mistakes } = parseDocument(text)
  // After a mistake of syntax the rest is a guess, and problems in a guess would mislead.
  if (mistakes.length > 0) throw failed(shown, mistakes)
  if (!root) throw unusable(shown, 'the file is empty; run `tenantize init` to propose rules')
  if (kindOf(root.value) !== 'an object') {
    throw failed(shown, [
      { ...root.position, message: `rules are an object { … }; found ${kindOf(root.value)}` },
    ])
  }
  const parsed = rulesSchema.safeParse(root.value)
  const found = [...(parsed.success ? [] : schemaMistakes(rulesSchema, root)), ...ruleMistakes(root)]
  if (!parsed.success || found.length > 0) throw failed(shown, found)
  return buildRules(parsed.data, root, file)
}

function realFile(file: string): string {
  try {
    return realpathSync(file)
  } catch (error) {
    const code = errorCode(error)
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw unusable(file, `the file can't be read (${code})`)
    if (isLink(file)) throw unusable(file, 'this symbolic link leads to a file that does not exist')
    throw unusable(file, 'no such file; run `tenantize init` to propose one, or name another with --rules')
  }
}

function read(file: string, real: string): string {
  try {
    if (statSync(real).isDirectory()) {
      const inside = join(file, 'rules.json')
      throw unusable(file, 'this is a folder, not a rules file', existsSync(inside) ? inside : undefined)
    }
    const text = readFileSync(real, 'utf8')
    if (text.includes('\0')) throw unusable(file, 'this is not text in UTF-8; save it as UTF-8')
    return text
  } catch (error) {
    throw error instanceof RulesError ? error : unusable(file, `the file can't be read (${errorCode(error)})`)
  }
}

function isLink(file: string): boolean {
  try {
    return lstatSync(file).isSymbolicLink()
  } catch {
    return false
  }
}

function errorCode(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error)
}

/** A problem of the file as a whole, which stands at no line. */
function unusable(file: string, message: string, suggestion?: string): RulesError {
  return new RulesError([{ file, line: 0, column: 0, message, ...(suggestion && { suggestion }) }])
}

function failed(file: string, mistakes: readonly Mistake[]): RulesError {
  const inOrder = [...mistakes].sort((a, b) => a.line - b.line || a.column - b.column)
  return new RulesError(inOrder.map((mistake) => ({ file, ...mistake })))
}
