/** The call can't be carried out as it is written: wrong words, a missing file, a work tree in the way. Exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
