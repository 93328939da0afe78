import { count } from '../../init/words.ts'
import { type ListedTenant, listTenants } from '../../runtime/operations/list.ts'
import { EXIT_CLEAN, EXIT_FOUND } from '../exit.ts'
import type { Terminal } from '../output.ts'
import { columns } from './columns.ts'
import type { Opened } from './open.ts'
import type { TenantsOptions } from './options.ts'

/** `tenantize tenants list` */
export async function listOfTenants(
  { directory }: Opened,
  options: TenantsOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const tenants = await listTenants(directory, options, signal)
  const problems = tenants.filter(({ problem }) => problem !== undefined).length
  const summary = { tenants: tenants.length, problems }
  terminal.out(
    options.json
      ? `${JSON.stringify({ version: 1, command: 'tenants list', summary, tenants }, null, 2)}\n`
      : `${columns(tenants.map(row))}${count(tenants.length, 'tenant')}${problems > 0 ? ` · ${problems} can't be used` : ''}\n${next(tenants)}\n`,
  )
  return problems > 0 ? EXIT_FOUND : EXIT_CLEAN
}

function row({ tenantId, status, database, region, credentials, problem }: ListedTenant): string[] {
  const forms = Object.entries(credentials).map(([name, form]) => `${name}: ${form}`)
  return [tenantId, status, database ?? '-', region ?? '-', problem ?? (forms.join(', ') || '-')]
}

function next(tenants: readonly ListedTenant[]): string {
  if (tenants.some(({ credentials }) => Object.values(credentials).includes('not encrypted')))
    return 'Next: tenantize tenants encrypt --dry-run'
  return 'Next: tenantize tenants check'
}
