/**
 * A search of texts for a word.
 *
 * V8 looks for plain text (`includes`, a pattern without anything special) from each place where the first letter
 * stands, and for patterns by skipping ahead (Boyer and Moore): over all files of a code base that takes half the time,
 * whatever the word. A class of one letter makes a word a pattern.
 * @param anyCase whether letters of ASCII may be written large or small
 */
export function wordPattern(word: string, anyCase = false): RegExp {
  if (anyCase) return new RegExp(escaped(word), 'i')
  return word === '' ? /(?:)/ : new RegExp(`${escaped(word.slice(0, -1))}[${escaped(word.slice(-1))}]`)
}

/** The pattern that matches a text and nothing else. */
export function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
