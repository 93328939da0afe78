import { nearest } from '../../rules/nearest.ts'
import { isTenantizeError } from '../../runtime/errors.ts'
import type { Terminal } from '../output.ts'
import { UsageError } from '../usage-error.ts'
import { open } from './open.ts'
import { assertBelong, type TenantsOptions, type Verb, verbs } from './options.ts'

/** `tenantize tenants <verb>` */
export async function tenantsCommand(
  word: string,
  command: readonly string[],
  options: TenantsOptions,
  terminal: Terminal,
): Promise<number> {
  const verb = verbs.find((name) => name === word)
  if (verb === undefined) {
    const meant = nearest(word, verbs)
    throw new UsageError(
      `there is no \`tenants ${word}\`${meant ? `; did you mean \`${meant}\`?` : ''} (known: ${verbs.join(', ')})`,
    )
  }
  if (command.length > 0 && verb !== 'migrate')
    throw new UsageError(`tenants ${verb} takes no further words: ${command.join(' ')}`)
  assertBelong(verb, options)
  const interruption = new AbortController()
  const interrupt = () => interruption.abort(new UsageError('interrupted'))
  process.once('SIGINT', interrupt)
  process.once('SIGTERM', interrupt)
  try {
    return await run(verb, command, options, terminal, interruption.signal)
  } catch (error) {
    // Its message is made for people, and holds no secret.
    throw isTenantizeError(error) ? new UsageError(error.message) : error
  } finally {
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
  }
}

async function run(
  verb: Verb,
  command: readonly string[],
  options: TenantsOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const opened = await open(options.config, terminal.env)
  try {
    switch (verb) {
      case 'migrate':
        return await (await import('./migrate.ts')).migrateTenants(opened, command, options, terminal, signal)
      case 'check':
        return await (await import('./check.ts')).checkAllTenants(opened, options, terminal, signal)
      case 'encrypt':
      case 'rotate':
        return await (await import('./rewrite.ts')).rewriteTenants(verb, opened, options, terminal, signal)
      case 'list':
        return await (await import('./list.ts')).listOfTenants(opened, options, terminal, signal)
    }
  } finally {
    await opened.close()
  }
}
