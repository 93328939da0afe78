import { describe, expect, it } from 'vitest'
import { urlVariables } from '../../../src/cli/tenants/variables.ts'
import { folder } from '../../support/cli.ts'

const beyondUsual = (files: Record<string, string>, env = {}) => {
  const usual = urlVariables(folder(), {})
  return urlVariables(folder(files), env).filter((name) => !usual.includes(name))
}

describe('the variables that a tenant’s URL goes into', () => {
  it('are the usual ones', () => {
    expect(urlVariables(folder(), {})).toEqual(expect.arrayContaining(['DATABASE_URL', 'DIRECT_URL']))
  })

  it('and those that the tool’s configuration reads, also by way of other files', () => {
    const files = {
      'prisma.config.ts': `import { defineConfig, env } from 'prisma/config'
        import { address } from './src/env'
        export default defineConfig({ datasource: { url: address ?? env('MIGRATION_URL') } })`,
      'src/env.ts': `const { PRIMARY_DSN, LOG_LEVEL } = process.env
        export const address = process.env['TENANT_URI'] ?? PRIMARY_DSN ?? (process.env.LOG_LEVEL && '')`,
      'src/other.ts': 'export const other = process.env.UNRELATED_URL',
    }
    expect(beyondUsual(files)).toEqual(['MIGRATION_URL', 'PRIMARY_DSN', 'TENANT_URI'])
  })

  it('also under names that don’t look like it, when they hold such a URL now', () => {
    const files = {
      'drizzle.config.mjs': 'export default { a: process.env.PG_MAIN, b: process.env.API_URL }',
    }
    expect(beyondUsual(files)).toEqual(['API_URL'])
    const env = { PG_MAIN: 'postgresql://main/app', API_URL: 'https://api.example.com' }
    expect(beyondUsual(files, env)).toEqual(['PG_MAIN'])
  })

  it('and those of a Prisma schema, but never a shadow database’s', () => {
    const schema = `generator client {\n  output = env("CLIENT_URL")\n}
datasource db {
  provider  = "postgresql"
  url       = env("COMPANY_URL")
  directUrl = env("COMPANY_DIRECT_URL") // past the pooler
  // url    = env("FORMER_URL")
  shadowDatabaseUrl = env("SHADOW_DATABASE_URL")
}
`
    expect(beyondUsual({ 'prisma/schema.prisma': schema })).toEqual(['COMPANY_DIRECT_URL', 'COMPANY_URL'])
  })
})
