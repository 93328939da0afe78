/** The colour of a database, the same everywhere. */
export type Colours = (database: string | undefined) => string

/** @param databases in the order of the rules */
export function coloursOf(databases: readonly { readonly name: string }[]): Colours {
  const numbers = new Map(databases.map(({ name }, index) => [name, index % 6]))
  return (database) => {
    const number = database === undefined ? undefined : numbers.get(database)
    return number === undefined ? 'var(--unknown)' : `var(--database-${number})`
  }
}

export function plural(count: number, one: string, many: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`
}
