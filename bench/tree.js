/**
 * Makes a code base of the reference system's shape and of any size: of its TypeScript files about a quarter are
 * routes, a twentieth are libraries that query the database, the rest components and hooks. The same seed gives
 * the same bytes.
 *
 * `node bench/tree.js <folder> [files] [seed]` keeps one for looking at.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { component, hook } from './tree/component.js'
import { projectFiles } from './tree/project.js'
import { random } from './tree/random.js'
import { route } from './tree/route.js'
import { service } from './tree/service.js'
import { appTables, folderName, tenantTables, typeName } from './tree/words.js'

const appFolders = ['auth', 'users', 'migrations', 'seed-data']

/**
 * @param {string} folder an empty or missing folder
 * @returns {{ files: number, bytes: number, mentioning: number, creations: number, queries: number }}
 *   what was written: TypeScript files, their size, how many name the application's client, calls that make one,
 *   and queries in the files that name it
 */
export function makeTree(folder, { files = 500, seed = 1 } = {}) {
  const any = random(seed)
  const texts = projectFiles()
  const isSource = (path) => /\.tsx?$/.test(path)
  let count = Object.keys(texts).filter(isSource).length
  let creations = 0
  let queries = 0
  for (let at = 0; count < files; at++, count++) {
    const made = file(any, at, any.between(0, 999))
    texts[made.path] = made.text
    creations += made.creations ?? 0
    queries += made.queries ?? 0
  }
  for (const [path, text] of Object.entries(texts)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  commit(folder)
  const sources = Object.keys(texts)
    .filter(isSource)
    .map((path) => texts[path])
  return {
    files: sources.length,
    bytes: sources.reduce((sum, text) => sum + Buffer.byteLength(text), 0),
    mentioning: sources.filter((text) => text.includes('createServerSupabaseClient')).length,
    creations,
    queries,
  }
}

/** One file; `at` keeps names apart, `share` (0–999) decides what it is. */
function file(any, at, share) {
  const table = any.pick(tenantTables)
  const name = `${typeName(table)}${at}`
  if (share < 270) return routeFile(any, at, share)
  if (share < 345)
    return { path: `src/lib/services/${folderName(table)}-${at}.ts`, ...service(any, table, name) }
  if (share < 480) return { path: `src/hooks/use${name}.ts`, text: hook(any, table, name) }
  return { path: `src/components/${folderName(table)}/${name}.tsx`, text: component(any, table, name) }
}

/** In every 122 routes, 12 belong to the application's database and 7 already use the tenant's. */
function routeFile(any, at, share) {
  const database = share < 27 ? 'app' : 'tenant'
  const table = any.pick(database === 'app' ? appTables : tenantTables)
  const item = any.chance(0.5)
  const section = database === 'app' ? any.pick(appFolders) : folderName(table)
  const shape = { table, database, item, migrated: share >= 27 && share < 43 }
  return { path: `src/app/api/${section}/v${at}/${item ? '[id]/' : ''}route.ts`, ...route(any, shape) }
}

function commit(folder) {
  const git = (...args) => execFileSync('git', ['-C', folder, ...args], { stdio: 'ignore' })
  git('init', '-q')
  git('add', '-A')
  git('-c', 'user.name=bench', '-c', 'user.email=bench@example.com', 'commit', '-qm', 'Start')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder, files = '500', seed = '1'] = process.argv.slice(2)
  if (!folder) throw new Error('usage: node bench/tree.js <folder> [files] [seed]')
  console.log(makeTree(folder, { files: Number(files), seed: Number(seed) }))
}
