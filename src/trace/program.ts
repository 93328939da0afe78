import { dirname, join } from 'node:path'
import type { Candidate, Dialect, Name } from '../dialects/dialect.ts'
import type { Code } from '../dialects/sight.ts'
import type { Module } from '../repo/module.ts'
import { type Binding, type Node, unwrap } from '../repo/node.ts'
import type { Repository } from '../repo/repository.ts'
import type { CheckingQuery, ClientEntry, ExportName, Rules, TenantIdSource } from '../rules/model.ts'
import { bestKnown, createOwners } from '../rules/name-patterns.ts'
import { bindingValue } from './bindings.ts'
import { BrowserCode } from './browser.ts'
import type { Callers, Use } from './callers.ts'
import { entryClient, entryValue, readyClient } from './entries.ts'
import { entryDialect } from './entry-dialect.ts'
import { evaluate } from './evaluate.ts'
import type { Evidence } from './facts.ts'
import { impliedByEnvironment } from './implied.ts'
import { namedMember } from './named-members.ts'
import { type Declared, declaredKey, NamedValue, Names } from './names.ts'
import type { Recording } from './provenance.ts'
import { placeOf, type Reach } from './reach/reach.ts'
import { requiredMember, requiredName } from './required-names.ts'
import { resolveName } from './rule-names.ts'
import { codeOf } from './sight.ts'
import {
  alternatives,
  type ClientValue,
  type EntryValue,
  type Frame,
  type MadeValue,
  union,
  type Value,
} from './values.ts'

/** A place to blame for what is not known. */
export interface Place {
  readonly module: Module
  readonly node: Node
}

/** Paths of modules that the rules plan, from the rules' folder. */
function plannedModules(rules: Rules): string[] {
  return rules.databases.flatMap((database) =>
    database.clients.flatMap((entry) =>
      entry.planned && entry.name.module.startsWith('.')
        ? [join(dirname(rules.file), entry.name.module)]
        : [],
    ),
  )
}

/**
 * What was found out about one module. (Not weak maps: the garbage collector takes what an old weak map holds for
 * needed until it looks at everything, and the trees of all files would pile up meanwhile.)
 */
interface Memo {
  readonly values: Map<Node, Value>
  readonly callers: Map<Node, Callers>
  readonly uses: Map<Binding, Use[]>
  /** What its imports name. */
  readonly imports: Map<Binding, Declared>
  /** Why a top-level statement is browser code. */
  readonly browser: Map<Node, readonly Evidence[] | undefined>
}

/**
 * The code base as a program that is asked questions: what is this expression, who calls this function, which rule
 * names this export. Everything is computed when first asked for and remembered.
 */
export class Program {
  readonly repository: Repository
  readonly rules: Rules
  readonly dialects: readonly Dialect[]
  readonly names: Names
  /** The code base as dialects see it. */
  readonly code: Code
  readonly browser: BrowserCode
  readonly #memos = new Map<Module, Memo>()
  readonly running = new Set<Node>()
  depth = 0
  /** Names that are being looked for in what an object literal spreads. */
  readonly spreading = new WeakMap<Node, Set<string>>()
  readonly clients: readonly { readonly entry: ClientEntry; readonly value: NamedValue }[]
  readonly sources: readonly { readonly source: TenantIdSource; readonly value: NamedValue }[]
  /** Ids from the request that the rules trust after a check. */
  readonly requested: readonly {
    readonly name: string
    readonly checks: readonly NamedValue[]
    readonly queries: readonly CheckingQuery[]
  }[]
  #byEnvironment: Map<string, ClientEntry> | undefined
  readonly #entries = new Map<string, ClientEntry[]>()
  readonly #external = new Map<string, readonly ClientEntry[]>()
  /** Entries that name a member of an object, by the name that the member has in its module. */
  readonly #members = new Map<string, ClientEntry[]>()
  #owners: ReturnType<typeof createOwners> | undefined
  readonly #libraries = new Map<ClientEntry, string | undefined>()
  readonly #makers: ReadonlySet<string>
  #queryFunctions: readonly { readonly file: string; readonly body: Node }[] | undefined
  readonly #knowing = new Map<string, ReadonlySet<string>>()
  readonly #importers = new Map<string, readonly string[]>()

  /** Where clients can get to; undefined while nobody asked: in a small code base everything is looked at. */
  reach: Pick<Reach, 'places' | 'open'> | undefined

