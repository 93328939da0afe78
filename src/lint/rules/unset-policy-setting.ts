import type { SettingUse, SqlObject, SqlSchema } from '../../sql/facts.ts'
import type { LintRule, Offense } from '../rule.ts'
import { grouped, type SqlInput, strangers } from '../sql.ts'

/** A policy's use of a setting, perhaps inside a function that it calls. */
interface Use extends SettingUse {
  readonly policy: SqlObject
  readonly through?: string
}

/** Policies of a tenant database that ask who the caller is, where nothing in that database can know. */
export const unsetPolicySetting: LintRule = {
  name: 'unset-policy-setting',
  check({ sql, rules }) {
    if (!sql) return []
    return [...sql.facts.schemas.values()].flatMap((schema) => {
      const database = rules.databases.find(({ name }) => name === schema.database)
      return database?.perTenant ? offensesOf(sql, schema, database.auth) : []
    })
  },
}

/** One finding for each file and setting: they are mended together. */
function offensesOf(sql: SqlInput, schema: SqlSchema, signsIn: boolean): Offense[] {
  const set = new Set([
    ...sql.facts.files
      .filter((file) => file.database === schema.database)
      .flatMap(({ facts }) =>
        facts.flatMap((fact) => (fact.does === 'run' || fact.does === 'create' ? fact.contents.sets : [])),
      ),
    ...sql.facts.settings,
  ])
  const uses = grouped(
    usesOf(schema, strangers(sql, schema)).filter(
      ({ setting }) => !(isIdentity(setting) ? signsIn : set.has(setting)),
    ),
    ({ policy, setting }) => `${policy.file}\n${setting}`,
  )
  return [...uses.values()].map((same): Offense => {
    const [{ policy, setting, range, through }, ...others] = same as [Use, ...Use[]]
    const where = through === undefined ? '' : ` (in function \`${through}\`)`
    const why = isIdentity(setting)
      ? `nobody signs in to ${schema.database}, so it is always null; where users do, say "auth": true`
      : `no SQL and no code of this repository sets it`
    const more = new Set(others.map((use) => use.policy)).size
    return {
      message: `policy \`${policy.name}\` on \`${policy.on}\`${more > 0 ? ` and ${more} more in this file` : ''} ${more > 0 ? 'ask' : 'asks'} for \`${setting}\`${where}, which nothing sets in ${schema.database}: ${why}`,
      file: policy.file,
      range: through === undefined ? range : policy.range,
      ...(policy.on === undefined ? {} : { table: policy.on }),
      operation: 'policy',
      evidence: others.map((use) => ({
        file: use.policy.file,
        line: use.policy.range.start.line,
        column: use.policy.range.start.column,
        message: `policy \`${use.policy.name}\` on \`${use.policy.on}\` asks for it too`,
      })),
      identity: `setting ${setting}`,
    }
  })
}

/** What policies ask for. Those on a table that should not be here go with that table; those on one without row security do nothing. */
function usesOf(schema: SqlSchema, misplaced: ReadonlySet<string>): Use[] {
  const functions = grouped(
    schema.objects.filter(({ object }) => object === 'function'),
    ({ name }) => name,
  )
  return schema.objects
    .filter(
      ({ object, on = '' }) =>
        object === 'policy' && !misplaced.has(on) && schema.tables.get(on)?.rowSecurity !== false,
    )
    .flatMap((policy) => {
      const found = new Map<string, Use>()
      const seen = new Set<string>()
      const follow = ({ contents }: SqlObject, through?: string): void => {
        for (const use of contents.settings)
          if (isCustom(use.setting) && !found.has(use.setting))
            found.set(use.setting, { ...use, policy, ...(through === undefined ? {} : { through }) })
        for (const name of contents.calls) {
          if (seen.has(name)) continue
          seen.add(name)
          for (const called of functions.get(name) ?? []) follow(called, through ?? name)
        }
      }
      follow(policy)
      return [...found.values()]
    })
}

/** Supabase's functions, and the settings behind them, which come with a signed-in request. */
function isIdentity(setting: string): boolean {
  return setting.endsWith('()') || setting.startsWith('request.')
}

/** PostgreSQL's own settings have no dot in their names, and the role comes with the key. */
function isCustom(setting: string): boolean {
  return setting.includes('.') && setting !== 'request.jwt.claim.role'
}
