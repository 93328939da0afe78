import * as z from 'zod/mini'
import { exportNameProblem, exportSyntax, pathSyntax } from './names.ts'

/** The building blocks of the schema of rules.json: texts of a certain form, and entries that point at code. */

/** Any text but an empty one. */
export const text = (description: string) =>
  z.string().check(z.regex(/\S/, { error: 'this must not be empty' }), z.describe(description))

/** `module#export`. */
export const exportName = (description: string) =>
  z
    .string()
    .check(
      z.regex(exportSyntax, { error: (issue) => exportNameProblem(String(issue.input)) }),
      z.describe(
        `${description} Written \`module#export\` by where it is declared, such as \`@/lib/db#prisma\`; \`#default\` for a default export.`,
      ),
    )

/** `user.tenantId`. */
export const memberPath = (description: string) =>
  z.string().check(
    z.regex(pathSyntax, {
      error: (issue) => `"${issue.input}" is not a path of members such as "user.tenantId"`,
    }),
    z.describe(description),
  )

const index = (description: string) =>
  z.int().check(z.minimum(0, { error: 'expected 0 or more' }), z.describe(description))
const flag = (description: string) => z.boolean().check(z.describe(description))

/** Globs over paths; checks.ts says what is wrong with one. */
export const pathGlob = (description: string) =>
  text(
    `${description} \`*\`, \`**\`, \`?\` and \`{a,b}\`; ( ) and [ ] are literal; a backslash escapes. Relative to the rules file's folder.`,
  )

/** The name of one of the `databases`. */
export const databaseName = (description: string) =>
  text(`${description} One of the names under \`databases\`.`)

const scope = z
  .literal('request')
  .check(
    z.describe(
      '`request`: the client authenticates by itself from the request, so it is never placed in webhooks, cron jobs or scripts.',
    ),
  )
const when = z
  .strictObject({
    argument: index('Index of the argument that decides, from 0.'),
    is: z.string().check(z.describe("The argument's value for this database.")),
  })
  .check(
    z.describe(
      'One factory, several databases: the call is this database when that argument has that value.',
    ),
  )

const exportedClient = z
  .strictObject({
    export: exportName('The factory or the ready client; `module#export.member` for a member of it.'),
    async: z.optional(flag('The factory returns a promise of the client.')),
    arguments: z.optional(
      z
        .array(
          text(
            'Source text of one argument, or `$tenantId`, the id in scope, or `$table`, the table of the access.',
          ),
        )
        .check(z.describe('How `migrate` calls the factory, argument by argument.')),
    ),
    result: z.optional(memberPath('The member of what the factory returns that is the client.')),
    planned: z.optional(
      flag('Not written yet: `migrate` imports it, and verification accepts that it is missing.'),
    ),
    scope: z.optional(scope),
    when: z.optional(when),
    sql: z.optional(index('A function that runs SQL: index of the argument that is its text, from 0.')),
    replaces: z.optional(
      z
        .array(text('A client entry of another database, written as it is there.'))
        .check(
          z.describe(
            'The clients in whose place `migrate` writes this one. Without it: all of the same library.',
          ),
        ),
    ),
  })
  .check(z.describe('A factory or a ready client.'))

const wrapperClient = z
  .strictObject({
    wrapper: exportName('A function that hands a client to the function it is called with.'),
    path: z.optional(
      memberPath(
        "Where the client is in the wrapped function's first parameter. Without it: the parameter itself.",
      ),
    ),
    planned: z.optional(flag('Not written yet: verification accepts that it is missing.')),
    scope: z.optional(scope),
  })
  .check(z.describe('A client that a wrapper hands to the function it is called with.'))

const madeClient = z
  .strictObject({
    new: exportName("The library's constructor or factory, such as `@supabase/supabase-js#createClient`."),
    env: z.optional(
      text(
        'The environment variable that names the database; it may come through a const, `??`, an env module or an options object.',
      ),
    ),
    result: z.optional(memberPath('The member of what the factory returns that is the client.')),
    scope: z.optional(scope),
    when: z.optional(when),
  })
  .check(z.describe('A client made in place.'))

/** One way to obtain a client. */
export const client = z
  .union([exportName('A factory or a ready client.'), exportedClient, wrapperClient, madeClient])
  .check(z.describe('One way to obtain a client of this database.'))

const path = (of: string) => z.optional(memberPath(`Where the id is in ${of}. Without it: the value itself.`))

/** One place that a trusted tenant id comes from. */
export const tenantIdSource = z
  .union([
    z
      .strictObject({
        call: exportName('A function that returns the id, or an object with the id in it.'),
        path: path('what it returns'),
      })
      .check(z.describe('The id is in what a call returns.')),
    z
      .strictObject({
        wrapper: exportName(
          'A function that is called with a handler, or the root of a call chain that is, such as a tRPC procedure.',
        ),
        path: path('that parameter'),
        parameter: z.optional(index('Index of the parameter of the wrapped handler, from 0. Default: 0.')),
      })
      .check(z.describe('The id is in a parameter of the wrapped handler.')),
    z
      .strictObject({
        parameter: text('Name of a parameter that carries the id wherever it occurs.'),
        path: path('that parameter'),
      })
      .check(z.describe('The id is a parameter with this name.')),
    z
      .strictObject({
        expression: text(
          "An expression, such as `c.get('workspace').id`; used where all its names are in scope.",
        ),
      })
      .check(z.describe('The id is this expression.')),
    z
      .strictObject({
        request: text('Name under which the request carries the id, such as `teamId`.'),
        checkedBy: z
          .array(exportName('A check of access.'))
          .check(
            z.minLength(1),
            z.describe('Functions that check whether the user may use the id; one of them has to follow.'),
          ),
      })
      .check(z.describe('The id comes from the URL or the body, and a check of access follows.')),
  ])
  .check(z.describe('A place that a tenant id may be taken from.'))
