import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Disk, type FileChange, realDisk, WriteError, writeAll } from '../../src/migrate/write.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(realpathSync(tmpdir()), 'tenantize-write-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function put(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const change = (path: string, original: string, text: string): FileChange => ({ path, original, text })

/** Everything below the folder: names, bytes and modes. */
function snapshot(at = folder): unknown {
  return readdirSync(at, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((entry) => {
      const path = join(at, entry.name)
      if (entry.isDirectory()) return [entry.name, snapshot(path)]
      return [entry.name, readFileSync(path, 'latin1'), lstatSync(path).mode]
    })
}

function caught(action: () => void): WriteError {
  try {
    action()
  } catch (error) {
    expect(error).toBeInstanceOf(WriteError)
    return error as WriteError
  }
  throw new Error('nothing was thrown')
}

describe('a write that succeeds', () => {
  it('replaces every file and leaves nothing beside it', () => {
    const a = put('a.ts', 'a')
    const b = put('b.ts', 'b')
    writeAll([change(a, 'a', 'A'), change(b, 'b', 'B')])
    expect(readdirSync(folder)).toEqual(['a.ts', 'b.ts'])
    expect([readFileSync(a, 'utf8'), readFileSync(b, 'utf8')]).toEqual(['A', 'B'])
  })

  it('keeps the mode, a byte order mark and CRLF', () => {
    const path = put('a.ts', '\uFEFFone\r\ntwo\r\n')
    chmodSync(path, 0o775)
    writeAll([change(path, '\uFEFFone\r\ntwo\r\n', '\uFEFFone\r\n2\r\n')])
    expect(readFileSync(path)).toEqual(Buffer.from('\uFEFFone\r\n2\r\n'))
    expect(statSync(path).mode & 0o777).toBe(0o775)
  })

  it('writes through a symbolic link to the file behind it', () => {
    mkdirSync(join(folder, 'elsewhere'))
    const target = put('elsewhere/real.ts', 'old')
    const link = join(folder, 'link.ts')
    symlinkSync('elsewhere/real.ts', link)
    writeAll([change(link, 'old', 'new')])
    expect(lstatSync(link).isSymbolicLink()).toBe(true)
    expect(readFileSync(target, 'utf8')).toBe('new')
    expect(readdirSync(join(folder, 'elsewhere'))).toEqual(['real.ts'])
  })
})

describe('a write that is refused', () => {
  it('names a file that changed since it was read, and touches none', () => {
    const a = put('a.ts', 'a')
    const b = put('b.ts', 'someone was here')
    const before = snapshot()
    const error = caught(() => writeAll([change(a, 'a', 'A'), change(b, 'b', 'B')]))
    expect(error.path).toBe(b)
    expect(error.message).toMatch(/has changed since it was read/)
    expect(snapshot()).toEqual(before)
  })

  it('names a file whose folder is gone', () => {
    const a = put('a.ts', 'a')
    const before = snapshot()
    const error = caught(() => writeAll([change(a, 'a', 'A'), change(join(folder, 'gone/b.ts'), 'b', 'B')]))
    expect(error.message).toMatch(/gone\/b\.ts: .*ENOENT.*No file was changed/)
    expect(snapshot()).toEqual(before)
  })

  it('does not damage a file that is not UTF-8', () => {
    const path = join(folder, 'latin.ts')
    writeFileSync(path, Buffer.from([0x61, 0xe9, 0x62]))
    const text = readFileSync(path, 'utf8')
    expect(caught(() => writeAll([change(path, text, `${text}!`)])).message).toMatch(/not UTF-8/)
    expect(readFileSync(path)).toEqual(Buffer.from([0x61, 0xe9, 0x62]))
  })

  it('sees that two paths are one file', () => {
    const a = put('a.ts', 'a')
    symlinkSync(a, join(folder, 'b.ts'))
    const error = caught(() => writeAll([change(a, 'a', '1'), change(join(folder, 'b.ts'), 'a', '2')]))
    expect(error.message).toMatch(/is the same file as/)
    expect(readFileSync(a, 'utf8')).toBe('a')
  })

  it.skipIf(process.getuid?.() === 0)('respects a read-only folder', () => {
    const a = put('a.ts', 'a')
    chmodSync(folder, 0o555)
    const error = caught(() => writeAll([change(a, 'a', 'A')]))
    chmodSync(folder, 0o755)
    expect(error.message).toMatch(/may not be written.*EACCES.*No file was changed/)
  })
})

describe('a write that fails half-way', () => {
  it('puts back what was renamed when a target became a folder', () => {
    const [a, b] = [put('a.ts', 'a'), put('b.ts', 'b')]
    // The second target turns into a folder after it was checked: a real rename then fails.
    const disk: Disk = {
      ...realDisk,
      rename(from, to) {
        if (to === b && from.endsWith('.new')) {
          renameSync(b, join(folder, 'moved-away.ts'))
          mkdirSync(b)
        }
        realDisk.rename(from, to)
      },
    }
    const error = caught(() => writeAll([change(a, 'a', 'A'), change(b, 'b', 'B')], disk))
    expect(error.path).toBe(b)
    expect(error.message).toMatch(/is a folder where a file was expected/)
    expect(readFileSync(a, 'utf8')).toBe('a')
    // Nothing can take the folder's place, so the old text stays beside it and the message says where.
    const backup = readdirSync(folder).find((name) => name.endsWith('.old'))!
    expect(error.message).toContain(backup)
    expect(readFileSync(join(folder, backup), 'utf8')).toBe('b')
  })

  it('leaves every byte and mode as it was, whichever step fails', () => {
    const text = fc.string({ maxLength: 40, unit: 'binary' }).map((one) => Buffer.from(one).toString())
    fc.assert(
      fc.property(
        fc.array(fc.record({ original: text, text, mode: fc.constantFrom(0o644, 0o600, 0o755) }), {
          minLength: 1,
          maxLength: 6,
        }),
        fc.nat(),
        fc.constantFrom('before', 'after'),
        (files, seed, moment) => {
          const work = mkdtempSync(join(folder, 'case-'))
          const changes = files.map(({ mode, ...rest }, at) => {
            const path = join(work, `${at}.ts`)
            writeFileSync(path, rest.original)
            chmodSync(path, mode)
            return { path, ...rest }
          })
          const before = snapshot(work)
          // Two files are written and one renamed for each change.
          const failing = seed % (changes.length * 3)
          expect(caught(() => writeAll(changes, failingAt(failing, moment)))).toBeInstanceOf(WriteError)
          expect(snapshot(work)).toEqual(before)
          writeAll(changes)
          expect(changes.map(({ path }) => readFileSync(path, 'utf8'))).toEqual(
            changes.map((one) => one.text),
          )
          expect(readdirSync(work)).toHaveLength(changes.length)
        },
      ),
      { numRuns: 200 },
    )
  })
})

/** A disk that is full at one step, before the step is done or when it has just been. */
function failingAt(failing: number, moment: 'before' | 'after'): Disk {
  let step = 0
  const attempt = (action: () => void) => {
    const fails = step++ === failing
    if (!fails || moment === 'after') action()
    if (fails) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
  }
  return {
    write: (path, text, mode) => attempt(() => realDisk.write(path, text, mode)),
    rename: (from, to) => attempt(() => realDisk.rename(from, to)),
    remove: realDisk.remove,
  }
}
