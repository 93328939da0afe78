import type { DatabaseProposal, Entry, InsertProposal, Proposal } from './proposal.ts'

/** The text of rules.json for a proposal: JSON with the evidence for every line as a comment. */
export function writeRules(proposal: Proposal): string {
  const parts: string[] = []
  if (proposal.schema) parts.push(`  "$schema": ${JSON.stringify(proposal.schema)}`)
  if (proposal.files.length > 0)
    parts.push(`  // The code to look at.\n  "files": ${list(proposal.files, 2)}`)
  if (proposal.ignore.length > 0)
    parts.push(`  // Tests are no part of the application.\n  "ignore": ${list(proposal.ignore, 2)}`)
  parts.push(
    `  "databases": {\n${database('app', 'One database for the whole application.', proposal.app)},\n${database('tenant', `One database for each ${proposal.tenantWord ?? 'tenant'}.`, proposal.tenant)}\n  }`,
  )
  if (proposal.routes.length > 0)
    parts.push(
      `  // The first match wins. A table's database outranks its route's.\n  "routes": ${list(proposal.routes, 2)}`,
    )
  if (proposal.sql.length > 0)
    parts.push(`  // Which database the SQL of a folder makes.\n  "sql": ${list(proposal.sql, 2)}`)
  parts.push(`  "tenantId": {\n${tenantId(proposal)}\n  }`)
  return `${header(proposal)}{\n${parts.join(',\n\n')}\n}\n`
}

function header({ notes }: Proposal): string {
  const lines = [
    'Proposed by `tenantize init` from what the code shows; each line says why. Look for "decide:".',
    'Then: tenantize lint, tenantize migrate. Paths are relative to this file.',
    ...notes.map((note) => `decide: ${note}`),
  ]
  return `${lines.map((line) => `// ${comment(line)}`).join('\n')}\n`
}

function database(name: 'app' | 'tenant', about: string, proposal: DatabaseProposal): string {
  const lines = [
    `      "clients": ${list(proposal.clients, 6)}`,
    `      "tables": ${list(proposal.tables, 6)}`,
  ]
  if (proposal.buckets.length > 0) lines.push(`      "buckets": ${list(proposal.buckets, 6)}`)
  if (proposal.functions.length > 0) lines.push(`      "functions": ${list(proposal.functions, 6)}`)
  if (proposal.auth !== undefined) lines.push(`      // ${comment(proposal.auth)}\n      "auth": true`)
  if (name === 'tenant') lines.unshift('      "perTenant": true')
  return `    // ${about}\n    ${JSON.stringify(name)}: {\n${lines.join(',\n')}\n    }`
}

function tenantId({ sources, insert }: Proposal): string {
  const lines = [`    // The only places that a tenant id may come from.\n    "sources": ${list(sources, 4)}`]
  if (insert) lines.push(insertText(insert))
  return lines.join(',\n')
}

function insertText({ statement, imports, guard, evidence }: InsertProposal): string {
  return `    // What \`migrate\` may write into a handler without a tenant id: ${comment(evidence)}.\n    "insert": {\n      "statement": ${JSON.stringify(statement)},\n      "imports": ${inline(imports)},\n      "guard": ${JSON.stringify(guard)}\n    }`
}

/** A list, one entry a line with its evidence behind it. Entries that only a person can switch on are comments. */
function list(entries: readonly Entry[], indent: number): string {
  if (entries.length === 0) return '[]'
  const pad = ' '.repeat(indent)
  const active = entries.filter((entry) => !entry.disabled)
  const note = ({ decide, evidence }: Entry) =>
    decide === undefined ? comment(evidence) : `decide: ${comment(decide)} (${comment(evidence)})`
  // They come first, with their comma, so that taking the slashes away is all there is to do.
  const off = entries
    .filter((entry) => entry.disabled)
    .flatMap((entry) => [`${pad}  // ${note(entry)}`, `${pad}  // ${inline(entry.value)},`])
  const on = active.map(
    (entry, index) =>
      `${pad}  ${inline(entry.value)}${index < active.length - 1 ? ',' : ''} // ${note(entry)}`,
  )
  const lines = [...off, ...on]
  return `[\n${lines.join('\n')}\n${pad}]`
}

/** JSON on one line, with spaces as a person writes it. */
function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  return `{ ${Object.entries(value)
    .map(([key, item]) => `${JSON.stringify(key)}: ${inline(item)}`)
    .join(', ')} }`
}

/** Text that stays on its line. */
function comment(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
