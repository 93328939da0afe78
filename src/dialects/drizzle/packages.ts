/** Names that drizzle-orm exports, as `module#export`. */

const cores = ['pg', 'mysql', 'sqlite', 'singlestore', 'gel', 'mssql', 'cockroach'].map(
  (kind) => [kind, `drizzle-orm/${kind}-core`] as const,
)

const drivers = [
  'aws-data-api/pg',
  'better-sqlite3',
  'bun-sql',
  'bun-sqlite',
  'd1',
  'durable-sqlite',
  'expo-sqlite',
  'gel',
  'libsql',
  'libsql/http',
  'libsql/node',
  'libsql/sqlite3',
  'libsql/wasm',
  'libsql/web',
  'libsql/ws',
  'mysql-proxy',
  'mysql2',
  'neon',
  'neon-http',
  'neon-serverless',
  'node-postgres',
  'op-sqlite',
  'pg-proxy',
  'pglite',
  'planetscale-serverless',
  'postgres-js',
  'prisma/mysql',
  'prisma/pg',
  'prisma/sqlite',
  'singlestore',
  'singlestore-proxy',
  'sql-js',
  'sqlite-proxy',
  'tidb-serverless',
  'tursodatabase/database',
  'vercel-postgres',
  'xata-http',
]

/** Calls that make a client. */
export const constructors = [
  ...drivers.map((driver) => `drizzle-orm/${driver}#drizzle`),
  ...cores.map(([, core]) => `${core}#withReplicas`),
]

const declared = (names: (kind: string) => readonly string[]): ReadonlySet<string> =>
  new Set(cores.flatMap(([kind, core]) => names(kind).map((name) => `${core}#${name}`)))

/** A table or a view; the first argument is its name in the database. */
export const tables = declared((kind) => [
  `${kind}Table`,
  `${kind}Table.withRLS`,
  `${kind}View`,
  `${kind}MaterializedView`,
  'view',
])

/** A schema of the database: `pgSchema('auth').table('users', …)`. */
export const schemas = declared((kind) => [`${kind}Schema`])

/** Makes a function that declares tables under names it makes of theirs. */
export const creators = declared((kind) => [`${kind}TableCreator`])

/** Another name for a table in one query. */
export const aliases = new Set([...declared(() => ['alias']), 'drizzle-orm#aliasedTable'])

const sqlModules = ['drizzle-orm', 'drizzle-orm/sql', 'drizzle-orm/sql/sql']
const sqlNames = (name: string) => sqlModules.map((module) => `${module}#${name}`)
export const sqlTags = new Set(sqlNames('sql'))
export const rawSql = new Set(sqlNames('sql.raw'))
export const identifiers = new Set(sqlNames('sql.identifier'))
export const joins = new Set(sqlNames('sql.join'))

/** Relations of tables, for `db.query`. */
export const relationMakers = new Set(['drizzle-orm#relations', 'drizzle-orm/relations#relations'])
export const relationsOfSchema = new Set(
  ['drizzle-orm', 'drizzle-orm/relations'].flatMap((module) =>
    ['defineRelations', 'defineRelationsPart'].map((name) => `${module}#${name}`),
  ),
)

/** Builds queries without a client: pieces of others, which run on the client of these. */
export const builders = declared(() => ['QueryBuilder'])

export const makes = [
  ...builders,
  ...tables,
  ...schemas,
  ...creators,
  ...aliases,
  ...sqlTags,
  ...rawSql,
  ...identifiers,
  ...joins,
  ...relationMakers,
  ...relationsOfSchema,
]
