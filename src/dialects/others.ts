/** Other data libraries, and what has methods of the same names. */
const others =
  /^(?:npm:)?@?(?:knex|kysely|objection|bookshelf|typeorm|sequelize|mikro-orm|mongoose|mongodb|mssql|oracledb|tedious|sqlite3|better-sqlite3|waterline|redis|ioredis|d3|firebase|elasticsearch)(?:$|[/-])/

/** Whether a module is a library that no dialect speaks for: what its clients are asked is neither judged nor reported. */
export function isOtherLibrary(specifier: string): boolean {
  return others.test(specifier)
}
