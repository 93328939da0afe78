import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, it } from 'vitest'
import { page, root } from './pages.ts'

const folders = Array.from(
  page('docs/architecture.md').text.matchAll(/^\| `(\w+)\/` \|/gm),
  ([, name]) => name!,
)

it('names every folder of src/', () => {
  const real = readdirSync(join(root, 'src'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'runtime')
    .map((entry) => entry.name)
  expect([...folders].sort()).toEqual(real.sort())
})

it.each(folders)('%s imports only from the folders above it', (folder) => {
  const above = folders.slice(0, folders.indexOf(folder) + 1)
  expect(
    importsFrom(folder, (file, to) => above.includes(to) || (isOperation(file) && to === 'runtime')),
  ).toEqual([])
})

it('runtime imports from no other folder', () => {
  expect(importsFrom('runtime', (_, to) => to === 'runtime')).toEqual([])
})

/** Operations over tenants are commands over the runtime. The rest of the program doesn't load it. */
const isOperation = (file: string) => file.startsWith('src/cli/tenants/')

/** The imports of a folder's files that aren't allowed. */
function importsFrom(folder: string, allows: (file: string, to: string) => boolean): string[] {
  return readdirSync(join(root, 'src', folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .flatMap((name) => {
      const file = join('src', folder, name).replaceAll('\\', '/')
      const text = readFileSync(join(root, file), 'utf8')
      return Array.from(text.matchAll(/(?:from|import\() ?'(\.[^']+)'/g), ([, to]) =>
        normalize(join(dirname(file), to!)),
      )
        .map((to) => to.replaceAll('\\', '/').split('/'))
        .filter(([, top, below]) => below !== undefined && !allows(file, top!))
        .map((to) => `${file} imports ${to.join('/')}`)
    })
}
