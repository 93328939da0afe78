import type { Module } from '../repo/module.ts'
import type { Node } from '../repo/node.ts'
import type { ListPoint } from '../trace/points.ts'
import { offsetOf } from '../trace/tenant-ids.ts'

interface SharedClient {
  readonly module: Module
  /** The client of the rules that is obtained. */
  readonly label: string
  readonly point: ListPoint
  readonly name: string
}

/** The new clients that a plan obtains, so that the accesses of one function share one. */
export class SharedClients {
  readonly #clients: SharedClient[] = []

  add(client: SharedClient): void {
    this.#clients.push(client)
  }

  /** The name of a client that is obtained before these places, in a statement list around all of them. */
  find(module: Module, label: string, nodes: readonly Node[]): string | undefined {
    return this.#clients.find(
      ({ point, ...client }) =>
        client.module === module &&
        client.label === label &&
        nodes.every((node) => offsetOf(point) <= node.start && isRunBelow(node, point.list)),
    )?.name
  }
}

/** Whether a node stands in a list, and not in a function that may be called further up in it. */
function isRunBelow(node: Node, list: Node): boolean {
  for (let at: Node | undefined = node; at; at = at.parent) {
    if (at === list) return true
    if (at.type === 'FunctionDeclaration' && list.start <= at.start) return at.body === list
  }
  return false
}
