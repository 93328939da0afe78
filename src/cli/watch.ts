import { watch } from 'node:fs'
import { dirname, join } from 'node:path'
import { discover } from '../repo/discover.ts'
import type { Located } from './project.ts'

/** An editor writes a file in several steps, and a tool many files: this long nothing may happen before a run, in ms. */
const calm = 120

/**
 * Waits until a file of the code base changes, comes or goes, or the rules do. (Folder by folder: a recursive watch would
 * go through node_modules.)
 * @param own absolute paths of files that the run itself writes
 */
export function nextChange({ root, rules }: Located, own: ReadonlySet<string>): Promise<void> {
  const found = discover(root)
  const folders = new Set([root, dirname(rules.file)])
  for (const path of [...found.sources, ...found.manifests, ...found.schemas])
    for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) folders.add(join(root, folder))
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined
    const watchers = [...folders].flatMap((folder) => {
      try {
        return [
          watch(folder, (_event, name) => {
            // What the run itself writes is no change.
            if (name === 'node_modules' || name === '.git' || (name && own.has(join(folder, name)))) return
            clearTimeout(timer)
            timer = setTimeout(() => {
              for (const watcher of watchers) watcher.close()
              resolve()
            }, calm)
          }).on('error', () => {}),
        ]
      } catch {
        // A folder that is gone by now.
        return []
      }
    })
  })
}
