/** Starts deployments, each a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll } from 'vitest'

const root = fileURLToPath(new URL('../../../..', import.meta.url))

export interface Deployment {
  readonly url: string
  readonly deployKey: string
}

/** Deployments of these names, for the tests of a file. */
export function useConvex<Name extends string>(...names: readonly Name[]): Record<Name, Deployment> {
  const found = {} as Record<Name, Deployment>
  const processes: ChildProcess[] = []
  let folder = ''
  beforeAll(async () => {
    // Below node_modules, where it finds the packages it needs.
    const home = join(root, 'node_modules', '.cache', 'tenantize-tests')
    mkdirSync(home, { recursive: true })
    folder = mkdtempSync(join(home, 'convex-'))
    const outfile = join(folder, 'deployment.mjs')
    const entry = fileURLToPath(new URL('./deployment.ts', import.meta.url))
    await build({
      entryPoints: [entry],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      packages: 'external',
    })
    for (const name of names) {
      const deployKey = `deploy-key-of-${name}`
      const child = spawn(process.execPath, [outfile, deployKey], { stdio: ['ignore', 'pipe', 'inherit'] })
      processes.push(child)
      for await (const line of createInterface({ input: child.stdout! })) {
        found[name] = { url: `http://127.0.0.1:${line}`, deployKey }
        break
      }
    }
  })
  afterAll(() => {
    for (const child of processes) child.kill()
    rmSync(folder, { recursive: true, force: true })
  })
  return found
}
