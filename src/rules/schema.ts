import * as z from 'zod/mini'
import { type RuleName, ruleNames } from './model.ts'
import {
  about,
  client,
  databaseName,
  exportName,
  flag,
  list,
  pathGlob,
  tenantIdSource,
  text,
} from './schema-parts.ts'
import { defaultSeverities, ruleSummaries } from './severity.ts'

const database = about(
  'A database, or one for every tenant.',
  z.strictObject({
    perTenant: z.optional(flag('There is one of this database for every tenant.')),
    clients: list(
      'Every way to obtain a client of this database. Of a per-tenant database, the first of a library is what `migrate` writes.',
      client,
    ),
    tables: list(
      'The tables of this database. An exact name beats a pattern, a longer pattern a shorter one. A table listed in several databases is kept in each.',
      text('A table by the name that the code writes or the database has. `*` stands for any characters.'),
    ),
    buckets: list(
      'Storage buckets of this database. A bucket that no database names is not judged.',
      text('A storage bucket; `*` stands for any characters.'),
    ),
    functions: list(
      'Database functions (RPC) of this database. One that no database names is not judged.',
      text('A database function; `*` stands for any characters.'),
    ),
    auth: z.optional(
      flag(
        'Sign-in belongs to this database: `client.auth` is never moved. Without it, `auth` follows the client it is on.',
      ),
    ),
    rows: z.optional(
      about(
        "For a per-tenant database whose rows still carry the tenant's id.",
        z.strictObject({
          column: text("The column that holds the tenant inside the tenant's own database."),
          sources: list(
            "Where that id comes from, when it is another one than the application's.",
            tenantIdSource,
          ),
        }),
      ),
    ),
  }),
)

const routes = list(
  "Which database a file works with, where no table decides; the first match wins. A table's database outranks its route's.",
  about(
    'The database of the files that match.',
    z.strictObject({
      files: pathGlob('The files this is about.'),
      database: databaseName('Their database.'),
      reason: z.optional(text('Why; shown by `explain` and in reports.')),
    }),
  ),
)

const exceptions = list(
  'Intended accesses to another database, such as an admin console or a report over all tenants. Outrank tables and routes.',
  about(
    'An intended access to another database.',
    z.strictObject({
      files: pathGlob('The files this is about.'),
      tables: list(
        'The tables this is about. Without it: all.',
        text('A table; `*` stands for any characters.'),
      ),
      auth: z.optional(flag('Sign-in is meant; of tables only those that are listed.')),
      database: databaseName('The database that is meant there.'),
      reason: text('Why; shown by `explain` and in reports.'),
    }),
  ),
)

const insertTemplate = z.strictObject({
  statement: text(
    'The statement that obtains what the id is taken from. `$request`, `$response` (Express, pages router), `$reply` (Fastify) and `$context` (Hono) are the parameters of the handler.',
  ),
  imports: list(
    'What the statement and the guard need; added to the imports where missing.',
    exportName('A name to import.'),
  ),
  guard: z.optional(
    text(
      'The statement after it that proves that there is an id. It has to answer as the handler does: a Response, through `$response`, `$reply` or `$context`, or by throwing.',
    ),
  ),
})

const tenantId = about(
  'Where the id of the tenant comes from.',
  z.strictObject({
    sources: list('The only places that a tenant id may come from.', tenantIdSource),
    insert: z.optional(
      about(
        'What `migrate` may write into a handler that has no tenant id in scope. Without it, such places are reported.',
        z.union([insertTemplate, z.array(insertTemplate)]),
      ),
    ),
    never: list('Names that look like the tenant id and are not.', text('A name.')),
  }),
)

const sql = list(
  'Which database a SQL file belongs to; the first match wins.',
  about(
    'The database of the SQL files that match.',
    z.strictObject({
      files: pathGlob('The SQL files this is about.'),
      database: databaseName('Their database.'),
    }),
  ),
)

const severity = z.enum(['error', 'warning', 'off', 'strict'])
const severityOf = (name: RuleName) =>
  about(`${ruleSummaries[name]} Default: ${defaultSeverities[name]}.`, z.optional(severity))
const severities = Object.fromEntries(ruleNames.map((name) => [name, severityOf(name)]))

/** The form of rules.json. What it can't say (names that exist, globs that can match) is checked in checks.ts. */
export const rulesSchema = about(
  'The rules of tenantize: which routes and tables belong to which database.',
  z.strictObject({
    $schema: z.optional(about('Path or URL of this schema, for the editor.', z.string())),
    files: list(
      'The code to look at. Default: every JavaScript and TypeScript file that git does not ignore.',
      pathGlob('Files to look at.'),
    ),
    ignore: list('Files to leave out.', pathGlob('Files to leave out.')),
    databases: about(
      'The databases by name. At least one has `"perTenant": true`.',
      z.record(z.string(), database),
    ),
    routes,
    tenantId: z.optional(tenantId),
    exceptions,
    sql,
    dialects: list(
      "Dialects of the team's own: modules that describe one more data library.",
      text('A module specifier.'),
    ),
    lint: z.optional(
      about(
        'Severity by lint rule; `strict` is an error that no baseline may hold. A rule that is not named keeps its default.',
        z.strictObject(severities as Record<RuleName, ReturnType<typeof severityOf>>),
      ),
    ),
  }),
)

/** rules.json as the schema has let it through. */
export type RulesInput = z.infer<typeof rulesSchema>
export type ClientInput = z.infer<typeof client>
export type TenantIdSourceInput = z.infer<typeof tenantIdSource>
