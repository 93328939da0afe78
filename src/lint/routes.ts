import type { Classifier } from '../rules/classify.ts'

/** File names that Next.js calls by convention in the app router. */
const entryNames =
  /^(?:route|page|layout|template|default|loading|error|not-found|global-error)\.[mc]?[jt]sx?$/

/**
 * Whether a file is a route: a route rule claims it, and where the rule's files follow the app router's names,
 * it has one of them (a helper beside `route.ts` is not a route of its own).
 */
export function isRouteFile(files: readonly string[], classifier: Classifier): (file: string) => boolean {
  const routes = new Set<string>()
  const claimed = files.filter((file) => classifier.route(file) !== undefined)
  const folderOf = (file: string) => file.slice(0, file.lastIndexOf('/') + 1)
  const nameOf = (file: string) => file.slice(file.lastIndexOf('/') + 1)
  const appRouter = claimed.some(
    (file) => /(?:^|\/)app\//.test(file) && /^(?:route|page)\./.test(nameOf(file)),
  )
  for (const file of claimed) {
    if (/\.(?:test|spec|d)\.[mc]?[jt]sx?$/.test(file)) continue
    if (appRouter && /(?:^|\/)app\//.test(folderOf(file)) && !entryNames.test(nameOf(file))) continue
    routes.add(file)
  }
  return (file) => routes.has(file)
}
