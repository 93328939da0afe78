import type { LintRule } from '../rule.ts'
import { browserClient } from './browser-client.ts'
import { cacheWithoutTenant } from './cache-without-tenant.ts'
import { crossDatabaseForeignKey } from './cross-database-foreign-key.ts'
import { crossDatabaseJoin } from './cross-database-join.ts'
import { crossDatabaseTransaction } from './cross-database-transaction.ts'
import { missingAwait } from './missing-await.ts'
import { missingTenantFilter } from './missing-tenant-filter.ts'
import { missingTenantId } from './missing-tenant-id.ts'
import { parseError } from './parse-error.ts'
import { routeDatabase } from './route-database.ts'
import { sharedTenantClient } from './shared-tenant-client.ts'
import { sqlDatabase } from './sql-database.ts'
import { sqlUnknownTable } from './sql-unknown-table.ts'
import { unknownTable } from './unknown-table.ts'
import { unresolvedClient } from './unresolved-client.ts'
import { unsetPolicySetting } from './unset-policy-setting.ts'
import { untrustedTenantId } from './untrusted-tenant-id.ts'
import { wrongDatabase } from './wrong-database.ts'

/** The rules that look at facts. `unused-suppression` looks at what the others found and runs after them. */
export const lintRules: readonly LintRule[] = [
  wrongDatabase,
  routeDatabase,
  crossDatabaseJoin,
  crossDatabaseTransaction,
  missingTenantId,
  untrustedTenantId,
  sharedTenantClient,
  cacheWithoutTenant,
  missingAwait,
  missingTenantFilter,
  unknownTable,
  unresolvedClient,
  browserClient,
  parseError,
  crossDatabaseForeignKey,
  sqlDatabase,
  sqlUnknownTable,
  unsetPolicySetting,
]
