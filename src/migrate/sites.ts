import type { Repository } from '../repo/repository.ts'
import type { MigrateSite } from './result.ts'

/**
 * The sites of several rounds of planning as one list. A rewrite neither adds nor removes an access, so that the nth
 * site of a file is the same in every round; its place is the one in the text that is on disk.
 */
export class Sites {
  readonly #repository: Repository
  readonly #rounds: ReadonlyMap<string, readonly MigrateSite[]>[] = []

  constructor(repository: Repository) {
    this.#repository = repository
  }

  add(sites: ReadonlyMap<string, readonly MigrateSite[]>): void {
    this.#rounds.push(sites)
  }

  /** @param refused files whose changes were taken back, with the reason */
  merged(refused: ReadonlyMap<string, string>): Map<string, MigrateSite[]> {
    const [first = new Map<string, readonly MigrateSite[]>(), ...later] = this.#rounds
    const found = new Map<string, MigrateSite[]>()
    for (const [file, sites] of first) {
      const reason = refused.get(this.#repository.absolute(file))
      found.set(
        file,
        sites.map((site, index) => {
          let current = site
          for (const round of later) {
            const again = round.get(file)?.[index]
            if (again && current.status === 'needs-review' && again.status !== 'needs-review')
              current = {
                ...site,
                to: again.to,
                rewrite: again.rewrite === 'none' ? 'follow-client' : again.rewrite,
                status: 'rewritten',
              }
          }
          // What the last plan still has to leave to a person was not moved for every one of its callers.
          const end = later.at(-1)?.get(file)?.[index]
          if (current.status === 'rewritten' && end?.status === 'needs-review')
            current = {
              ...current,
              rewrite: 'none',
              status: 'needs-review',
              ...(end.reason === undefined ? {} : { reason: end.reason }),
            }
          if (reason === undefined || current.status !== 'rewritten') return withoutReason(current)
          return { ...current, rewrite: 'none', status: 'needs-review', reason }
        }),
      )
    }
    return found
  }
}

/** A rewritten site carries no reason of the round in which it still needed one. */
function withoutReason(site: MigrateSite): MigrateSite {
  if (site.status !== 'rewritten' || site.reason === undefined) return site
  const { reason: _, ...rest } = site
  return rest
}
