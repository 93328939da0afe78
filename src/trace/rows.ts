import type { Candidate } from '../dialects/dialect.ts'
import type { Module } from '../repo/module.ts'
import { memberName, type Node, unwrap } from '../repo/node.ts'
import type { Database } from '../rules/model.ts'
import { returnedExpressions } from './calls.ts'
import { evaluate, objectEntry } from './evaluate.ts'
import type { RowIdFact, RowsFact } from './facts.ts'
import type { Place, Program } from './program.ts'
import { isChecked } from './trusted.ts'
import { alternatives, awaited, requestOf, type Value } from './values.ts'

type Filtered = RowsFact['filtered']

/** For every database whose rows carry the tenant: whether an access asks for that column, and with which ids. */
export function rowsOf(program: Program, module: Module, candidate: Candidate): RowsFact[] {
  if (candidate.kind !== 'table' || !candidate.filters) return []
  return program.rules.databases.flatMap((database) => {
    if (!database.rows) return []
    const look = new Look(program, module, database, database.rows.column)
    const writes = candidate.operation === 'insert' || candidate.operation === 'upsert'
    const reads = ['select', 'update', 'delete'].includes(candidate.operation)
    if (!writes && !reads) return []
    const filtered = writes
      ? worst((candidate.written ?? []).map((node) => look.written(module, node)))
      : look.filtered(candidate)
    return [{ database: database.name, column: database.rows.column, filtered, writes, ids: look.ids }]
  })
}

function worst(states: readonly Filtered[]): Filtered {
  if (states.length === 0) return 'unknown'
  return states.includes('no') ? 'no' : states.includes('unknown') ? 'unknown' : 'yes'
}

class Look {
  readonly ids: RowIdFact[] = []
  readonly #program: Program
  readonly #module: Module
  readonly #database: Database
  readonly #column: string

  constructor(program: Program, module: Module, database: Database, column: string) {
    this.#program = program
    this.#module = module
    this.#database = database
    this.#column = column
  }

  /** Whether the conditions of a query name the column; the names of a select list are none. */
  filtered(candidate: Candidate): Filtered {
    const states = candidate.filters!.map(({ column, value }): Filtered => {
      const items = alternatives(evaluate(this.#program, this.#module, column))
      if (items.some((item) => item.kind === 'literal' && item.value === this.#column)) {
        if (value) this.#note({ module: this.#module, node: value })
        return 'yes'
      }
      if (items.some((item) => item.kind === 'object'))
        return worst(items.map((item) => this.#inObject(item)))
      return items.every((item) => item.kind === 'literal') ? 'no' : 'unknown'
    })
    if (states.includes('yes')) return 'yes'
    return candidate.handedOn || states.includes('unknown') ? 'unknown' : 'no'
  }

  /** Whether every row that is written has the column. */
  written(module: Module, node: Node): Filtered {
    const literal = unwrap(node)
    if (literal.type === 'ArrayExpression')
      return worst(
        literal.elements.map((element: Node | null) =>
          element && element.type !== 'SpreadElement' ? this.written(module, element) : 'unknown',
        ),
      )
    const mapped = this.#mapped(module, literal)
    if (mapped) return mapped
    return worst(
      alternatives(awaited(evaluate(this.#program, module, literal))).map(
        (item): Filtered =>
          item.kind === 'array' && item.items.length > 0
            ? worst(item.items.flatMap((row) => alternatives(row).map((one) => this.#inObject(one))))
            : this.#inObject(item),
      ),
    )
  }

  /** `rows.map((row) => ({ …, tenant_id }))` */
  #mapped(module: Module, call: Node): Filtered | undefined {
    if (call.type !== 'CallExpression' || !call.arguments[0]) return undefined
    const callee = unwrap(call.callee)
    if (callee.type !== 'MemberExpression' || memberName(callee) !== 'map') return undefined
    const mapper = alternatives(evaluate(this.#program, module, call.arguments[0])).find(
      (item) => item.kind === 'function',
    )
    if (!mapper) return undefined
    return worst(returnedExpressions(mapper.node).map((row) => this.written(mapper.module, row)))
  }

  #inObject(item: Value): Filtered {
    if (item.kind !== 'object') return 'unknown'
    const { entry, spreads } = objectEntry(item.node, this.#column)
    if (entry) {
      this.#note({ module: item.module, node: entry.value })
      return 'yes'
    }
    return spreads.length === 0 ? 'no' : this.#ofSpreads(item.module, spreads, item.frame)
  }

  /** Without the column in any spread object that is known, another one may still hold it. */
  #ofSpreads(
    module: Module,
    spreads: readonly Node[],
    frame: Extract<Value, { kind: 'object' }>['frame'],
  ): Filtered {
    const states = spreads.map((spread) =>
      worst(
        alternatives(awaited(evaluate(this.#program, module, spread, frame))).map((one) =>
          this.#inObject(one),
        ),
      ),
    )
    return states.includes('yes') ? 'yes' : states.includes('unknown') ? 'unknown' : 'no'
  }

  /** What kind of id a filter or a written row carries; one that nothing is known of says nothing. */
  #note({ module, node }: Place): void {
    const value = evaluate(this.#program, module, node)
    const ids = alternatives(awaited(value)).filter((item) => item.kind === 'tenant-id')
    const base = {
      file: this.#program.repository.relative(module.file),
      range: module.range(node),
      text: module.text.slice(node.start, node.end),
    }
    const request = requestOf(value)
    const known = this.ids.some(
      (id) => id.file === base.file && id.range.start.offset === base.range.start.offset,
    )
    if (known) return
    if (request && !isChecked(this.#program, module, node))
      this.ids.push({ ...base, kind: 'request', request: request.label })
    else if (
      (this.#database.rows?.sources.length ?? 0) > 0 &&
      ids.some((id) => id.rows !== this.#database.name)
    )
      this.ids.push({ ...base, kind: 'application' })
  }
}
