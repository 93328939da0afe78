
/** A place in a file, with what it contributes to a conclusion. */
export interface Evidence {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly message: string
}
