import type { PictureState } from '../../../lint/picture.ts'
import type { Access } from './data.ts'

/** What is looked at. Everything that is set has to fit. */
export interface Filter {
  readonly text: string
  readonly state?: PictureState | undefined
  readonly rule?: string | undefined
  /** The database that is reached. */
  readonly database?: string | undefined
  readonly target?: string | undefined
  /** A folder with its slash, or a file. */
  readonly path?: string | undefined
}

export const everything: Filter = { text: '' }

export const nowhere = 'unknown database'

/** What an access reaches, as one word. */
export function reached(access: Pick<Access, 'actual'>): string {
  return access.actual.join(' or ') || nowhere
}

export function fits(access: Access, filter: Filter): boolean {
  return (
    (filter.state === undefined || access.state === filter.state) &&
    (filter.rule === undefined || access.findings.some(({ rule }) => rule === filter.rule)) &&
    (filter.database === undefined || reached(access) === filter.database) &&
    (filter.target === undefined || access.target === filter.target) &&
    (filter.path === undefined || isBelow(access.file, filter.path)) &&
    wordsOf(filter.text).every((word) => access.words.includes(word))
  )
}

export function isBelow(file: string, path: string): boolean {
  return path === '' || (path.endsWith('/') ? file.startsWith(path) : file === path)
}

export function wordsOf(text: string): string[] {
  return text.toLowerCase().split(/\s+/).filter(Boolean)
}
