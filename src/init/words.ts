/** Names as the words they are made of: what looks like a tenant, and which table a column points at. */

/** Words for who owns data, commonest first; the plural names the table of them. */
export const tenantWords = [
  'tenant',
  'organization',
  'organisation',
  'org',
  'workspace',
  'company',
  'team',
  'account',
] as const

/** `activeOrganizationId`, `active_organization_id` → active, organization, id */
export function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter(Boolean)
}

/** The singular of an English noun in lower case, as table names use them. */
export function singular(word: string): string {
  if (/ies$/.test(word) && word.length > 4) return `${word.slice(0, -3)}y`
  if (/(?:ss|us|is)$/.test(word) || !word.endsWith('s')) return word
  if (/(?:sses|xes|ches|shes)$/.test(word)) return word.slice(0, -2)
  return word.slice(0, -1)
}

/** A table's or model's name in singular words: `quote_line_items` and `QuoteLineItem` are one. */
export function keyOfName(name: string): string {
  const words = wordsOf(name)
  return [...words.slice(0, -1), singular(words.at(-1) ?? '')].join('_')
}

/** The word for a tenant, with its short form and other spelling made one. */
export function sameWord(word: string): string {
  return word === 'org' || word === 'organisation' ? 'organization' : word
}

/** What may stand before a tenant's word in the name of its id: `currentTenantId` is one, `providerAccountId` is not. */
const leading = new Set(['current', 'active', 'selected', 'my', 'own', 'session', 'auth', 'the'])

/** The tenant's word in the name of an id: `organization` in `org_id`, `activeOrgId`; undefined for other names. */
export function idWord(name: string): string | undefined {
  const words = wordsOf(name)
  const [word, id] = words.slice(-2)
  if (id !== 'id' || word === undefined || !words.slice(0, -2).every((item) => leading.has(item)))
    return undefined
  return (tenantWords as readonly string[]).includes(word) ? sameWord(word) : undefined
}

/** The tenant's word of a path that reads a tenant's id: `user.tenantId`, `workspace.id`, `organization_id`. */
export function pathWord(names: readonly string[]): string | undefined {
  const [holder, last] = names.slice(-2)
  if (names.length >= 2 && last === 'id' && holder !== undefined) {
    const word = wordsOf(holder).at(-1) ?? ''
    if ((tenantWords as readonly string[]).includes(word)) return sameWord(word)
  }
  return idWord(names.at(-1) ?? '')
}

/** Whether a parameter's name says that it is the tenant or its id. */
export function parameterWord(name: string): string | undefined {
  const last = wordsOf(name).at(-1) ?? ''
  return idWord(name) ?? ((tenantWords as readonly string[]).includes(last) ? sameWord(last) : undefined)
}

/** `a company`, `an organization` */
export function withArticle(noun: string): string {
  return `${/^[aeio]/.test(noun) ? 'an' : 'a'} ${noun}`
}

/** `3 calls`, `1 call` */
export function count(number: number, noun: string): string {
  if (number === 1) return `1 ${noun}`
  return `${number} ${/(?:s|x|ch|sh)$/.test(noun) ? `${noun}es` : /[^aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : `${noun}s`}`
}
