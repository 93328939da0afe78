import { loadParser } from '../../sql/parser.ts'
import type { Dialect } from '../dialect.ts'
import { AnyOf, between, Followed } from '../shape.ts'
import { beginnings } from './chain.ts'
import { declaredKeys } from './keys.ts'
import { constructors, makes } from './packages.ts'
import { recognise } from './recognise.ts'
import { touches } from './touches.ts'
import { buildsView } from './views.ts'

/** Drizzle ORM, for every database it speaks to: builders, `db.query`, transactions, and `sql` texts. */
export const drizzle: Dialect = {
  name: 'drizzle',
  presence: /drizzle-orm/,
  shape:
    /\)\s*\.\s*from\s*\(\s*[A-Za-z_$][\w.]*\s*\)|\.\s*insert\s*\(\s*[\w.]+\s*\)\s*\.\s*values\s*\(|\.\s*update\s*\(\s*[\w.]+\s*\)\s*\.\s*set\s*\(|\.\s*delete\s*\(\s*[\w.]+\s*\)\s*\.\s*where\s*\(|\.\s*query\s*\.\s*\w+\s*\.\s*find(?:Many|First)\s*\(/,
  constructors,
  derives: new Set(['$withAuth', '$withCache']),
  builds: new Set([...beginnings, 'with', '$with']),
  controls: new Set(['rollback', 'setTransaction']),
  hands: new Set(['transaction']),
  transactions: new Set(['transaction', 'batch']),
  makes,
  types: new Set([
    'PgDatabase',
    'MySqlDatabase',
    'BaseSQLiteDatabase',
    'NodePgDatabase',
    'PostgresJsDatabase',
    'LibSQLDatabase',
  ]),
  hint: /\.\s*(?:select(?:Distinct(?:On)?)?|insert|update|delete|\$count|refreshMaterializedView|findMany|findFirst)\s*[<(]|\.\s*(?:execute|run|all|get|values)\s*(?:<[^(]*>)?\(\s*(?:\w+\.)?sql\b|\.\s*execute\s*[<(]/,
  sure: new AnyOf(
    new Followed(/\.\s*select(?:Distinct(?:On)?)?\s*[<(]/, followedBy('from'), 4000),
    new Followed(/\.\s*insert\s*[<(]/, followedBy('values|select|ignore|overridingSystemValue'), 800),
    new Followed(/\.\s*update\s*[<(]/, followedBy('set'), 800),
    new Followed(/\.\s*delete\s*[<(]/, followedBy('where|returning|limit|orderBy'), 800),
    /\.\s*(?:\$count|refreshMaterializedView)\b|\b_?query\b[\s!?]*\.[\s\w!?]*\.\s*find(?:Many|First)\b/,
    /\.\s*(?:execute|run|all|get|values)\s*(?:<[^(]*>)?\(\s*(?:\w+\.)?sql\b|\.\s*execute\s*(?:<[^(]*>)?\(\s*[\w.]+\s*[`<(]/,
  ),
  prepare: async () => void (await loadParser()),
  recognise,
  // What builds the query of a view is no client: `pgView('v').as((builder) => builder.select().from(users))`.
  isOwn: (candidate, sight) => candidate.certain && !buildsView(candidate, sight),
  touches,
  keys: declaredKeys,
}

/** One of these methods, called on what a call returned. */
function followedBy(methods: string): RegExp {
  return new RegExp(`\\)${between}\\.\\s*(?:${methods})\\b`)
}
