/** What the type check says. Nothing here loads the compiler. */

/** A client that the team has not written yet, as the rules name it (`"planned": true`). */
export interface PlannedExport {
  /** A specifier as the rules write it: alias, package, or a path relative to the root. */
  readonly module: string
  readonly export: string
  /** The client it takes the place of; the check then assumes that both give out the same type. */
  readonly like?: {
    readonly module: string
    readonly export: string
    /** The member of the export that is the client. */
    readonly member?: string
    /** How the client is had from the export; without it, a function is taken for one that gives it. */
    readonly form?: 'result' | 'value' | 'instance'
    /** The planned export returns a promise of the client. */
    readonly async: boolean
    /** Whether each argument is a tenant's id; without it, any are taken. */
    readonly ids?: readonly boolean[]
  }
}

/** A type error that a file has after the change and did not have before. */
export interface GainedError {
  /** Absolute path of the file that shows the error; an importer of the changed file, at times. */
  readonly file: string
  /** 1-based, in the new text. */
  readonly line: number
  readonly column: number
  /** The compiler's number, such as 2345. */
  readonly code: number
  /** The compiler's words. */
  readonly message: string
}

export interface VerifyResult {
  /** By changed file, with the key the caller used; files that gained nothing are absent. */
  readonly gained: Map<string, GainedError[]>
  /** Files whose errors were computed: the changed ones and those that depend on them. */
  readonly checkedFiles: number
  /** Configurations that were checked, one program each. */
  readonly programs: number
  /** Changed files for which no tsconfig.json or jsconfig.json was found. */
  readonly missingConfig: string[]
}

/** The check could not be made; `file` is the configuration to mend. */
export class VerifyError extends Error {
  override readonly name = 'VerifyError'
  constructor(
    readonly file: string,
    message: string,
  ) {
    super(`${file}: ${message}`)
  }
}
