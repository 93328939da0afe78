import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { dirtyFiles } from '../../src/migrate/worktree.ts'

let folder: string
const path = process.env.PATH

beforeEach(() => {
  folder = mkdtempSync(join(realpathSync(tmpdir()), 'tenantize-worktree-'))
})
afterEach(() => {
  process.env.PATH = path
  rmSync(folder, { recursive: true, force: true })
})

const git = (cwd: string, ...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
    cwd,
    stdio: 'pipe',
  })

function put(name: string, text = name): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true })
  writeFileSync(join(folder, name), text)
}

function repository(): void {
  put('.gitignore', 'ignored.ts\n')
  put('src/a.ts')
  put('src/b.ts')
  put('packages/web/page.tsx')
  git(folder, 'init', '-q')
  git(folder, 'add', '.')
  git(folder, 'commit', '-qm', 'start')
}

describe('dirtyFiles', () => {
  it('finds nothing in a clean work tree', async () => {
    repository()
    put('ignored.ts')
    expect(await dirtyFiles(folder)).toEqual({ git: true, dirty: [] })
  })

  it('finds changed, staged, deleted, renamed and untracked files, whatever their names', async () => {
    repository()
    put('src/a.ts', 'changed')
    renameSync(join(folder, 'src/b.ts'), join(folder, 'src/c.ts'))
    put('app/[id]/(group)/näme with space.ts')
    rmSync(join(folder, 'packages/web/page.tsx'))
    git(folder, 'add', 'src')
    expect((await dirtyFiles(folder)).dirty).toEqual([
      'app/[id]/(group)/näme with space.ts',
      'packages/web/page.tsx',
      'src/a.ts',
      'src/b.ts',
      'src/c.ts',
    ])
  })

  it('looks only below the folder, and names files from there', async () => {
    repository()
    put('src/a.ts', 'changed')
    put('packages/web/page.tsx', 'changed')
    expect(await dirtyFiles(join(folder, 'packages/web'))).toEqual({ git: true, dirty: ['page.tsx'] })
    expect((await dirtyFiles(join(folder, 'packages'))).dirty).toEqual(['web/page.tsx'])
  })

  it('works in a linked work tree, through a symbolic link, and before the first commit', async () => {
    repository()
    git(folder, 'worktree', 'add', '-q', 'linked')
    put('linked/src/a.ts', 'changed')
    expect((await dirtyFiles(join(folder, 'linked'))).dirty).toEqual(['src/a.ts'])
    symlinkSync('linked', join(folder, 'link'))
    expect((await dirtyFiles(join(folder, 'link/src'))).dirty).toEqual(['a.ts'])
    put('empty/new.ts')
    git(join(folder, 'empty'), 'init', '-q')
    expect((await dirtyFiles(join(folder, 'empty'))).dirty).toEqual(['new.ts'])
  })

  it('says so outside a repository', async () => {
    put('a.ts')
    expect(await dirtyFiles(folder)).toEqual({ git: false, dirty: [] })
  })

  it('says so where git is not installed', async () => {
    repository()
    process.env.PATH = join(folder, 'src')
    expect(await dirtyFiles(folder)).toEqual({ git: false, dirty: [] })
  })

  it('reports any other failure of git instead of calling the work tree clean', async () => {
    repository()
    put('.git/HEAD', 'ref: refs/heads/main')
    put('.git/config', '[core\n')
    await expect(dirtyFiles(folder)).rejects.toThrow(/git rev-parse failed/)
  })
})
