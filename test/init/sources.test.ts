import { describe, expect, test } from 'vitest'
import { entry, proposalFor, values } from './support.ts'

describe('tenant id sources', async () => {
  const { sources, insert } = await proposalFor('follows-foreign-keys')

  test('a session function and a guard that leads to one are trusted', () => {
    expect(values(sources)).toEqual([
      { call: '@clerk/nextjs/server#auth', path: 'orgId' },
      { call: '@/lib/session#requireOrganization', path: 'organizationId' },
    ])
  })

  test('what only reads the request stands there as a comment', () => {
    const body = entry(sources, { call: '@/lib/session#readBody', path: 'organizationId' })
    expect(body).toMatchObject({ disabled: true, decide: 'no sign-in function was found behind it' })
  })

  test('the template is the code’s own, with a guard that proves the id', () => {
    expect(insert).toMatchObject({
      statement: 'const session = await auth()',
      imports: ['@clerk/nextjs/server#auth'],
      guard: "if (!session?.orgId) return new Response('Unauthorized', { status: 401 })",
    })
  })
})

describe('wrappers', () => {
  test('what a wrapper takes from the session is trusted, what it passes on from the request is not', async () => {
    const { sources, app } = await proposalFor('wrapped-handlers')
    expect(values(sources)).toContainEqual({ wrapper: './src/auth#withWorkspace', path: 'workspace.id' })
    expect(values(sources)).toContainEqual({
      wrapper: './src/auth#workspaceAction',
      path: 'ctx.workspace.id',
    })
    const sent = entry(sources, { wrapper: './src/auth#workspaceAction', path: 'parsedInput.workspaceId' })
    expect(sent).toMatchObject({ disabled: true, decide: 'it comes from the request' })
    // A client that no export gives out is known by where its address comes from.
    expect(values(app.clients)).toEqual([{ new: '@supabase/supabase-js#createClient', env: 'SUPABASE_URL' }])
  })
})

describe('clients', () => {
  test('of a monorepo are named so that no alias is ambiguous', async () => {
    const { app, tenant } = await proposalFor('two-apps')
    expect(values(app.clients)).toEqual(['./apps/admin/src/lib/db#db', '@acme/db#createSharedClient'])
    expect(values(tenant.clients)).toEqual([
      {
        export: './apps/web/src/lib/db#openWorkspace',
        arguments: ['$tenantId'],
        async: true,
        result: 'client',
      },
    ])
  })

  test('a tenant’s client that is not written yet is planned beside the application’s', async () => {
    const { tenant } = await proposalFor('follows-foreign-keys')
    expect(values(tenant.clients)).toEqual([
      { export: '@/lib/db#getTenantDatabaseClient', arguments: ['$tenantId'], async: true, planned: true },
    ])
  })
})

describe('routes', () => {
  test('each application has its own folder of routes; one that touches no tenant is marked', async () => {
    const { routes } = await proposalFor('two-apps')
    expect(values(routes)).toMatchObject([
      { files: 'apps/admin/src/app/api/workspaces/**', database: 'app' },
      { files: 'apps/web/src/app/api/users/**', database: 'app' },
      { files: 'apps/admin/src/app/api/**', database: 'tenant' },
      { files: 'apps/web/src/app/api/**', database: 'tenant' },
    ])
    expect(routes.map((route) => route.decide !== undefined)).toEqual([false, false, true, false])
  })
})

describe('clients that nobody makes in sight', () => {
  test('a class that extends the library’s client, and a client that a helper remembers', async () => {
    const { app, sources } = await proposalFor('injected-and-remembered-clients')
    expect(values(app.clients)).toEqual([
      './src/lib/db.server#db',
      './src/services/prisma.service#PrismaService',
    ])
    expect(app.clients.map(({ evidence }) => evidence)).toEqual([
      expect.stringMatching('a ready client: 1 query in 1 file'),
      expect.stringMatching('a ready client: 1 query in 1 file'),
    ])
    // What a package makes of a row is no source of an id.
    expect(JSON.stringify(sources)).not.toContain('lodash')
  })
})
