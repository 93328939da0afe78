/**
 * The candidate that a misspelt word most probably meant: an equal word in another case, or one whose edit distance
 * is at most a third of the longer word's length (and 1 for short words). The first of equally near ones wins.
 * @returns undefined when nothing is near enough, or when the word itself is a candidate
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined
  let least = Number.POSITIVE_INFINITY
  for (const candidate of candidates) {
    if (candidate === word) return undefined
    const limit = Math.max(1, Math.floor(Math.max(word.length, candidate.length) / 3))
    if (Math.abs(word.length - candidate.length) > limit) continue
    // Half a step apart: a different case is nearer than any different letter.
    const distance = candidate.toLowerCase() === word.toLowerCase() ? 0.5 : editDistance(word, candidate)
    if (distance <= limit && distance < least) {
      best = candidate
      least = distance
    }
  }
  return best
}

/**
 * Levenshtein's distance with one addition: two swapped neighbours count as one edit, the commonest typing slip
 * ("optimal string alignment").
 */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + change)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, beforeLast[j - 2]! + 1)
      row.push(cost)
    }
    beforeLast = last
    last = row
  }
  return last[b.length]!
}
