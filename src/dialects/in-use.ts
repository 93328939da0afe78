import type { Repository } from '../repo/repository.ts'
import type { Rules } from '../rules/model.ts'
import type { Dialect } from './dialect.ts'
import { anyShape, hiddenIn } from './hidden.ts'
import { dialects as shipped } from './index.ts'
import { loadOwnDialects } from './own.ts'

/**
 * The dialects whose library a code base uses, ready to be asked. One that nobody uses is neither loaded nor looked for.
 * @param all the dialects to choose from
 */
export async function dialectsInUse(
  repository: Repository,
  all: readonly Dialect[],
  rules?: Rules,
): Promise<readonly Dialect[]> {
  const patterns = all.flatMap((dialect) => dialect.presence ?? [])
  const shape = rules ? anyShape(all) : undefined
  const { present, files } = repository.matching(patterns, shape)
  const open = all.filter(({ presence }) => presence && !present.has(presence))
  const hidden = hiddenIn(repository, open, files)
  return prepared(
    all.filter((dialect) => !open.includes(dialect) || hidden.has(dialect)),
    rules,
  )
}

/** The dialects of these names, ready to be asked: what a thread has to look for that another one found in use. */
export async function dialectsNamed(names: readonly string[], rules: Rules): Promise<readonly Dialect[]> {
  const all = await allDialects(rules)
  return prepared(
    all.filter(({ name }) => names.includes(name)),
    rules,
  )
}

/**
 * The dialects that come with the program, and the team's own.
 * @throws RulesError when one of these can't be loaded
 */
export async function allDialects(rules: Rules): Promise<Dialect[]> {
  const own = await loadOwnDialects(rules, shipped)
  return [...own, ...shipped].map((dialect) => dialect.forRules?.(rules) ?? dialect)
}

async function prepared(used: readonly Dialect[], rules: Rules | undefined): Promise<readonly Dialect[]> {
  await Promise.all(used.map((dialect) => dialect.prepare?.(rules)))
  return used
}
