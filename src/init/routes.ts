import type { Entry, Side } from './proposal.ts'
import type { Survey } from './survey.ts'
import type { TableVerdict } from './tables.ts'
import { count } from './words.ts'

/** Why folders with these names belong to the application, or may; by the start of the folder's name. */
const known: readonly {
  readonly start: readonly string[]
  readonly reason: string
  readonly always: boolean
}[] = [
  {
    start: ['auth', 'login', 'signin', 'sign-in', 'signup', 'sign-up', 'register'],
    reason: 'sign-in happens before a tenant is known',
    always: true,
  },
  {
    start: ['user', 'profile', 'member', 'invit', 'me'],
    reason: 'people are kept once, for all tenants',
    always: false,
  },
  { start: ['migration', 'migrate'], reason: 'migrations are run over the list of tenants', always: true },
  { start: ['seed', 'setup'], reason: 'it creates tenants', always: true },
  {
    start: ['tenant', 'organization', 'workspace', 'compan'],
    reason: 'the list of tenants is kept once',
    always: false,
  },
  { start: ['audit'], reason: 'one trail of events for the whole company', always: false },
]
const machines = /^(?:web-?hooks?|callbacks?|cron|crons|scheduled|inbound)$/i

interface RouteFile {
  readonly file: string
  readonly root: string
  readonly tables: Set<string>
  side?: Side
  touchesApp: boolean
}

/** Which folders of routes work with which database, by the tables that their files touch. */
export function proposeRoutes(survey: Survey, verdicts: readonly TableVerdict[]): Entry[] {
  const routes = routeFiles(survey, new Map(verdicts.map((verdict) => [verdict.table.name, verdict.side])))
  const roots = [...new Set(routes.map((route) => route.root))].sort()
  const app: Entry[] = []
  const rest: Entry[] = []
  for (const root of roots) {
    const inside = routes.filter((route) => route.root === root)
    if (!inside.some((route) => route.side !== undefined)) continue
    app.push(...foldersBelow(root, inside))
    const tenant = inside.filter((route) => route.side === 'tenant').length
    const silent = [
      ...new Set(inside.flatMap((route) => route.file.split('/').filter((part) => machines.test(part)))),
    ].sort()
    rest.push({
      value: { files: `${root}/**`, database: 'tenant' },
      evidence: `${tenant} of ${count(inside.length, 'route')} touch tenants' tables${silent.length > 0 ? `; those in ${silent.join(', ')} are called without a session, and \`migrate\` reports them` : ''}`,
      ...(tenant === 0 ? { decide: 'no route below touches a table of the tenants' } : {}),
    })
  }
  return [...app, ...rest]
}

/** Folders below a root whose routes are all the application's; the highest such folder stands for those in it. */
function foldersBelow(folder: string, routes: readonly RouteFile[]): Entry[] {
  const children = new Map<string, RouteFile[]>()
  for (const route of routes) {
    const rest = route.file.slice(folder.length + 1).split('/')
    if (rest.length < 2) continue
    const child = `${folder}/${rest[0]}`
    const list = children.get(child)
    if (list) list.push(route)
    else children.set(child, [route])
  }
  return [...children].flatMap(([child, inside]): Entry[] => {
    const name = child.slice(child.lastIndexOf('/') + 1).toLowerCase()
    const meaning = known.find(({ start }) => start.some((word) => name === word || name.startsWith(word)))
    const sides = new Set(inside.flatMap((route) => route.side ?? []))
    const tables = [...new Set(inside.flatMap((route) => [...route.tables]))].sort()
    const value = {
      files: `${child}/**`,
      database: 'app',
      reason:
        meaning?.reason ??
        (tables.length === 1
          ? `\`${tables[0]}\` is kept once, for all tenants`
          : 'these tables are kept once, for all tenants'),
    }
    const evidence = `${count(inside.length, 'route')}${tables.length > 0 ? `: ${tables.slice(0, 6).join(', ')}${tables.length > 6 ? ', …' : ''}` : ', no tables'}`
    if (meaning?.always && sides.has('tenant'))
      return [
        {
          value,
          evidence,
          decide: 'its name says that it runs without a tenant, but it touches tables of the tenants',
        },
      ]
    if (sides.size === 1 && sides.has('app')) return [{ value, evidence }]
    if (meaning && inside.filter((route) => route.touchesApp).length * 2 > inside.length)
      return [
        {
          value,
          evidence,
          decide: "most of its routes touch the application's tables, but also some of the tenants'",
        },
      ]
    if (sides.size === 0) return meaning?.always ? [{ value, evidence }] : []
    // A single file in a mixed folder is left to its tables, which outrank its route.
    return foldersBelow(child, inside).filter((entry) => !entry.evidence.startsWith('1 route'))
  })
}

function routeFiles(survey: Survey, sides: ReadonlyMap<string, Side>): RouteFile[] {
  const found = new Map<string, RouteFile>()
  for (const file of survey.files) {
    const root = routeRoot(file)
    if (root !== undefined) found.set(file, { file, root, tables: new Set(), touchesApp: false })
  }
  for (const access of survey.accesses) {
    const route = found.get(access.file)
    if (!route || access.kind !== 'table') continue
    for (const name of access.names) {
      const side = sides.get(name)
      if (side === undefined) continue
      route.tables.add(name)
      if (side === 'app') route.touchesApp = true
      // One table of the tenants makes it a tenant's route; its other tables keep their own database.
      if (side === 'tenant' || route.side === undefined) route.side = side
    }
  }
  return [...found.values()]
}

/** The folder of routes that a file belongs to by its framework's convention, or by its folder's name. */
function routeRoot(file: string): string | undefined {
  const parts = file.split('/')
  const name = parts.at(-1)!
  const upTo = (index: number) => parts.slice(0, index + 1).join('/')
  const app = parts.indexOf('app')
  if (/^route\.[mc]?[jt]sx?$/.test(name) && app >= 0)
    return parts[app + 1] === 'api' ? upTo(app + 1) : upTo(app)
  const pages = parts.indexOf('pages')
  if (pages >= 0 && parts[pages + 1] === 'api') return upTo(pages + 1)
  const folder = parts
    .slice(0, -1)
    .findIndex((part) => ['routes', 'routers', 'controllers', 'endpoints', 'handlers'].includes(part))
  return folder >= 0 && app < 0 ? upTo(folder) : undefined
}
