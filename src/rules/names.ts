import type { ExportName } from './model.ts'

const identifier = '[A-Za-z_$\\u0080-\\uffff][\\w$\\u0080-\\uffff]*'

/** `module#export` or `module#export.member`; a module may begin with `#` itself, as package.json's imports do. */
export const exportSyntax = new RegExp(`^(\\S|\\S.*\\S)#(${identifier})(?:\\.(${identifier}))?$`)

/** Members joined by dots: `user.tenantId`. */
export const pathSyntax = /^[\w$]+(?:\.[\w$]+)*$/

/**
 * Takes `module#export.member` apart.
 * @throws TypeError when the text is nothing of the kind (the schema has checked it by then)
 */
export function parseExportName(text: string): ExportName {
  const match = exportSyntax.exec(text)
  if (!match) throw new TypeError(`"${text}" is not module#export`)
  const [, module, name, member] = match
  return { module: module!, export: name!, ...(member === undefined ? {} : { member }) }
}

/** What is wrong with a text that should have been `module#export`. */
export function exportNameProblem(text: string): string {
  if (text !== text.trim()) return `"${text}" has a space at its end or beginning`
  if (!text.includes('#'))
    return `"${text}" names no export: expected module#export, such as "@/lib/db#prisma"`
  if (text.endsWith('#')) return `"${text}" names no export after the #; a default export is "#default"`
  if (text.startsWith('#') && text.indexOf('#', 1) === -1) return `"${text}" names no module before the #`
  return `"${text}" is not module#export or module#export.member`
}
