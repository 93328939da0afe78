import { isUnknown } from './contents.ts'
import type { SqlFact, SqlFile, SqlForeignKey, SqlObject, SqlSchema, SqlTable } from './facts.ts'

type Keyed<T> = T & { readonly key: string; readonly folder: string }
type Key = SqlForeignKey & { readonly name: string }

/**
 * The schema that files of one database make, read in the order of their paths. What a later statement drops or defines
 * anew is gone, when both stand in one folder: between folders nobody knows the order.
 */
export function schemaOf(database: string, files: readonly SqlFile[]): SqlSchema {
  let tables: Keyed<SqlTable>[] = []
  let keys: Keyed<Key>[] = []
  let objects: Keyed<SqlObject>[] = []

  const apply = (fact: SqlFact, file: string): void => {
    const folder = file.slice(0, file.lastIndexOf('/') + 1)
    const without = <T extends { folder: string }>(list: readonly T[], gone: (item: T) => boolean) =>
      list.filter((item) => item.folder !== folder || !gone(item))
    const change = (name: string, edit: (table: Keyed<SqlTable>) => Partial<SqlTable>) => {
      tables = tables.map((table) => (table.name === name ? { ...table, ...edit(table) } : table))
    }
    switch (fact.does) {
      case 'create': {
        if (isUnknown(fact.name) || (fact.on !== undefined && isUnknown(fact.on))) break
        const { name, range, contents, object } = fact
        if (object === 'table') {
          // CREATE TABLE IF NOT EXISTS: the first definition stands.
          if (!tables.some((table) => table.name === name))
            tables.push({
              name,
              file,
              range,
              columns: fact.columns ?? [],
              rowSecurity: true,
              key: name,
              folder,
            })
          if (contents.uses.length > 0)
            objects.push({ object, name, file, range, contents, key: `table ${name}`, folder })
          break
        }
        const key = `${object} ${fact.on ?? ''} ${name}`
        objects = without(objects, (item) => item.key === key)
        objects.push({
          object,
          name,
          file,
          range,
          contents,
          key,
          folder,
          ...(fact.on === undefined ? {} : { on: fact.on }),
        })
        break
      }
      case 'foreign-key': {
        const { table, name, columns, target, range } = fact
        if (!isUnknown(table) && !isUnknown(target))
          keys.push({ file, table, name, columns, target, range, key: name, folder })
        break
      }
      case 'drop':
        if (fact.object === 'table') {
          tables = without(tables, (table) => table.name === fact.name)
          keys = without(keys, (key) => key.table === fact.name || key.target === fact.name)
          objects = without(objects, (item) => item.on === fact.name || item.key === `table ${fact.name}`)
        } else
          objects = without(
            objects,
            (item) =>
              item.object === fact.object &&
              matches(item.name, fact.name) &&
              (fact.on === undefined || matches(item.on ?? '', fact.on)),
          )
        break
      case 'drop-constraint':
        keys = without(keys, (key) => key.table === fact.table && key.name === fact.name)
        break
      case 'drop-column':
        keys = without(keys, (key) => key.table === fact.table && key.columns.includes(fact.name))
        change(fact.table, (table) => ({ columns: table.columns.filter((column) => column !== fact.name) }))
        break
      case 'add-column':
        change(fact.table, (table) => ({ columns: [...table.columns, fact.name] }))
        break
      case 'rename-table':
        tables = tables.map((table) => (table.name === fact.table ? { ...table, name: fact.to } : table))
        keys = keys.map((key) => ({
          ...key,
          table: key.table === fact.table ? fact.to : key.table,
          target: key.target === fact.table ? fact.to : key.target,
        }))
        objects = objects.map((item) => (item.on === fact.table ? { ...item, on: fact.to } : item))
        break
      case 'row-security':
        change(fact.table, () => ({ rowSecurity: fact.enabled }))
        break
    }
  }

  for (const { file, facts } of files) for (const fact of facts) apply(fact, file)
  return {
    database,
    tables: new Map(tables.map(({ key: _, folder: __, ...table }) => [table.name, table])),
    foreignKeys: keys.map(({ key: _, folder: __, name: ___, ...key }) => key),
    objects: objects.map(({ key: _, folder: __, ...object }) => object),
  }
}

/** A name that is only known when the statement runs stands for all: `DROP POLICY %I ON %I`. */
function matches(name: string, pattern: string): boolean {
  return isUnknown(pattern) || name === pattern
}
