/** One configuration: its program in the new and the old version, and the errors that the new one gained. */
import type { ts as Typescript } from 'ts-morph'
import type { Compiler } from './compiler.ts'
import type { ProjectConfig } from './config.ts'
import { errorsOf, type FileError, gainedErrors } from './errors.ts'
import { createHost, type ParsedFiles, type Version, type VersionedHost } from './host.ts'
import { withoutPlanned } from './planned.ts'
import type { PlannedExport } from './result.ts'
import { Scan } from './scan.ts'
import { showsOtherTypes } from './shape.ts'
import { stubs } from './stubs.ts'

export interface ProjectInput {
  /** The changed files that this configuration is in charge of. */
  readonly changed: readonly string[]
  readonly before: Version
  readonly after: Version
  readonly planned: readonly PlannedExport[]
  readonly root: string
  /** Unchanged files that another program has checked already. */
  readonly skip: ReadonlySet<string>
}

export interface ProjectOutcome {
  readonly gained: FileError[]
  /** Files whose errors are known. */
  readonly checked: string[]
}

/** A program and the errors computed with it, or carried over from the program before it. */
interface Checked {
  readonly version: Version
  readonly program: Typescript.Program
  readonly errors: Map<string, FileError[]>
}

/**
 * Checks one configuration. The new version comes first: the old one is only asked for files that have errors in
 * the new one, and for the shape of files that others import.
 */
export class Project {
  readonly #compiler: Compiler
  readonly #config: ProjectConfig
  readonly #host: VersionedHost
  readonly #scan: Scan
  readonly #roots = new Set<string>()
  #old: Checked | undefined
  #new: Checked | undefined

  constructor(compiler: Compiler, config: ProjectConfig, parsed: ParsedFiles) {
    this.#compiler = compiler
    this.#config = config
    this.#host = createHost(compiler, config, parsed)
    this.#scan = new Scan(compiler, config, this.#host)
  }

  check(input: ProjectInput): ProjectOutcome {
    const { after, before } = input
    this.#host.show(after)
    this.#host.createsFiles ||= [...before.values()].includes(undefined)
    this.#scan.add(input.changed, [before, after])
    const visible = new Set([
      ...input.changed,
      ...[...after.keys()].filter((file) => this.#scan.files.has(file)),
    ])
    this.#addRoots(visible)

    const previous = this.#new
    const next = (this.#new = this.#open(this.#withStubs(input), previous?.program))
    if (previous) this.#carryOver(previous, next)

    const affected = this.#affected(visible, next.program, () => this.#oldVersion(before).program)
    const owned = new Set(input.changed)
    const checked = [...new Set([...owned, ...affected])]
      .filter((file) => owned.has(file) || !(after.has(file) || input.skip.has(file)))
      .sort()
    const gained = checked.flatMap((file) => this.#gained(file, next, input))
    return { gained, checked }
  }

  /** The changed files that `file` depends on. */
  dependencies(file: string): ReadonlySet<string> {
    return this.#scan.dependencies(file)
  }

  #gained(file: string, next: Checked, { before, planned, root }: ProjectInput): FileError[] {
    const found = this.#errors(next, file)
    if (found.length === 0) return []
    const text = next.program.getSourceFile(file)?.text ?? ''
    const rest = withoutPlanned(found, text, planned, this.#config.options, root)
    return rest.length === 0 ? [] : gainedErrors(this.#errors(this.#oldVersion(before), file), rest, text)
  }

  /** The changed files and all that depend on one that looks different to its importers. */
  #affected(
    changed: Iterable<string>,
    program: Typescript.Program,
    other: () => Typescript.Program,
  ): Set<string> {
    const affected = new Set(changed)
    for (const file of changed) {
      const dependents = this.#scan.dependents(file)
      const isNew = [...dependents].some((one) => !affected.has(one))
      if (isNew && showsOtherTypes(program, other(), file)) for (const one of dependents) affected.add(one)
    }
    return affected
  }

  /** Keeps the errors of files that the difference between two checks can't touch. */
  #carryOver(previous: Checked, next: Checked): void {
    const paths = new Set([...previous.version.keys(), ...next.version.keys()])
    const text = ({ program }: Checked, path: string) => program.getSourceFile(path)?.text
    const edited = [...paths].filter((path) => text(previous, path) !== text(next, path))
    const affected = this.#affected(edited, next.program, () => previous.program)
    for (const [file, errors] of previous.errors) if (!affected.has(file)) next.errors.set(file, errors)
  }

  /** The new version as it will be once the planned clients are written. */
  #withStubs({ after, planned, root }: ProjectInput): Version {
    this.#host.show(after)
    const added = stubs(planned, this.#config.options, root, (path) => this.#host.readFile(path))
    this.#host.createsFiles ||= [...added.keys()].some((path) => !this.#host.fileExists(path))
    return new Map([...after, ...added])
  }

  #addRoots(changed: ReadonlySet<string>): void {
    for (const file of this.#scan.ambient) this.#roots.add(file)
    for (const file of changed) for (const one of this.#scan.dependents(file)) this.#roots.add(one)
  }

  #oldVersion(before: Version): Checked {
    // Roots are only ever added, so an old program with as many has the same.
    if (this.#old?.program.getRootFileNames().length !== this.#roots.size) {
      this.#old = this.#open(before, this.#new?.program)
    }
    return this.#old!
  }

  #open(version: Version, previous: Typescript.Program | undefined): Checked {
    this.#host.show(version)
    const rootNames = [...this.#roots].sort()
    const options = { ...this.#config.options }
    if (rootNames.some((file) => /\.[cm]?jsx?$/.test(file))) options.allowJs = true
    const program = this.#compiler.ts.createProgram({
      rootNames,
      options,
      host: this.#host,
      oldProgram: previous,
    })
    return { version, program, errors: new Map() }
  }

  #errors({ program, errors }: Checked, file: string): FileError[] {
    let found = errors.get(file)
    if (!found) {
      const source = program.getSourceFile(file)
      errors.set(file, (found = source ? errorsOf(this.#compiler, program, source) : []))
    }
    return found
  }
}
