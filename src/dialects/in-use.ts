import type { Repository } from '../repo/repository.ts'
import type { Dialect } from './dialect.ts'

/**
 * The dialects whose library a code base uses, ready to be asked. One that nobody uses is neither loaded nor looked for.
 * @param dialects all that are known
 */
export async function dialectsInUse(
  repository: Repository,
  dialects: readonly Dialect[],
): Promise<readonly Dialect[]> {
  const open = new Set(dialects.filter((dialect) => dialect.presence))
  for (const path of open.size > 0 ? repository.files : []) {
    const text = repository.raw(repository.absolute(path))
    for (const dialect of open) if (dialect.presence!.test(text)) open.delete(dialect)
    if (open.size === 0) break
  }
  const used = dialects.filter((dialect) => !open.has(dialect))
  await Promise.all(used.map((dialect) => dialect.prepare?.()))
  return used
}
