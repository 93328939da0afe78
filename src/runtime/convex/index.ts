/** `tenantize/runtime/convex`: clients of deployments that belong to users. */
import type { ConvexHttpClient } from 'convex/browser'
import { credential, serviceUrl } from '../credentials.ts'
import { driver } from '../driver.ts'
import type { ClientFactory } from '../types.ts'

export interface ConvexClientsOptions {
  /**
   * Called with each new client, such as to give it the token of its request's user. Without it, the client acts with
   * the deploy key of the deployment, where there is one.
   */
  readonly authenticate?: (client: ConvexHttpClient, tenantId: string) => void
}

/**
 * Makes Convex clients. The address and the key are kept; each request gets a client of its own, because a
 * `ConvexHttpClient` carries its user: two requests on one would act as whoever authenticated last.
 */
export function convexClients({
  authenticate,
}: ConvexClientsOptions = {}): ClientFactory<ConvexHttpClient, Shared> {
  return {
    name: 'convex',
    stateless: true,
    revoke: 'shallow',
    connections: () => 0,

    async create(connection) {
      const { ConvexHttpClient } = await driver('convex', () => import('convex/browser'))
      const deployKey = connection.credentials.deployKey ? credential(connection, 'deployKey') : undefined
      const url = serviceUrl(connection)
      const open = (): ConvexHttpClient => {
        // A user's own deployment may lie behind an address of theirs.
        const client = new ConvexHttpClient(url, { skipConvexDeploymentUrlCheck: true, logger: false })
        if (authenticate) authenticate(client, connection.tenantId)
        else if (deployKey !== undefined) (client as unknown as Administrable).setAdminAuth(deployKey)
        return client
      }
      return { url, open }
    },

    open: ({ open }) => open(),

    dispose() {},

    async check({ url }, { signal }) {
      const answer = await fetch(new URL('version', url.endsWith('/') ? url : `${url}/`), { signal })
      if (answer.status >= 500) throw new Error(`the deployment answered ${answer.status}`)
    },
  }
}

/** A method that Convex's own tools use and its types leave out. */
interface Administrable {
  setAdminAuth(token: string): void
}

interface Shared {
  readonly url: string
  readonly open: () => ConvexHttpClient
}
