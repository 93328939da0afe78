import { isUnknown } from './contents.ts'
import type { SqlFact, SqlFile, SqlForeignKey, SqlObject, SqlSchema, SqlTable } from './facts.ts'
import { setOf } from './migrations.ts'

type Create = Extract<SqlFact, { does: 'create' }>
type Drop = Extract<SqlFact, { does: 'drop' }>
type Key = Extract<SqlFact, { does: 'foreign-key' }>

/** What is known of a thing besides itself: the folder of its migration. */
type Placed<T> = T & { readonly folder: string }

/**
 * The schema that files of one database make, read in the order of their paths. What a later statement drops or defines
 * anew is gone, when both stand in one folder: between folders nobody knows the order.
 */
export function schemaOf(database: string, files: readonly SqlFile[]): SqlSchema {
  const builder = new SchemaBuilder()
  for (const { file, facts } of files) {
    builder.enter(file)
    for (const fact of facts) builder.apply(fact)
  }
  return builder.schema(database)
}

class SchemaBuilder {
  #file = ''
  #folder = ''
  #tables: Placed<SqlTable>[] = []
  #keys: Placed<SqlForeignKey & { name: string }>[] = []
  #objects: Placed<SqlObject & { signature?: string }>[] = []
  /** A table of which IF NOT EXISTS has just made nothing: the keys that stand there are not made either. */
  #ignored: string | undefined

  enter(file: string): void {
    this.#file = file
    this.#folder = setOf(file)
  }

