import { nothing } from './contents.ts'
import type { SqlFact, TableUse } from './facts.ts'
import { listName, relationName } from './names.ts'
import type { PgNode, Statement } from './parser.ts'
import { readDrop } from './read-drop.ts'
import { isTemporary, readAlterTable, readCreateTable, temporary } from './read-table.ts'
import type { Reader } from './reader.ts'
import { readFunction, runBlock } from './routines.ts'
import { statementsOf } from './statements.ts'
import type { SqlText } from './text.ts'

/** Reads the statements of a text, in their order. What can't be parsed is noted in the reader. */
export function readSql(reader: Reader, text: SqlText): SqlFact[] {
  reader.readComments(text)
  const { statements, problems } = statementsOf(text, reader.parser)
  for (const { message, index } of problems)
    reader.skip('syntax', message, reader.range(text, index, index + 1))
  return statements.flatMap((statement) => readStatement(reader, statement))
}

function readStatement(reader: Reader, statement: Statement): SqlFact[] {
  const { kind, node, text } = statement
  const all = () => reader.contents({ [kind]: node }, text)
  const target = (relation: PgNode, operation: string): TableUse =>
    reader.contents(relation, text, operation).uses[0]!
  switch (kind) {
    case 'CreateStmt':
      return readCreateTable(reader, text, node)
    case 'CreateForeignTableStmt':
    case 'ImportForeignSchemaStmt': {
      // A window on a table of another database, made on purpose: like a view, its name is this database's own.
      const relations = node.base?.relation ? [node.base.relation] : (node.table_list ?? [])
      const uses = reader.contents(relations, text, 'create').uses
      return uses.map(({ table, range }) => ({
        does: 'create',
        object: 'view',
        name: table,
        range,
        contents: nothing,
      }))
    }
    case 'CreateTableAsStmt': {
      const use = target(node.into.rel, 'create')
      const contents = reader.contents(node.query, text)
      const object = node.objtype === 'OBJECT_MATVIEW' ? 'view' : 'table'
      if (isTemporary(node.into.rel)) return [temporary(node.into.rel), { does: 'run', contents }]
      return [{ does: 'create', object, name: use.table, range: use.range, contents }]
    }
    case 'ViewStmt': {
      const use = target(node.view, 'create')
      if (isTemporary(node.view))
        return [temporary(node.view), { does: 'run', contents: reader.contents(node.query, text) }]
      return [
        {
          does: 'create',
          object: 'view',
          name: use.table,
          range: use.range,
          contents: reader.contents(node.query, text),
        },
      ]
    }
    case 'SelectStmt':
      return readSelect(reader, text, node)
    case 'AlterTableStmt':
      return readAlterTable(reader, text, node)
    case 'RenameStmt':
      if (node.renameType === 'OBJECT_TABLE' && node.relation)
        return [
          { does: 'run', contents: all() },
          {
            does: 'rename-table',
            table: relationName(node.relation),
            to: relationName({ ...node.relation, relname: node.newname }),
          },
        ]
      if (node.renameType === 'OBJECT_COLUMN' && node.relation && node.subname)
        return [
          {
            does: 'rename-column',
            table: relationName(node.relation),
            name: node.subname,
            to: node.newname,
          },
        ]
      return [{ does: 'run', contents: all() }]
    case 'AlterObjectSchemaStmt':
      if (node.objectType !== 'OBJECT_TABLE' || !node.relation) return []
      return [
        {
          does: 'rename-table',
          table: relationName(node.relation),
          to: relationName({ ...node.relation, schemaname: node.newschema }),
        },
      ]
    case 'CreatePolicyStmt':
    case 'AlterPolicyStmt': {
      if (kind === 'AlterPolicyStmt' && !node.qual && !node.with_check) return []
      const on = target(node.table, 'policy')
      const contents = reader.contents([node.qual, node.with_check], text)
      return [
        { does: 'create', object: 'policy', name: node.policy_name, on: on.table, range: on.range, contents },
      ]
    }
    case 'CreateTrigStmt': {
      const on = target(node.relation, 'trigger')
      const own = reader.contents([node.whenClause, node.constrrel], text)
      return [
        {
          does: 'create',
          object: 'trigger',
          name: node.trigname,
          on: on.table,
          range: on.range,
          contents: { ...own, calls: [...own.calls, listName(node.funcname)] },
        },
      ]
    }
    case 'CreateFunctionStmt':
      return [readFunction(reader, statement, readSql)]
    case 'DoStmt':
      return runBlock(reader, statement, readSql)
    case 'DropStmt':
      return readDrop(node)
    case 'VariableSetStmt':
    case 'AlterDatabaseSetStmt':
    case 'AlterRoleSetStmt':
      return [{ does: 'run', contents: all() }]
    case 'RuleStmt': {
      const on = target(node.relation, 'rule')
      return [
        {
          does: 'create',
          object: 'trigger',
          name: node.rulename,
          on: on.table,
          range: on.range,
          contents: reader.contents([node.whereClause, node.actions], text),
        },
      ]
    }
    // Who may do what, and what is said about it, moves no data and binds no table to another.
    case 'GrantStmt':
    case 'CommentStmt':
    case 'AlterDefaultPrivilegesStmt':
      return []
    case 'CreateSchemaStmt':
      return (node.schemaElts ?? []).flatMap((element: PgNode) =>
        Object.entries(element).flatMap(([kind, node]) =>
          readStatement(reader, { ...statement, kind, node }),
        ),
      )
    default: {
      const contents = all()
      return contents.uses.length + contents.calls.length + contents.sets.length > 0
        ? [{ does: 'run', contents }]
        : []
    }
  }
}

/** A query; `SELECT … INTO table` makes that table. */
function readSelect(reader: Reader, text: SqlText, node: PgNode): SqlFact[] {
  const { intoClause, ...query } = node
  const contents = reader.contents({ SelectStmt: query }, text)
  if (!intoClause) return [{ does: 'run', contents }]
  if (isTemporary(intoClause.rel)) return [temporary(intoClause.rel), { does: 'run', contents }]
  const [use] = reader.contents(intoClause.rel, text, 'create').uses
  return [{ does: 'create', object: 'table', name: use!.table, range: use!.range, contents }]
}
