import type { Dialect } from '../dialects/dialect.ts'

/** How clients of libraries are made whose queries no dialect reads yet: `init` lists them as found. */
const constructors: Readonly<Record<string, readonly string[]>> = {
  prisma: ['*#PrismaClient'],
  convex: [
    'convex/browser#ConvexHttpClient',
    'convex/browser#ConvexClient',
    'convex/react#ConvexReactClient',
  ],
  drizzle: [
    'node-postgres',
    'postgres-js',
    'neon-http',
    'neon-serverless',
    'vercel-postgres',
    'pglite',
    'mysql2',
    'planetscale-serverless',
    'better-sqlite3',
    'libsql',
    'd1',
    'bun-sqlite',
    'aws-data-api/pg',
  ].map((driver) => `drizzle-orm/${driver}#drizzle`),
  sql: [
    'pg#Pool',
    'pg#Client',
    'postgres#default',
    '@neondatabase/serverless#neon',
    '@neondatabase/serverless#Pool',
    '@vercel/postgres#createPool',
    '@vercel/postgres#createClient',
    'mysql2/promise#createPool',
    'mysql2/promise#createConnection',
  ],
}

/** Stand-ins for the dialects that are still missing: they make clients and recognise no query. */
export function otherLibraries(known: readonly Dialect[]): Dialect[] {
  const taken = new Set(known.flatMap((dialect) => [dialect.name, ...dialect.constructors]))
  return Object.entries(constructors).flatMap(([name, all]): Dialect[] => {
    const missing = all.filter((maker) => !taken.has(maker))
    if (taken.has(name) || missing.length === 0) return []
    return [
      {
        name,
        constructors: missing,
        derives: new Set(['$extends']),
        types: new Set(),
        hint: /(?!)/,
        recognise: () => undefined,
        touches: () => ({ names: [], embeds: [] }),
      },
    ]
  })
}

/** Words that a file which makes a client has to contain. */
export function clientWords(dialects: readonly Dialect[]): string[] {
  return [
    ...new Set(
      dialects.flatMap((dialect) =>
        dialect.constructors.map((maker) => (maker.startsWith('*#') ? maker.slice(2) : maker.split('#')[0]!)),
      ),
    ),
  ]
}
