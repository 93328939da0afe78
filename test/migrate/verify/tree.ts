/** A small code base in a temporary folder, for the type check. */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type PlannedExport, type VerifyResult, verifyTypes } from '../../../src/migrate/verify/index.ts'

export const strict = JSON.stringify({
  compilerOptions: {
    strict: true,
    noEmit: true,
    target: 'ES2022',
    module: 'ESNext',
    moduleResolution: 'bundler',
    lib: ['ES2022'],
    types: [],
    paths: { '@/*': ['./src/*'] },
  },
  include: ['src'],
})

export interface Tree {
  readonly root: string
  path(name: string): string
  /** Checks edits, given by name: a new text, or a pair of search and replacement. */
  verify(edits: Record<string, string | [string, string]>, planned?: PlannedExport[]): Promise<VerifyResult>
}

export function tree(files: Record<string, string>): Tree {
  const root = mkdtempSync(join(realpathSync(tmpdir()), 'tenantize-verify-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const path = (name: string) => join(root, name)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(path(name)), { recursive: true })
    writeFileSync(path(name), text)
  }
  return {
    root,
    path,
    verify(edits, planned = []) {
      const changes = new Map<string, string>()
      const originals = new Map<string, string>()
      for (const [name, edit] of Object.entries(edits)) {
        const original = name in files ? readFileSync(path(name), 'utf8') : undefined
        if (original !== undefined) originals.set(path(name), original)
        changes.set(
          path(name),
          typeof edit === 'string' ? edit : original!.replaceAll(edit[0], () => edit[1]),
        )
      }
      return verifyTypes({ root, changes, originals, planned })
    },
  }
}

/** What was gained, as `changed file: file:line TScode`. */
export function gains(tree: Tree, { gained }: VerifyResult): string[] {
  const name = (path: string) => path.replace(`${tree.root}/`, '')
  return [...gained].flatMap(([key, errors]) =>
    errors.map(({ file, line, code }) => `${name(key)}: ${name(file)}:${line} TS${code}`),
  )
}
