/**
 * The TypeScript compiler that comes with ts-morph, loaded on first use: it takes about 0.3 s and 100 MB, and
 * only a verification needs it.
 */
import type { ts as Typescript } from 'ts-morph'

export interface Compiler {
  readonly ts: typeof Typescript
  /** Folder of the compiler's own `lib.*.d.ts`; it exists only in memory. */
  readonly libFolder: string
  readLib(file: string): string | undefined
  libExists(file: string): boolean
}

const libFolder = '/node_modules/typescript/lib'

let loading: Promise<Compiler> | undefined

/** Loads the compiler once per process. */
export function loadCompiler(): Promise<Compiler> {
  loading ??= import('ts-morph').then(({ ts, Project }) => {
    // ts-morph keeps the library files as strings and shows them through a project's own file system only.
    const memory = new Project({ useInMemoryFileSystem: true }).getModuleResolutionHost()
    return {
      ts,
      libFolder,
      readLib: (file) => memory.readFile(file),
      libExists: (file) => memory.fileExists(file),
    }
  })
  return loading
}
