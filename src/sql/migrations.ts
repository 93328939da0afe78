/** What the tools that run migrations agree on: order, folders, and how the way back is marked. */

/** Compares paths as migrations run: numbers by their value (`2_b.sql` before `10_a.sql`), all else by its bytes. */
export function inOrder(a: string, b: string): number {
  const [left, right] = [parts(a), parts(b)]
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const [x, y] = [left[index]!, right[index]!]
    if (x === y) continue
    const difference = /^\d/.test(x) && /^\d/.test(y) ? BigInt(x) - BigInt(y) : 0n
    if (difference !== 0n) return difference < 0n ? -1 : 1
    return x < y ? -1 : 1
  }
  return left.length - right.length
}

function parts(path: string): string[] {
  return path.match(/\d+|\D+/g) ?? []
}

/**
 * The folder whose files run one after the other. A folder with a number before its name is a migration itself
 * (Prisma's `20240101_init/migration.sql`, Diesel's `…/up.sql`).
 */
export function setOf(file: string): string {
  const folders = file.split('/').slice(0, -1)
  while (/^\d/.test(folders.at(-1) ?? '')) folders.pop()
  return folders.join('/')
}

/** Whether a file undoes a migration: `0001_users.down.sql`, `0001_users/down.sql`. */
export function undoes(file: string): boolean {
  return /(?:^|[/._-])down\.sql$/i.test(file)
}

/** The comments by which dbmate, goose and sql-migrate mark the two directions; they too read line by line. */
const down = /^--\s*(?:migrate:|\+goose\s+|\+migrate\s+)down\b/i
const up = /^--\s*(?:migrate:|\+goose\s+|\+migrate\s+)up\b/i

/** Blanks the statements that undo a migration; every other character keeps its place. */
export function withoutDown(text: string): string {
  if (!/^--\s*[+m].*down/im.test(text)) return text
  let back = false
  return text
    .split('\n')
    .map((line) => {
      if (down.test(line)) back = true
      else if (up.test(line)) back = false
      return back ? ' '.repeat(line.length) : line
    })
    .join('\n')
}
