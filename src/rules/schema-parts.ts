import * as z from 'zod/mini'
import { exportNameProblem, exportSyntax, pathSyntax } from './names.ts'

/** The building blocks of the schema of rules.json: texts of a certain form, and entries that point at code. */

/**
 * Gives a schema the description that editors show. (Zod's own `describe` copies the schema; over the whole of
 * rules.json that costs every start of the program some milliseconds.)
 */
export function about<T extends z.core.$ZodType>(description: string, schema: T): T {
  z.globalRegistry.add(schema, { description })
  return schema
}

/** Any text but an empty one. */
export const text = (description: string) =>
  about(description, z.string().check(z.regex(/\S/, { error: 'this must not be empty' })))

/** `module#export`. */
export const exportName = (description: string) =>
  about(
    `${description} Written \`module#export\` by where it is declared, such as \`@/lib/db#prisma\`; \`#default\` for a default export.`,
    z.string().check(z.regex(exportSyntax, { error: (issue) => exportNameProblem(String(issue.input)) })),
  )

/** `user.tenantId`. */
export const memberPath = (description: string) =>
  about(
    description,
    z.string().check(
      z.regex(pathSyntax, {
        error: (issue) => `"${issue.input}" is not a path of members such as "user.tenantId"`,
      }),
    ),
  )

/** A single name: `isUserDb`. */
const memberName = (description: string) =>
  about(
    description,
    z
      .string()
      .check(
        z.regex(/^[A-Za-z_$][\w$]*$/, { error: (issue) => `"${issue.input}" is not the name of a member` }),
      ),
  )

/** Globs over paths; checks.ts says what is wrong with one. */
export const pathGlob = (description: string) =>
  text(
    `${description} \`*\`, \`**\`, \`?\` and \`{a,b}\`; ( ) and [ ] are literal; a backslash escapes. Relative to the folder of this file.`,
  )

/** The name of one of the `databases`. */
export const databaseName = (description: string) =>
  text(`${description} One of the names under \`databases\`.`)

export const flag = (description: string) => about(description, z.boolean())

/** A list that may be left out. */
export const list = <T extends z.core.$ZodType>(description: string, item: T) =>
  z.optional(about(description, z.array(item)))

const index = (description: string) =>
  about(description, z.int().check(z.minimum(0, { error: 'expected 0 or more' })))

const result = z.optional(memberPath('The member of what the factory returns that is the client.'))
const scope = z.optional(
  about(
    'The client authenticates by itself from the request, so it is never placed in webhooks, cron jobs or scripts.',
    z.literal('request'),
  ),
)
const when = z.optional(
  about(
    'One factory, several databases: the call gives this database when that argument has that value.',
    z.strictObject({
      argument: index('Index of the argument that decides, from 0.'),
      is: about("The argument's value for this database.", z.string()),
    }),
  ),
)

const dialect = z.optional(
  text(
    'The data library of the client: `supabase`, `prisma`, `convex`, `drizzle`, `sql`. Without it: that of the constructor in its declaration, or any.',
  ),
)

const exportedClient = about(
  'A factory or a ready client.',
  z.strictObject({
    export: exportName('The factory or the ready client; `module#export.member` for a member of it.'),
    async: z.optional(flag('The factory returns a promise of the client.')),
    arguments: list(
      'How `migrate` calls the factory, argument by argument.',
      text(
        'Source text of one argument, or `$tenantId`, the id in scope, or `$table`, the table of the access.',
      ),
    ),
    imports: list(
      'What the template of the arguments needs; added to the imports where missing.',
      exportName('A name to import.'),
    ),
    result,
    also: list(
      'Other members of what the factory returns that `migrate` takes along: `isUserDb`.',
      memberName('A member.'),
    ),
    planned: z.optional(
      flag('Not written yet: `migrate` imports it, and verification accepts that it is missing.'),
    ),
    scope,
    dialect,
    when,
    sql: z.optional(index('A function that runs SQL: index of the argument that is its text, from 0.')),
    replaces: list(
      'The clients in whose place `migrate` writes this one. Without it: all of the same library.',
      text('A client entry, written as it is there.'),
    ),
  }),
)

const wrapperClient = about(
  'A client that a wrapper hands to the function it is called with.',
  z.strictObject({
    wrapper: exportName('A function that hands a client to the function it is called with.'),
    path: z.optional(
      memberPath(
        "Where the client is in the wrapped function's first parameter. Without it: the parameter itself.",
      ),
    ),
    planned: z.optional(flag('Not written yet: verification accepts that it is missing.')),
    scope,
    dialect,
  }),
)

const madeClient = about(
  'A client made in place.',
  z.strictObject({
    new: exportName("The library's constructor or factory, such as `@supabase/supabase-js#createClient`."),
    env: z.optional(
      text(
        'The environment variable that names the database. It may come through a const, `??`, an env module or options.',
      ),
    ),
    result,
    scope,
    when,
  }),
)

/** One way to obtain a client. In every union here the first key of an object says which form it is. */
export const client = about(
  'One way to obtain a client of this database.',
  z.union([exportName('A factory or a ready client.'), exportedClient, wrapperClient, madeClient]),
)

const path = (of: string) => z.optional(memberPath(`Where the id is in ${of}. Without it: the value itself.`))

/** One place that a trusted tenant id comes from. */
export const tenantIdSource = about(
  'A place that a tenant id may be taken from.',
  z.union([
    about(
      'The id is in what a call returns.',
      z.strictObject({
        call: exportName('A function that returns the id, or an object with the id in it.'),
        path: path('what it returns'),
      }),
    ),
    about(
      'The id is in a parameter of the wrapped handler.',
      z.strictObject({
        wrapper: exportName(
          'A function that is called with a handler, or the root of a call chain that is, such as a tRPC procedure.',
        ),
        path: path('that parameter'),
        parameter: z.optional(index('Index of the parameter of the wrapped handler, from 0. Default: 0.')),
      }),
    ),
    about(
      'The id is a parameter with this name.',
      z.strictObject({
        parameter: text('Name of a parameter that carries the id wherever it occurs.'),
        path: path('that parameter'),
      }),
    ),
    about(
      'The id is this expression.',
      z.strictObject({
        expression: text(
          "An expression, such as `c.get('workspace').id`; used where all its names are in scope.",
        ),
      }),
    ),
    about(
      'The id comes from the URL or the body, and a check of access follows.',
      z.strictObject({
        request: text('Name under which the request carries the id, such as `teamId`.'),
        checkedBy: about(
          'Functions that check whether the user may use the id, and queries that look it up together with the user; one of them has to follow.',
          z
            .array(
              z.union([
                exportName('A check of access.'),
                about(
                  'A query for one row, by the id and by who asks, whose answer decides.',
                  z.strictObject({
                    table: text('The table that is asked, such as `member`.'),
                    column: z.optional(
                      text('The column that is compared with the id. Without it: the name of the request.'),
                    ),
                    user: text('The column that is compared with who asks, such as `userId`.'),
                  }),
                ),
              ]),
            )
            .check(z.minLength(1)),
        ),
      }),
    ),
  ]),
)
