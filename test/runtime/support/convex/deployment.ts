/**
 * A deployment: Convex's own test backend behind the protocol of its HTTP client. It keeps its state in globals, so each
 * deployment is a process. Started by start.ts; argument: the deploy key.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { makeFunctionReference } from 'convex/server'
import { convexToJson, jsonToConvex, type Value } from 'convex/values'
import { convexTest } from 'convex-test'
import * as accounts from './functions/accounts.ts'
import * as byod from './functions/byod.ts'
import schema from './functions/schema.ts'

const deployKey = process.argv[2] ?? ''
const backend = convexTest(schema, {
  './convex/accounts.ts': async () => accounts,
  './convex/byod.ts': async () => byod,
  './convex/_generated/api.js': async () => ({}),
})

createServer(async (request, response) => {
  let body = ''
  for await (const part of request) body += part
  const send = (status: number, answer: unknown) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  const [, kind] = /^\/api\/(query|mutation|action)$/.exec(request.url ?? '') ?? []
  if (request.url === '/version') return void send(200, '1')
  if (kind === undefined) return void send(404, 'not found')
  const authorization = request.headers.authorization ?? ''
  if (authorization.startsWith('Convex ') && authorization !== `Convex ${deployKey}`)
    return void send(401, {
      code: 'BadDeployKey',
      message: 'The provided deploy key was invalid for this deployment.',
    })
  const { path, args } = JSON.parse(body) as { path: string; args: [never] }
  const asking = authorization.startsWith('Bearer ')
    ? backend.withIdentity({ subject: authorization.slice('Bearer '.length) })
    : backend
  try {
    const reference = makeFunctionReference<never>(path)
    const run = asking[kind as 'query'] as (reference: unknown, args: unknown) => Promise<Value | undefined>
    const value = await run(reference, jsonToConvex(args[0]))
    send(200, { status: 'success', value: convexToJson(value ?? null), logLines: [] })
  } catch (error) {
    send(560, { status: 'error', errorMessage: (error as Error).message, logLines: [] })
  }
}).listen(0, '127.0.0.1', function (this: { address(): unknown }) {
  console.log((this.address() as AddressInfo).port)
})
