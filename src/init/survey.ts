import { join } from 'node:path'
import type { Dialect } from '../dialects/dialect.ts'
import { dialectsInUse } from '../dialects/in-use.ts'
import { Repository } from '../repo/repository.ts'
import type { ClientEntry, Rules } from '../rules/model.ts'
import { parseExportName } from '../rules/names.ts'
import { defaultSeverities } from '../rules/severity.ts'
import type { BrokenFact, CreationFact } from '../trace/facts.ts'
import { Program } from '../trace/program.ts'
import type { ClientExportFact } from '../trace/survey/clients.ts'
import { type DeclaredTable, declaredTables, schemaHint } from '../trace/survey/declared-tables.ts'
import { type IdReadFact, idReads } from '../trace/survey/id-reads.ts'
import { clientsInPlace, type InPlaceFact } from '../trace/survey/in-place.ts'
import { Namer } from '../trace/survey/namer.ts'
import { type SourceCallFact, sourceCalls } from '../trace/survey/source-calls.ts'
import { trace } from '../trace/trace.ts'
import { filesWith, filesWithAny } from './files-with.ts'
import { findClients, mentionsOf } from './find-clients.ts'
import { otherLibraries } from './libraries.ts'
import { prismaTables } from './prisma-schema.ts'
import { sqlTables } from './sql-tables.ts'
import { hasWorkspaces, schemaPath } from './surroundings.ts'
import { pathWord, tenantWords } from './words.ts'

/** An access to a table, bucket, function or sign-in, with the client that `init` found it to be on. */
export interface SurveyAccess {
  readonly file: string
  readonly kind: 'table' | 'bucket' | 'function' | 'auth'
  readonly operation: string
  readonly names: readonly string[]
  readonly embeds: readonly string[]
  readonly columns: readonly { readonly name: string; readonly use: 'filter' | 'write' }[]
  /** Positions in `Survey.clients`; empty for clients made in place or not traced. */
  readonly clients: readonly number[]
}

/** What a repository shows about its databases, tables, routes and tenants: plain data, without any rules. */
export interface Survey {
  readonly root: string
  /** Paths of the files that were looked at; tests are not. */
  readonly files: readonly string[]
  readonly tests: readonly string[]
  readonly clients: readonly ClientExportFact[]
  /** Calls of each client's factory, by position in `clients`. */
  readonly creations: readonly (readonly CreationFact[])[]
  /** Files that read each client's name, one for each read, by position in `clients`. */
  readonly mentions: readonly (readonly string[])[]
  readonly inPlace: readonly InPlaceFact[]
  readonly accesses: readonly SurveyAccess[]
  readonly unresolved: number
  readonly declared: readonly DeclaredTable[]
  readonly reads: readonly IdReadFact[]
  readonly sourceCalls: readonly SourceCallFact[]
  readonly broken: readonly BrokenFact[]
  /** The repository holds several packages. */
  readonly isMonorepo: boolean
  /** Relative path of the package's schema for editors, where the package is installed. */
  readonly schema?: string
}

const testFile =
  /(?:\.(?:test|spec|stories)\.[mc]?[jt]sx?$)|(?:^|\/)(?:__tests__|__mocks__|e2e|cypress|playwright)\//

/** Looks at a repository. `root` is an absolute path. */
export async function survey(root: string, dialects: readonly Dialect[]): Promise<Survey> {
  const tests: string[] = []
  const repository = new Repository(root, {
    includes: (path) => {
      if (!testFile.test(path)) return true
      tests.push(path)
      return false
    },
  })
  const libraries = [...(await dialectsInUse(repository, dialects)), ...otherLibraries(dialects)]
  const program = new Program(repository, rulesOf(root, []), libraries)
  const namer = new Namer(program)
  const clients = findClients(program, namer, libraries)
  const declared = [
    ...filesWith(repository, schemaHint).flatMap((file) => declaredTables(program, repository.module(file)!)),
    ...prismaTables(program.code),
    ...(await sqlTables(repository, rulesOf(root, []))),
  ]
  // Each client stands in for a database of its own, so that the facts tell which one an access is on.
  const traced = trace(repository, rulesOf(root, clients, declared), { dialects: libraries })
  const accesses = traced.accesses.map(
    ({ fact, candidate }): SurveyAccess => ({
      file: fact.file,
      kind: fact.kind,
      operation: fact.operation,
      names: fact.names,
      embeds: fact.embeds.map((embed) => embed.name).filter(Boolean),
      columns: libraries.find((dialect) => dialect.name === fact.dialect)?.columns?.(candidate.call) ?? [],
      clients: fact.clients.flatMap(({ database }) => (database === undefined ? [] : [Number(database)])),
    }),
  )
  const reads = readIds(program, namer)
  const labels = new Set(reads.flatMap(({ origin }) => (origin.kind === 'call' ? [origin.callee.label] : [])))
  const schema = schemaPath(root)
  return {
    root,
    files: repository.files,
    tests,
    clients,
    creations: clients.map((_, index) =>
      traced.facts.creations.filter((creation) => creation.database === String(index)),
    ),
    mentions: clients.map((client) => mentionsOf(program, client)),
    isMonorepo: hasWorkspaces(root),
    inPlace: clientsInPlace(traced.program, traced.accesses),
    accesses,
    unresolved: traced.facts.accesses.filter((access) => access.unresolved && access.clients.length === 0)
      .length,
    declared,
    reads,
    sourceCalls:
      labels.size === 0
        ? []
        : filesWithAny(
            repository,
            [...labels].map((label) => label.slice(label.lastIndexOf('#') + 1)),
          ).flatMap((file) => sourceCalls(program, namer, repository.module(file)!, labels)),
    broken: [...traced.facts.broken],
    ...(schema === undefined ? {} : { schema }),
  }
}

function readIds(program: Program, namer: Namer): IdReadFact[] {
  const { repository } = program
  const words = tenantWords.flatMap((word) => [
    `${word}Id`,
    `${word}_id`,
    `${word[0]!.toUpperCase()}${word.slice(1)}Id`,
    `${word}.id`,
    `${word}?.id`,
  ])
  return filesWithAny(repository, words).flatMap((file) =>
    idReads(program, namer, repository.module(file)!, (names) => pathWord(names) !== undefined),
  )
}

/**
 * Rules that say nothing but which clients there are, each with a database of its own.
 * @param declared tables whose names are preferred to other spellings of them
 */
function rulesOf(
  root: string,
  clients: readonly ClientExportFact[],
  declared: readonly DeclaredTable[] = [],
): Rules {
  const position = { line: 0, column: 0 }
  const entry = (client: ClientExportFact, index: number): ClientEntry => ({
    kind: client.kind === 'wrapper' ? 'wrapper' : 'export',
    database: String(index),
    name: parseExportName(client.label),
    label: client.label,
    position,
    async: client.async,
    planned: false,
    ...(client.path === undefined
      ? {}
      : client.kind === 'wrapper'
        ? { path: client.path.split('.') }
        : { result: client.path }),
  })
  return {
    file: join(root, 'rules.json'),
    ignore: [],
    databases: clients.map((client, index) => ({
      name: String(index),
      perTenant: false,
      clients: [entry(client, index)],
      tables: declared.map(({ name }) => ({ text: name, position })),
      buckets: [],
      functions: [],
      auth: false,
      position,
    })),
    routes: [],
    tenantId: { sources: [], inserts: [], never: [] },
    exceptions: [],
    sql: [],
    dialects: [],
    lint: defaultSeverities,
    strict: new Set(),
  }
}
