import * as z from 'zod/mini'
import { type RuleName, ruleNames } from './model.ts'
import { client, databaseName, exportName, pathGlob, tenantIdSource, text } from './schema-parts.ts'
import { defaultSeverities, ruleSummaries } from './severity.ts'

const list = <T extends z.core.$ZodType>(item: T, description: string) =>
  z.optional(z.array(item).check(z.describe(description)))

const database = z
  .strictObject({
    perTenant: z.optional(z.boolean().check(z.describe('There is one of this database for every tenant.'))),
    clients: list(
      client,
      'Every way to obtain a client of this database. Of a per-tenant database the first of a library is what `migrate` writes.',
    ),
    tables: list(
      text('A table by the name that the code writes or the database has. `*` stands for any characters.'),
      'The tables of this database. An exact name beats a pattern, a longer pattern a shorter one. A table listed in several databases is kept in each.',
    ),
    buckets: list(
      text('A storage bucket; `*` stands for any characters.'),
      'Storage buckets of this database. A bucket that no database names is not judged.',
    ),
    functions: list(
      text('A database function; `*` stands for any characters.'),
      'Database functions (RPC) of this database. One that no database names is not judged.',
    ),
    auth: z.optional(
      z
        .boolean()
        .check(
          z.describe(
            'Sign-in belongs to this database: `client.auth` is never moved. Without it, `auth` follows the client it is on.',
          ),
        ),
    ),
    rows: z.optional(
      z
        .strictObject({
          column: text("The column that holds the tenant inside the tenant's own database."),
          sources: list(
            tenantIdSource,
            "Where that id comes from, when it is another one than the application's.",
          ),
        })
        .check(z.describe("For a per-tenant database whose rows still carry the tenant's id.")),
    ),
  })
  .check(z.describe('A database, or one per tenant.'))

const severity = z.enum(['error', 'warning', 'off'])
const severities = Object.fromEntries(
  ruleNames.map((name) => [
    name,
    z.optional(severity.check(z.describe(`${ruleSummaries[name]} Default: ${defaultSeverities[name]}.`))),
  ]),
) as Record<RuleName, z.ZodMiniOptional<typeof severity>>

const reason = text('Why; shown by `explain` and in reports.')

/** The form of rules.json. What it can't say (names that exist, globs that can match) is checked in checks.ts. */
export const rulesSchema = z
  .strictObject({
    $schema: z.optional(z.string().check(z.describe('Path or URL of this schema, for the editor.'))),
    files: list(
      pathGlob('Files to look at.'),
      'The code to look at. Default: every JavaScript and TypeScript file that git does not ignore.',
    ),
    ignore: list(pathGlob('Files to leave out.'), 'Files to leave out.'),
    databases: z
      .record(z.string().check(z.describe('A name of your choice.')), database)
      .check(z.describe('The databases by name. At least one has `"perTenant": true`.')),
    routes: list(
      z
        .strictObject({
          files: pathGlob('The files this is about.'),
          database: databaseName('Their database.'),
          reason: z.optional(reason),
        })
        .check(z.describe('The database of the files that match.')),
      "Which database a file works with, where no table decides; the first match wins. A table's database outranks its route's.",
    ),
    tenantId: z.optional(
      z
        .strictObject({
          sources: list(tenantIdSource, 'The only places that a tenant id may come from.'),
          insert: z.optional(
            z
              .strictObject({
                statement: text('The statement that obtains what the id is taken from.'),
                imports: list(
                  exportName('A name to import.'),
                  'What the statement and the guard need; added to the imports where missing.',
                ),
                guard: z.optional(text('The statement after it that proves that there is an id.')),
              })
              .check(
                z.describe(
                  'What `migrate` may write into a handler that has no tenant id in scope. Without it, such places are reported.',
                ),
              ),
          ),
          never: list(text('A name.'), 'Names that look like the tenant id and are not.'),
        })
        .check(z.describe('Where the id of the tenant comes from.')),
    ),
    exceptions: list(
      z
        .strictObject({
          files: pathGlob('The files this is about.'),
          tables: list(
            text('A table; `*` stands for any characters.'),
            'The tables this is about. Without it: all.',
          ),
          database: databaseName('The database that is meant there.'),
          reason,
        })
        .check(z.describe('An intended access to another database.')),
      'Intended accesses to another database, such as an admin console or a report over all tenants. Outranks tables and routes.',
    ),
    sql: list(
      z
        .strictObject({
          files: pathGlob('The SQL files this is about.'),
          database: databaseName('Their database.'),
        })
        .check(z.describe('The database of the SQL files that match.')),
      'Which database a SQL file belongs to; the first match wins.',
    ),
    dialects: list(
      text('A module specifier.'),
      "Dialects of the team's own: modules that describe one more data library.",
    ),
    lint: z.optional(
      z
        .strictObject(severities)
        .check(z.describe('Severity by lint rule. A rule that is not named keeps its default.')),
    ),
  })
  .check(z.describe('The rules of tenantize: which routes and tables belong to which database.'))

/** rules.json as the schema has let it through. */
export type RulesInput = z.infer<typeof rulesSchema>
export type ClientInput = z.infer<typeof client>
export type TenantIdSourceInput = z.infer<typeof tenantIdSource>
