/** Paths as the compiler writes them: absolute, with `/`. */
import { realpathSync } from 'node:fs'
import { resolve, sep } from 'node:path'

/** Absolute, with forward slashes; a backslash is a separator only where the system says so, or after a drive. */
export function compilerPath(path: string, base = ''): string {
  if (/^[A-Za-z]:[\\/]/.test(path)) return path.replaceAll('\\', '/')
  const absolute = resolve(base, path)
  return sep === '\\' ? absolute.replaceAll('\\', '/') : absolute
}

/** The path behind symbolic links, or the path itself when there is nothing on disk. */
export function realPath(path: string): string {
  try {
    return compilerPath(realpathSync.native(path))
  } catch {
    return path
  }
}

/** Folder of a path with forward slashes; `/` is its own folder. */
export function folderOf(path: string): string {
  const end = path.lastIndexOf('/')
  return end <= 0 ? '/' : path.slice(0, end)
}

/** The folders from `start` up to and including `root`; only `start` when it lies outside `root`. */
export function foldersUpTo(start: string, root: string): string[] {
  if (start !== root && !start.startsWith(root === '/' ? root : `${root}/`)) return [start]
  const folders = [start]
  let folder = start
  while (folder !== root) {
    folder = folderOf(folder)
    folders.push(folder)
  }
  return folders
}