  /** What frameworks' contexts hold, by the context and the name. */
  carried = new Map<string, Value[]>()
  /** What a framework's providers give, by their tokens. */
  provided = new Map<string, Value>()
  /** Notes what evaluating asks for, while somebody wants to know. */
  recording: Recording | undefined

  constructor(repository: Repository, rules: Rules, dialects: readonly Dialect[]) {
    this.repository = repository
    this.rules = rules
    this.dialects = dialects
    this.#makers = new Set(dialects.flatMap((dialect) => dialect.makes ?? []))
    this.names = new Names(repository, plannedModules(rules))
    this.code = codeOf(this)
    this.browser = new BrowserCode(this)
    this.clients = rules.databases.flatMap((database) =>
      database.clients.map((entry) => ({ entry, value: this.named(entry.name) })),
    )
    this.sources = [
      ...rules.tenantId.sources,
      ...rules.databases.flatMap((database) => database.rows?.sources ?? []),
    ].flatMap((source) => ('name' in source ? [{ source, value: this.named(source.name) }] : []))
    this.requested = rules.tenantId.sources.flatMap((source) =>
      source.kind === 'request'
        ? [
            {
              name: source.request,
              checks: source.checkedBy.map((name) => this.named(name)),
              queries: source.queries,
            },
          ]
        : [],
    )
    for (const { entry, value } of this.clients) {
      if (entry.kind !== 'export') continue
      for (const place of value.places) {
        const key = declaredKey(place)
        const list = this.#entries.get(key)
        if (list) list.push(entry)
        else this.#entries.set(key, [entry])
        this.#addMember(entry, place)
      }
    }
  }

