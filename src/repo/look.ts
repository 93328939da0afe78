/** Words that are asked for again about any file; the first look at all files notes who holds them. */
export const notedWords = ['use client', 'use cache', 'unstable_cache'] as const
export type NotedWord = (typeof notedWords)[number]

/** What a text says at first look: plain data, and true for as long as the text is the same. */
export interface Look {
  /** What its imports name, as written. */
  readonly specifiers: readonly string[]
  readonly words: readonly NotedWord[]
  /** Answers to searches of all files, by the search. */
  readonly answers: Record<string, number>
}
