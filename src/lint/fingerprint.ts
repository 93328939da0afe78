import { createHash } from 'node:crypto'
import type { Range } from '../repo/text.ts'
import type { RuleName } from '../rules/model.ts'
import type { Offense } from './rule.ts'

/**
 * Names findings so that each is the same one after edits that don't concern it. A fingerprint has two parts,
 * `<content>-<place>`: the content is of the rule, what it found, the code around it (see trace/anchor.ts), and which
 * of several equal ones in the file it is; the place is of the file's path. There is no line in it, and a file that
 * moves keeps the contents of its findings.
 * @param anchor what stands at a place, whatever its layout
 * @returns a function to be called for all findings of a file in their order, suppressed ones included
 */
export function fingerprints(
  anchor: (file: string, range: Range) => string,
): (rule: RuleName, offense: Offense) => string {
  const occurrences = new Map<string, number>()
  return (rule, { file, range, identity }) => {
    const content = JSON.stringify([rule, identity, anchor(file, range)])
    const key = `${file}\n${content}`
    const nth = occurrences.get(key) ?? 0
    occurrences.set(key, nth + 1)
    return `${hash(`${content}${nth}`, 16)}-${hash(file, 8)}`
  }
}

/** The part of a fingerprint that stays when the file moves. */
export function contentOf(fingerprint: string): string {
  return fingerprint.slice(0, fingerprint.indexOf('-'))
}

/** The first hexadecimal digits of a text's SHA-256. */
export function hash(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length)
}