  /** `export default { client }`: inside of its module, the member of the rules has a name of its own. */
  #addMember(entry: ClientEntry, place: Declared): void {
    const { member } = entry.name
    const binding = member === undefined ? undefined : namedMember(place, member)?.binding
    if (place.kind !== 'local' || binding?.scope.kind !== 'module' || binding.kind === 'import') return
    const key = `${place.module.file}\0${binding.id.start}`
    this.#members.set(key, [...(this.#members.get(key) ?? []), entry])
  }

  /** A `module#export` of the rules, found in the code base. */
  named(name: ExportName): NamedValue {
    return new NamedValue(name, resolveName(this.repository, this.names, this.rules, name))
  }

  /** The rules' entries for a declaration, as a value. */
  entryFor(declared: Declared, place: Place): EntryValue | undefined {
    const entries =
      this.#entries.get(declaredKey(declared)) ??
      declared.hops.map((hop) => this.#entries.get(`${hop.file}\0#${hop.name}`)).find((found) => found)
    if (entries) return { kind: 'entry', entries, ...place }
    if (declared.kind !== 'external') return undefined
    const external = this.#externalEntries(declared)
    return external.length > 0 ? { kind: 'entry', entries: external, ...place } : undefined
  }

  /** The rules' entries for what a package exports. */
  #externalEntries({ module, name }: Extract<Declared, { kind: 'external' }>): readonly ClientEntry[] {
    const key = `${module}\0${name}`
    let entries = this.#external.get(key)
    if (!entries) {
      const matching = this.clients.filter(
        ({ entry, value }) => entry.kind === 'export' && value.matchesExternal(module, name),
      )
      this.#external.set(key, (entries = matching.map(({ entry }) => entry)))
    }
    return entries
  }

  /** The rules' entries for a name of a file, by the identifier that declares it. */
  entryAt(module: Module, id: Node): EntryValue | undefined {
    const key = `${module.file}\0${id.start}`
    const entries = this.#entries.get(key)
    if (entries) return { kind: 'entry', entries, module, node: id }
    const members = this.#members.get(key)
    return members ? { kind: 'entry', entries: members, isMember: true, module, node: id } : undefined
  }

  /** What a callee names, when it is a name or a member of a namespace. */
  declaredOf(module: Module, expression: Node): Declared | undefined {
    const node = unwrap(expression)
    if (node.type === 'Identifier' && node.binding) {
      const binding = node.binding
      if (binding.kind === 'import') return this.imported(module, binding)
      const required = requiredName(binding)
      if (required) return this.names.imported(module.file, required.specifier, required.name)
      if (binding.scope.kind === 'module') return { kind: 'local', module, node: binding.id, hops: [] }
      return undefined
    }
    if (node.type === 'MemberExpression' && !node.computed) {
      const required = requiredMember(node)
      if (required) return this.names.imported(module.file, required.specifier, required.name)
      const object = unwrap(node.object)
      if (object.type !== 'Identifier' || object.binding?.kind !== 'import') return undefined
      const owner = this.imported(module, object.binding)
      if (owner.kind === 'namespace') return this.names.exported(owner.file, node.property.name)
      if (owner.kind === 'external' && owner.name === '*') return { ...owner, name: node.property.name }
    }
    return undefined
  }

  /** What an import names. */
  imported(module: Module, binding: Binding): Declared {
    const { imports } = this.memo(module)
    let declared = imports.get(binding)
    if (!declared) imports.set(binding, (declared = this.names.ofImport(module, binding)))
    return declared
  }

  declaredValue(declared: Declared, place: Place): Value {
    const entry = this.entryFor(declared, place)
    if (entry) return entry
    switch (declared.kind) {
      case 'local': {
        const binding: Binding | undefined =
          declared.node.type === 'Identifier' ? declared.node.binding : undefined
        return binding
          ? bindingValue(this, declared.module, binding, declared.node)
          : evaluate(this, declared.module, declared.node)
      }
      case 'namespace':
        return { kind: 'namespace', file: declared.file }
      case 'external':
        return {
          kind: 'external',
          module: declared.module,
          path: declared.name === '*' ? [] : [declared.name],
        }
      case 'missing':
        return {
          kind: 'unknown',
          reason: `${this.repository.relative(declared.file)} does not export \`${declared.name}\``,
          ...place,
        }
    }
  }

  exportValue(file: string, name: string, place: Place): Value {
    return this.declaredValue(this.names.exported(file, name), place)
  }

  /** What `require` or `import()` gives for a specifier; a module that is only planned has its names too. */
  namespace(from: string, specifier: string): Value {
    const declared = this.names.imported(from, specifier, '*')
    if (declared.kind === 'namespace' || declared.kind === 'missing')
      return { kind: 'namespace', file: declared.file }
    return {
      kind: 'external',
      module: declared.kind === 'external' ? declared.module : specifier,
      path: [],
    }
  }

  /** What a name of a package is; the rules may say that it is a client. */
  externalMember(module: string, name: string, place: Place): Value {
    return (
      this.entryFor({ kind: 'external', module, name, hops: [] }, place) ?? {
        kind: 'external',
        module,
        path: [name],
      }
    )
  }

  callEntry(value: EntryValue, module: Module, call: Node, frame?: Frame): Value {
    return entryClient(this, value, module, call, frame)
  }

  entryMember(value: EntryValue, name: string, place: Place): Value {
    return entryValue(this, value, name, place)
  }

  derives(client: ClientValue, method: string): boolean {
    return this.dialectsOf(client).some((dialect) => dialect.derives.has(method))
  }

  /** The data library of a client of the rules, where it can be told. */
  dialectOf(entry: ClientEntry): string | undefined {
    if (!this.#libraries.has(entry)) {
      // A factory that asks for itself is of any library, for as long as it is looked at.
      this.#libraries.set(entry, undefined)
      this.#libraries.set(entry, entryDialect(this, entry))
    }
    return this.#libraries.get(entry)
  }

  /** Whether a method of a value that is a client returns the same client, configured. */
  derivesFrom(value: Value, method: string): boolean {
    const clients = value.kind === 'entry' ? alternatives(readyClient(this, value)) : [value]
    return clients.some((item) => item.kind === 'client' && this.derives(item, method))
  }

  /** Whether a method begins a query that may be used in another one. */
  builds(client: ClientValue, method: string): boolean {
    return this.dialectsOf(client).some((dialect) => dialect.builds?.has(method))
  }

  /** Whether a value is a client whose tagged templates may be pieces of others. */
  isBuildingTag(tag: Value): boolean {
    const clients = tag.kind === 'entry' ? alternatives(readyClient(this, tag)) : [tag]
    return clients.some((item) => item.kind === 'client' && this.builds(item, '`'))
  }

  /** The client that a method hands to the function it is given, such as the one of a transaction. */
  handed(receiver: Value, method: string, parameter: number): Value | undefined {
    const clients = receiver.kind === 'entry' ? alternatives(readyClient(this, receiver)) : [receiver]
    const handing = clients.filter(
      (item) =>
        item.kind === 'client' &&
        this.dialectsOf(item).some(
          ({ hands }) => hands?.has(method) && parameter === ('get' in hands ? hands.get(method) : 0),
        ),
    )
    return handing.length > 0 ? union(handing) : undefined
  }

  /** Whether a place is in the body of a function that the rules name as one that runs SQL it is given. */
  isInQueryFunction(module: Module, node: Node): boolean {
    this.#queryFunctions ??= this.clients.flatMap(({ entry, value }) =>
      entry.sql === undefined
        ? []
        : value.places.flatMap((place) => {
            if (place.kind !== 'local') return []
            const { member } = entry.name
            const named = member === undefined ? undefined : namedMember(place, member)
            const id = named ? (named.binding?.id ?? named.value) : place.node
            return [{ file: place.module.file, body: id.binding?.declaration ?? id }]
          }),
    )
    return this.#queryFunctions.some(
      ({ file, body }) => file === module.file && body.start <= node.start && node.end <= body.end,
    )
  }

  /** The dialects whose library a client may be of. */
  dialectsOf(client: ClientValue): readonly Dialect[] {
    return client.dialect === undefined
      ? this.dialects
      : this.dialects.filter((dialect) => dialect.name === client.dialect)
  }

  /** The spelling of a table's name that the rules know. */
  spelling(name: Name): string {
    this.#owners ??= createOwners(
      this.rules.databases.map((database) => ({ database: database.name, names: database.tables })),
    )
    return name.length === 1 ? name[0] : bestKnown(name, this.#owners)
  }

  /** What a package's function returns, when a dialect asked to see it. */
  made(
    { module: source, path }: Extract<Value, { kind: 'external' }>,
    module: Module,
    node: Node,
    frame: Frame | undefined,
  ): MadeValue | undefined {
    const [name = 'default', ...rest] = path
    const label = `${source}#${[name, ...rest].join('.')}`
    if (!this.#makers.has(label) && !this.#makers.has(`*#${label.slice(source.length + 1)}`)) return undefined
    return { kind: 'made', by: label, node, module, path: [], ...(frame ? { frame } : {}) }
  }

  /** The rules' clients whose factories take their address from environment variables, by variable. */
  get byEnvironment(): ReadonlyMap<string, ClientEntry> {
    this.#byEnvironment ??= impliedByEnvironment(this)
    return this.#byEnvironment
  }

  /** The tenant id, or what holds it, that a call of a rules' source gives. */
  sourceOfCall(module: Module, callee: Node): Value | undefined {
    if (this.sources.length === 0) return undefined
    const declared = this.declaredOf(module, callee)
    if (!declared) return undefined
    for (const { source, value } of this.sources) {
      if (
        source.kind !== 'call' ||
        !(
          value.matches(declared) ||
          (declared.kind === 'external' && value.matchesExternal(declared.module, declared.name))
        )
      )
        continue
      return this.#sourceValue(
        source,
        source.path,
        { module, node: callee },
        `${source.name.module}#${source.name.export}`,
      )
    }
    return undefined
  }

  #sourceValue(source: TenantIdSource, path: readonly string[], place: Place, label: string): Value {
    const value: Value = {
      kind: 'tenant-id',
      source,
      step: { ...place, message: `tenant id from ${label}` },
      ...this.#rowsOf(source),
    }
    return path.length === 0 ? value : { kind: 'shape', leaves: [{ path, value }], label }
  }

  /** The database whose rows carry the ids of a source; none for the application's own. */
  #rowsOf(source: TenantIdSource): { rows?: string } {
    if (this.rules.tenantId.sources.includes(source)) return {}
    const database = this.rules.databases.find((item) => item.rows?.sources.includes(source))
    return database ? { rows: database.name } : {}
  }

  /** What the rules say a wrapper hands to the function it is given. */
  wrapperValue(module: Module, call: Node, index: number): Value | undefined {
    const wrappers = [
      ...this.clients.filter(({ entry }) => entry.kind === 'wrapper'),
      ...this.sources.filter(({ source }) => source.kind === 'wrapper'),
    ]
    if (wrappers.length === 0) return undefined
    const declared = this.#rootsOf(module, call)
    const leaves: { path: readonly string[]; value: Value }[] = []
    let label = ''
    for (const wrapper of wrappers) {
      if (
        !declared.some(
          (item) =>
            wrapper.value.matches(item) ||
            (item.kind === 'external' && wrapper.value.matchesExternal(item.module, item.name)),
        )
      )
        continue
      label = `what \`${wrapper.value.name.export}\` hands over`
      const place = { module, node: call.callee as Node }
      if ('entry' in wrapper) {
        if (index === 0)
          leaves.push({
            path: wrapper.entry.path ?? [],
            value: {
              kind: 'client',
              database: wrapper.entry.database,
              ...(wrapper.entry.dialect === undefined ? {} : { dialect: wrapper.entry.dialect }),
              entry: wrapper.entry,
              origin: { module, node: call },
              step: {
                ...place,
                message: `${wrapper.entry.label} hands over the client of ${wrapper.entry.database}`,
              },
            },
          })
      } else if (wrapper.source.kind === 'wrapper' && wrapper.source.parameter === index) {
        leaves.push({
          path: wrapper.source.path,
          value: {
            kind: 'tenant-id',
            source: wrapper.source,
            step: { ...place, message: `tenant id from ${wrapper.value.name.export}` },
            ...this.#rowsOf(wrapper.source),
          },
        })
      }
    }
    if (leaves.length === 0) return undefined
    return leaves.length === 1 && leaves[0]!.path.length === 0
      ? leaves[0]!.value
      : { kind: 'shape', leaves, label }
  }

  /** The names at the root of a call chain: `procedure.input(x).query(fn)` has `procedure`. */
  #rootsOf(module: Module, call: Node): Declared[] {
    const found: Declared[] = []
    for (let at: Node = unwrap(call.callee); ; ) {
      const declared = this.declaredOf(module, at)
      if (declared) found.push(declared)
      if (at.type === 'MemberExpression') at = unwrap(at.object)
      else if (at.type === 'CallExpression') at = unwrap(at.callee)
      else return found
    }
  }

  /** The trusted tenant id that the rules see in a parameter of this name. */
  givenParameter(module: Module, binding: Binding): Value | undefined {
    if (this.rules.tenantId.never.includes(binding.name)) return undefined
    const rows = this.rules.databases.flatMap((database) => database.rows?.sources ?? [])
    for (const source of [...this.rules.tenantId.sources, ...rows]) {
      if (source.kind !== 'parameter' || source.parameter !== binding.name) continue
      return this.#sourceValue(
        source,
        source.path,
        { module, node: binding.id },
        `the parameter \`${binding.name}\``,
      )
    }
    return undefined
  }

  /** Has what a function evaluates noted. Nothing of it is remembered. */
  record(recording: Recording, evaluating: () => void): void {
    const { carried, provided } = this
    this.recording = recording
    this.carried = new Map()
    this.provided = new Map()
    try {
      evaluating()
    } finally {
      this.recording = undefined
      this.carried = carried
      this.provided = provided
    }
  }

  /** What is remembered about a module. */
  memo(module: Module): Memo {
    let memo = this.#memos.get(module)
    if (!memo)
      this.#memos.set(
        module,
        (memo = {
          values: new Map(),
          callers: new Map(),
          uses: new Map(),
          imports: new Map(),
          browser: new Map(),
        }),
      )
    return memo
  }

  /** Forgets a module that nothing else needs, with all that is remembered about it. */
  release(module: Module): void {
    this.#memos.delete(module)
    this.repository.release(module.file)
  }

  /** A file and every file that imports it, directly or through others. */
  filesKnowing(file: string): ReadonlySet<string> {
    const known = this.#knowing.get(file)
    if (known) return known
    const found = new Set([file])
    for (const at of found) for (const importer of this.importers(at)) found.add(importer)
    this.#knowing.set(file, found)
    return found
  }

  /** Whether a client can get to a file, as far as that is known. */
  isInReach(file: string): boolean {
    return this.reach === undefined || this.reach.open !== undefined || this.reach.places.has(file)
  }

  /** Whether a client, or the method of one that is called, can get to where a call has to have it. */
  mayHaveClient(module: Module, { call, receiver }: Candidate): boolean {
    if (this.reach === undefined || this.reach.open !== undefined) return true
    const places = this.reach.places.get(module.file)
    return places !== undefined && (places.has(placeOf(receiver)) || places.has(placeOf(call.callee ?? call)))
  }

  /** The files that import a file, as far as imports lead to files. */
  importers(file: string): readonly string[] {
    let importers = this.#importers.get(file)
    if (!importers) this.#importers.set(file, (importers = this.repository.importers(file)))
    return importers
  }
}
