import type { Repository } from '../repo/repository.ts'

/** Absolute paths of files that hold one of some words and can be parsed. */
export function filesWithAny(repository: Repository, words: readonly string[]): string[] {
  return filesMatching(repository, (text) => words.some((word) => text.includes(word)))
}

/** Absolute paths of files that a pattern fits and that can be parsed. */
export function filesWith(repository: Repository, pattern: RegExp): string[] {
  return filesMatching(repository, (text) => pattern.test(text))
}

function filesMatching(repository: Repository, test: (text: string) => boolean): string[] {
  return repository.files
    .map((path) => repository.absolute(path))
    .filter((file) => test(repository.raw(file)) && repository.module(file))
}
