import { existsSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import type { Dialect } from '../dialects/dialect.ts'
import { allDialects, dialectsInUse } from '../dialects/in-use.ts'
import { Repository } from '../repo/repository.ts'
import { type Classifier, createClassifier } from '../rules/classify.ts'
import { RulesError } from '../rules/error.ts'
import { compileGlobs } from '../rules/glob.ts'
import { loadRules } from '../rules/load.ts'
import type { Rules } from '../rules/model.ts'
import { missingNames } from '../trace/missing-names.ts'
import { Program } from '../trace/program.ts'
import { UsageError } from './usage-error.ts'

/** A code base with its rules, as a command works on it. */
export interface Project {
  /** Absolute path that the rules' globs and all reported paths are relative to. */
  readonly root: string
  readonly rules: Rules
  readonly classifier: Classifier
  readonly repository: Repository
  /** Those whose library the code base uses. */
  readonly dialects: readonly Dialect[]
  /** Whether a path relative to the root belongs to the code base. */
  readonly includes: (path: string) => boolean
  /** Whether a reported path lies in the folder that was asked for. */
  readonly inScope: (file: string) => boolean
  /** The path of a file as `git apply` in the working directory takes it. */
  readonly diffPath: (file: string) => string
  /** The path of a file from the top of its git repository; from the root where there is none. */
  readonly repoPath: (file: string) => string
}

/** The code base that a folder belongs to, before any of its files is looked at. */
export type Located = Pick<Project, 'root' | 'rules' | 'includes' | 'inScope' | 'diffPath' | 'repoPath'> & {
  /** The path from the root that was asked for; empty for all. */
  readonly scope: string
}

/**
 * Finds the rules and the code base for a folder.
 * @param directory the command's argument; the working directory by default
 * @param rulesFile the `--rules` option
 * @param open opens the files of the code base; those on disk by default
 * @throws UsageError, RulesError
 */
export async function openProject(
  directory: string | undefined,
  rulesFile: string | undefined,
  open = ({ root, includes }: Located) => new Repository(root, { includes }),
): Promise<Project> {
  const located = locate(directory, rulesFile)
  return openLocated(located, open(located))
}

/** A project on these files. */
export async function openLocated(located: Located, repository: Repository): Promise<Project> {
  const { rules } = located
  return {
    ...located,
    classifier: createClassifier(rules),
    repository,
    dialects: await dialectsInUse(repository, await allDialects(rules), rules),
  }
}

/** @throws UsageError, RulesError */
export function locate(directory: string | undefined, rulesFile: string | undefined): Located {
  const asked = resolve(directory ?? '.')
  if (!existsSync(asked)) throw new UsageError(`${directory}: there is no such folder`)
  const target = realpathSync(asked)
  const folder = statSync(target).isDirectory() ? target : dirname(target)
  const rules = loadRules(rulesFile ? resolve(rulesFile) : (findRules(folder) ?? join(folder, 'rules.json')))
  const rulesFolder = dirname(rules.file)
  const root = rootFor(folder, rulesFolder)
  const scope = isInside(rulesFolder, folder) && root === rulesFolder ? root : target
  const included = rules.files ? compileGlobs(rules.files) : undefined
  const ignored = compileGlobs(rules.ignore)
  const prefix = relative(root, scope).split(sep).join('/')
  const display = displayBase(root)
  const top = gitTop(root) ?? root
  return {
    root,
    rules,
    scope: prefix,
    includes: (path) => (included?.(path) ?? true) && !ignored(path),
    inScope: prefix === '' ? () => true : (file) => file === prefix || file.startsWith(`${prefix}/`),
    diffPath: (file) => relative(display, join(root, file)).split(sep).join('/'),
    repoPath: (file) => relative(top, join(root, file)).split(sep).join('/'),
  }
}

/** @throws RulesError when a client of the rules stands for nothing in the code base */
export function assertNamesFound({ repository, rules, dialects: known }: Project): void {
  const missing = missingNames(new Program(repository, rules, known)).filter((item) => item.kind === 'client')
  if (missing.length === 0) return
  throw new RulesError(
    missing.map(({ label, reason, line, column }) => ({
      file: rules.file,
      line,
      column,
      message: `the client \`${label}\` resolves to nothing: ${reason}; correct the name, or say "planned": true if it is not written yet`,
    })),
  )
}

/** The rules file of a folder: its own, or the nearest one above. */
export function findRules(from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const file = join(folder, 'rules.json')
    if (existsSync(file)) return file
    if (dirname(folder) === folder) return undefined
  }
}

/**
 * The folder that the rules speak of: their own when it holds the code or is held by it; else the folder that was
 * asked for. Rules that lie outside of the repository they are used on speak of that repository.
 */
function rootFor(folder: string, rulesFolder: string): string {
  if (isInside(rulesFolder, folder)) return rulesFolder
  if (!isInside(folder, rulesFolder)) return folder
  const top = gitTop(folder)
  return top !== undefined && top !== rulesFolder && isInside(top, rulesFolder) ? top : rulesFolder
}

/** Diffs are relative to the working directory when that is in the same repository, else to the root. */
function displayBase(root: string): string {
  const cwd = realpathSync(process.cwd())
  return isInside(root, cwd) && gitTop(root) !== undefined && gitTop(root) === gitTop(cwd) ? cwd : root
}

function gitTop(from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder
    if (dirname(folder) === folder) return undefined
  }
}

function isInside(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(outer.endsWith(sep) ? outer : outer + sep)
}
