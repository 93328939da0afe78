import { lineStarts, type Position, positionAt, type Range } from '../../repo/text.ts'
import type { Name } from '../dialect.ts'
import type { SchemaField, SchemaModel, SchemaTree, SchemaValue } from './schema/tree.ts'

/** A model or view of a schema, as queries speak of it. */
export interface Model {
  /** `UserTeam` */
  readonly name: string
  /** `userTeam`: the client's member. */
  readonly accessor: string
  /** The table of the database: `@@map`, in another schema than `public` with that before it. */
  readonly table: string
  /** Accessor, name and table, each once. */
  readonly spellings: Name
  /** Fields that hold other models, by the field's name. */
  readonly relations: ReadonlyMap<string, Relation>
  /** Names of all fields. */
  readonly fields: ReadonlySet<string>
  /** The file that declares it, relative to the root of the code base. */
  readonly file: string
  readonly position: Position
  readonly declaration: SchemaModel
}

export interface Relation {
  readonly model: Model
  readonly list: boolean
  /** The field, in the model's file. */
  readonly range: Range
  /** Fields of this side that hold the other's key; empty on the side that holds none. */
  readonly keys: readonly string[]
}

/** The models of one client. */
export interface Schema {
  readonly files: readonly string[]
  /** In the order of the files. */
  readonly models: readonly Model[]
  /** By the client's member. */
  readonly byAccessor: ReadonlyMap<string, Model>
  /** By the name of the table, and by that of the model. */
  readonly byTable: ReadonlyMap<string, Model>
  /** Modules that the generated client is imported from: packages, and absolute paths without extension. */
  readonly clients: readonly string[]
}

/** A file of a schema, as it was read. */
export interface SchemaFile {
  readonly file: string
  readonly text: string
  readonly tree: SchemaTree
}

/** @param clients see `Schema` */
export function schemaOf(files: readonly SchemaFile[], clients: readonly string[]): Schema {
  const declared = files.flatMap(({ file, text, tree }) => {
    const starts = lineStarts(text)
    return tree.models
      .filter(({ kind }) => kind !== 'type')
      .map((declaration) => ({ file, starts, declaration }))
  })
  const byName = new Map<string, Model>()
  const relationsOf = new Map<Model, { relations: Map<string, Relation>; starts: readonly number[] }>()
  for (const { file, starts, declaration } of declared) {
    const { name } = declaration
    const accessor = name.charAt(0).toLowerCase() + name.slice(1)
    const table = tableOf(declaration)
    const relations = new Map<string, Relation>()
    const model: Model = {
      name,
      accessor,
      table,
      spellings: [...new Set([accessor, name, table])] as unknown as Name,
      relations,
      fields: new Set(declaration.fields.map((field) => field.name)),
      file,
      position: positionAt(starts, declaration.start),
      declaration,
    }
    relationsOf.set(model, { relations, starts })
    byName.set(name, model)
  }
  for (const [model, { relations, starts }] of relationsOf)
    for (const field of model.declaration.fields) {
      const other = byName.get(field.type)
      if (!other) continue
      const range = { start: positionAt(starts, field.start), end: positionAt(starts, field.end) }
      relations.set(field.name, { model: other, list: field.list, range, keys: keysOf(field) })
    }
  const models = [...byName.values()]
  return {
    files: files.map(({ file }) => file),
    models,
    byAccessor: new Map(models.map((model) => [model.accessor, model])),
    byTable: new Map([
      ...models.map((model) => [model.name, model] as const),
      ...models.map((model) => [model.table, model] as const),
    ]),
    clients,
  }
}

function tableOf({ name, attributes }: SchemaModel): string {
  const map = textArgument(attributes.find((attribute) => attribute.name === 'map')?.args[0]?.value)
  const schema = textArgument(attributes.find((attribute) => attribute.name === 'schema')?.args[0]?.value)
  const table = map ?? name
  return schema === undefined || schema === 'public' ? table : `${schema}.${table}`
}

function textArgument(value: SchemaValue | undefined): string | undefined {
  return value?.kind === 'text' ? value.value : undefined
}

/** `@relation(fields: [userId], …)` */
function keysOf(field: SchemaField): string[] {
  const relation = field.attributes.find((attribute) => attribute.name === 'relation')
  const fields = relation?.args.find((argument) => argument.name === 'fields')?.value
  return fields?.kind === 'list'
    ? fields.items.flatMap((item) => (item.kind === 'word' ? [item.value] : []))
    : []
}
