import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type MigrationLedger, migrationLedger } from '../../runtime/operations/migrate/ledger.ts'
import type { LoadedConfig } from './config.ts'

/** Tools that are known by their command, with the place that shows that their migrations are where they usually are. */
const tools = [
  { word: 'prisma', tool: 'prisma', place: 'prisma/migrations' },
  { word: 'drizzle-kit', tool: 'drizzle', place: 'drizzle/meta/_journal.json' },
  { word: 'supabase', tool: 'supabase', place: 'supabase/migrations' },
] as const

/**
 * The ledger that tells whether a command has migrated a tenant: the configured one, or that of the tool which the
 * command names. A check that has to be asked for is not made when it is needed.
 * @throws ConfigurationError when the folder of migrations can't be read
 */
export function ledgerFor(
  { config, folder }: LoadedConfig,
  command: readonly string[],
): MigrationLedger | undefined {
  if (config.ledger) return migrationLedger(config.ledger, folder)
  const words = command.map((word) => basename(word))
  const known = tools.find(({ word, place }) => words.includes(word) && existsSync(join(folder, place)))
  return known && migrationLedger({ tool: known.tool }, folder)
}