  schema(database: string): SqlSchema {
    return {
      database,
      tables: new Map(this.#tables.map(({ folder: _, ...table }) => [table.name, table])),
      foreignKeys: this.#keys.map(({ folder: _, name: __, ...key }) => key),
      objects: this.#objects.map(({ folder: _, signature: __, ...object }) => object),
    }
  }

  apply(fact: SqlFact): void {
    switch (fact.does) {
      case 'create':
        if (isUnknown(fact.name) || isUnknown(fact.on ?? '')) break
        if (fact.object === 'table') this.#createTable(fact)
        else this.#createObject(fact)
        break
      case 'foreign-key':
        this.#addKey(fact)
        break
      case 'drop':
        this.#drop(fact)
        break
      case 'drop-schema':
        this.#dropSchema(fact.name)
        break
      case 'drop-constraint':
        this.#keys = this.#without(this.#keys, (key) => key.table === fact.table && key.name === fact.name)
        break
      case 'drop-column':
        this.#keys = this.#without(
          this.#keys,
          (key) => key.table === fact.table && key.columns.includes(fact.name),
        )
        this.#change(fact.table, (table) => ({
          columns: table.columns.filter((column) => column !== fact.name),
        }))
        break
      case 'add-column':
        this.#addColumn(fact.table, fact.name, fact.ifNotExists ?? false)
        break
      case 'rename-column': {
        const renamed = (columns: readonly string[]) =>
          columns.map((column) => (column === fact.name ? fact.to : column))
        this.#keys = this.#keys.map((key) =>
          key.table === fact.table ? { ...key, columns: renamed(key.columns) } : key,
        )
        this.#change(fact.table, (table) => ({ columns: renamed(table.columns) }))
        break
      }
      case 'rename-table':
        this.#renameTable(fact.table, fact.to)
        break
      case 'row-security':
        this.#change(fact.table, () => ({ rowSecurity: fact.enabled }))
        break
    }
  }

  #createTable({ name, range, contents, columns = [], ifNotExists }: Create): void {
    const known = this.#tables.find((table) => table.name === name)
    this.#ignored = known?.folder === this.#folder && ifNotExists ? name : undefined
    if (this.#ignored !== undefined) return
    if (known?.folder === this.#folder) this.#dropTable(name)
    const place = { file: this.#file, range, folder: this.#folder }
    if (!known || known.folder === this.#folder)
      this.#tables.push({ name, columns, rowSecurity: true, ...place })
    if (contents.uses.length > 0) this.#objects.push({ object: 'table', name, contents, ...place })
  }

  #createObject({ object, name, on, range, contents, signature }: Create): void {
    this.#objects = this.#without(
      this.#objects,
      (item) =>
        item.object === object && item.name === name && item.on === on && item.signature === signature,
    )
    this.#objects.push({
      object,
      name,
      file: this.#file,
      range,
      contents,
      folder: this.#folder,
      ...(on === undefined ? {} : { on }),
      ...(signature === undefined ? {} : { signature }),
    })
  }

  #addColumn(table: string, name: string, ifNotExists: boolean): void {
    const known = this.#tables.find((item) => item.name === table)
    const exists = known?.columns.includes(name) ?? false
    this.#ignored = exists && ifNotExists && known?.folder === this.#folder ? table : undefined
    if (!exists) this.#change(table, ({ columns }) => ({ columns: [...columns, name] }))
  }

  #addKey({ table, name, columns, target, range, inline }: Key): void {
    if (isUnknown(table) || isUnknown(target) || (inline && this.#ignored === table)) return
    this.#keys.push({ file: this.#file, table, name, columns, target, range, folder: this.#folder })
  }

  #drop({ object, name, on, near = [], signature }: Drop): void {
    if (object === 'table') {
      this.#dropTable(name)
      return
    }
    // A loop over the policies of some tables names these in its query; a loop over all of them names none.
    const meant = new Set(near.filter((word) => this.#tables.some((table) => table.name === word)))
    this.#objects = this.#without(
      this.#objects,
      (item) =>
        item.object === object &&
        matches(item.name, name) &&
        (on === undefined || matches(item.on ?? '', on)) &&
        (signature === undefined || item.signature === signature) &&
        (meant.size === 0 || meant.has(item.on ?? '')),
    )
    // PostgreSQL drops what is built on it as well, or refuses.
    const kept = this.#objects.some((item) => item.object === object && item.name === name)
    if (object === 'view') this.#dropUsers(name)
    if (object === 'function' && !kept)
      this.#objects = this.#without(
        this.#objects,
        (item) => item.object !== 'function' && item.contents.calls.includes(name),
      )
  }

  #dropTable(name: string): void {
    this.#tables = this.#without(this.#tables, (table) => table.name === name)
    this.#keys = this.#without(this.#keys, (key) => key.table === name || key.target === name)
    this.#objects = this.#without(
      this.#objects,
      (item) => item.on === name || (item.object === 'table' && item.name === name),
    )
    this.#dropUsers(name)
  }

  /** Views and policies depend on the tables they name; the body of a function is text to PostgreSQL. */
  #dropUsers(name: string): void {
    this.#objects = this.#without(
      this.#objects,
      ({ object, contents }) =>
        (object === 'view' || object === 'policy') && contents.uses.some((use) => use.table === name),
    )
  }

  #dropSchema(schema: string): void {
    const inside = (name: string) =>
      schema === 'public' ? !name.includes('.') : name.startsWith(`${schema}.`)
    this.#tables = this.#without(this.#tables, ({ name }) => inside(name))
    this.#keys = this.#without(this.#keys, (key) => inside(key.table) || inside(key.target))
    this.#objects = this.#without(this.#objects, ({ name, on }) => inside(on ?? name))
  }

  #renameTable(from: string, to: string): void {
    const renamed = (name: string) => (name === from ? to : name)
    this.#tables = this.#tables.map((table) => ({ ...table, name: renamed(table.name) }))
    this.#keys = this.#keys.map((key) => ({ ...key, table: renamed(key.table), target: renamed(key.target) }))
    this.#objects = this.#objects.map((item) => (item.on === from ? { ...item, on: to } : item))
  }

  #change(name: string, edit: (table: SqlTable) => Partial<SqlTable>): void {
    this.#tables = this.#tables.map((table) => (table.name === name ? { ...table, ...edit(table) } : table))
  }

  #without<T extends { readonly folder: string }>(list: readonly T[], gone: (item: T) => boolean): T[] {
    return list.filter((item) => item.folder !== this.#folder || !gone(item))
  }
}

/** A name that is only known when the statement runs stands for all: `DROP POLICY %I ON %I`. */
function matches(name: string, pattern: string): boolean {
  return isUnknown(pattern) || name === pattern
}
