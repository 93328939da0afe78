import { merged } from './contents.ts'
import type { SqlFact } from './facts.ts'
import { relationName } from './names.ts'
import type { PgNode } from './parser.ts'
import type { Reader } from './reader.ts'
import type { SqlText } from './text.ts'

/** CREATE TABLE: the table, and a fact for each foreign key. A temporary table is nobody's. */
export function readCreateTable(reader: Reader, text: SqlText, node: PgNode): SqlFact[] {
  const relation = node.relation as PgNode
  const table = relationName(relation)
  const elements = (node.tableElts ?? []) as PgNode[]
  const columns = elements.flatMap((element) =>
    element.ColumnDef ? [String(element.ColumnDef.colname)] : [],
  )
  // What it inherits from, is a partition of, or is made like.
  const models = reader.contents(
    [node.inhRelations, elements.map((element) => element.TableLikeClause)],
    text,
    'like',
  )
  if (isTemporary(relation)) return [temporary(relation), { does: 'run', contents: models }]
  const [own] = reader.contents(relation, text, 'create').uses
  const values = reader.contents(
    elements.map((element) => defaultsOf(element)),
    text,
  )
  return [
    {
      does: 'create',
      object: 'table',
      name: table,
      columns,
      ifNotExists: node.if_not_exists === true,
      range: own!.range,
      contents: merged([models, values]),
    },
    ...elements.flatMap((element) => keysOf(reader, text, table, element, true)),
  ]
}

/** ALTER TABLE, command by command. */
export function readAlterTable(reader: Reader, text: SqlText, node: PgNode): SqlFact[] {
  const table = relationName(node.relation)
  const facts: SqlFact[] = [{ does: 'run', contents: reader.contents(node.relation, text, 'alter') }]
  for (const { AlterTableCmd: command } of (node.cmds ?? []) as PgNode[]) {
    switch (command.subtype) {
      case 'AT_AddColumn':
        facts.push(
          {
            does: 'add-column',
            table,
            name: command.def.ColumnDef.colname,
            ifNotExists: command.missing_ok === true,
          },
          ...keysOf(reader, text, table, command.def, true),
        )
        break
      case 'AT_AddConstraint':
        facts.push(...keysOf(reader, text, table, command.def, false))
        break
      case 'AT_DropColumn':
        facts.push({ does: 'drop-column', table, name: command.name })
        break
      case 'AT_DropConstraint':
        facts.push({ does: 'drop-constraint', table, name: command.name })
        break
      case 'AT_EnableRowSecurity':
      case 'AT_DisableRowSecurity':
        facts.push({ does: 'row-security', table, enabled: command.subtype === 'AT_EnableRowSecurity' })
        break
      case 'AT_AttachPartition':
      case 'AT_AddInherit':
        facts.push({ does: 'run', contents: reader.contents(command.def, text, 'like') })
        break
    }
  }
  return facts
}

/** The foreign keys in a column's definition or a table's constraint. */
function keysOf(reader: Reader, text: SqlText, table: string, element: PgNode, inline: boolean): SqlFact[] {
  const column = element.ColumnDef as PgNode | undefined
  const constraints = column
    ? ((column.constraints ?? []) as PgNode[]).map((item) => item.Constraint as PgNode)
    : element.Constraint
      ? [element.Constraint as PgNode]
      : []
  return constraints
    .filter((constraint) => constraint?.contype === 'CONSTR_FOREIGN')
    .map((constraint): SqlFact => {
      const [target] = reader.contents(constraint.pktable, text, 'references').uses
      const columns = column
        ? [String(column.colname)]
        : ((constraint.fk_attrs ?? []) as PgNode[]).map((item) => String(item.String?.sval ?? ''))
      // PostgreSQL's own choice of a name, so that DROP CONSTRAINT finds it.
      const name =
        constraint.conname ?? `${table.slice(table.lastIndexOf('.') + 1)}_${columns.join('_')}_fkey`
      return {
        does: 'foreign-key',
        table,
        name,
        columns,
        target: target!.table,
        inline,
        range: target!.range,
      }
    })
}

/** Defaults, checks and generated values: they may call functions, never name tables. */
function defaultsOf(element: PgNode): unknown {
  const constraints = (element.ColumnDef?.constraints ?? (element.Constraint ? [element] : [])) as PgNode[]
  return constraints.map((item) => item.Constraint?.raw_expr)
}

export function isTemporary(relation: PgNode): boolean {
  return relation.relpersistence === 't' || relation.schemaname === 'pg_temp'
}

export function temporary(relation: PgNode): SqlFact {
  return { does: 'temporary', name: relationName({ ...relation, schemaname: undefined }) }
}
