/** Reading the README and docs/, and running the commands they show. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { plainSurroundings } from '../support/cli.ts'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** A page by its path from the root, with its text. */
export interface Page {
  readonly path: string
  readonly text: string
}

export const page = (path: string): Page => ({ path, text: readFileSync(join(root, path), 'utf8') })

export const pages: readonly Page[] = [
  'README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name.replaceAll('\\', '/')}`)
    .sort(),
].map(page)

export interface Block {
  readonly language: string
  readonly text: string
  /** The nearest heading above it. */
  readonly heading: string
  /** The block behind it, when only empty lines are in between. */
  readonly next?: Block
}

/** The fenced blocks of a page, in order. */
export function blocksOf({ text }: Page): Block[] {
  const found = [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
  const blocks: Block[] = []
  for (const match of found.reverse()) {
    const before = text.slice(0, match.index)
    const following = found[found.indexOf(match) - 1]
    const isNext =
      following !== undefined && text.slice(match.index + match[0].length, following.index).trim() === ''
    blocks.unshift({
      language: match[1]!,
      text: match[2]!,
      heading: [...outsideBlocks(before).matchAll(/^#+ (.*)$/gm)].at(-1)?.[1] ?? '',
      ...(isNext ? { next: blocks[0]! } : {}),
    })
  }
  return blocks
}

/** A page without its fenced blocks. */
export const outsideBlocks = (text: string) => text.replace(/^```[\s\S]*?^```$/gm, '')

/** The part of a page under a heading, down to the next heading of the same or a higher level. */
export function section({ path, text }: Page, heading: string): string {
  const lines = text.split('\n')
  const from = lines.findIndex((line) => line.replace(/^#+ /, '') === heading && line.startsWith('#'))
  if (from === -1) throw new Error(`${path} has no heading "${heading}"`)
  const level = lines[from]!.indexOf(' ')
  let fenced = false
  const to = lines.findIndex((line, at) => {
    if (line.startsWith('```')) fenced = !fenced
    return at > from && !fenced && /^#+ /.test(line) && line.indexOf(' ') <= level
  })
  return lines.slice(from, to === -1 ? undefined : to).join('\n')
}

export interface Outcome {
  readonly status: number
  readonly out: string
  readonly err: string
}

/**
 * Builds the command line of the present source into a folder, with what it needs around it: a stale dist/ would
 * prove nothing.
 */
export async function buildHouse(folder: string): Promise<House> {
  const programs = ['crm', 'crm-edges', 'shared', 'company', 'chat', 'shop'].map((name) => `fixtures/${name}`)
  for (const part of ['package.json', 'bin', 'schema', 'scripts', ...programs])
    cpSync(join(root, part), join(folder, part), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
  await build({
    absWorkingDir: root,
    entryPoints: { cli: 'src/cli/main.ts' },
    outdir: join(folder, 'dist'),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    mainFields: ['module', 'main'],
    external: ['oxc-parser', 'oxc-resolver', 'ts-morph', 'pg', 'libpg-query'],
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  })
  // The page of `report` is made by the build that every run of the tests begins with.
  for (const asset of ['page.js', 'style.css'])
    cpSync(join(root, 'dist/report', asset), join(folder, 'dist/report', asset))
  const run = (words: readonly string[], cwd: string) => execute(process.execPath, words, cwd)
  const bin = join(folder, 'bin/tenantize.js')
  return {
    folder,
    run,
    tenantize: (words, cwd) => run([bin, ...words], cwd),
    line: (line, cwd) => {
      const [command = '', ...pipes] = line.split(' | ')
      let outcome = run([bin, ...wordsOf(command).slice(command.startsWith('tenantize') ? 1 : 2)], cwd)
      for (const pipe of pipes) {
        const [program = '', ...words] = wordsOf(pipe)
        outcome = execute(program, words, cwd, outcome.out)
      }
      return outcome
    },
  }
}

/** A tenantize to run, and the demo applications beside it. */
export interface House {
  readonly folder: string
  /** Runs Node. */
  run(words: readonly string[], cwd: string): Outcome
  tenantize(words: readonly string[], cwd: string): Outcome
  /** Runs one line of a shell block: a tenantize command, and what its output is piped into. */
  line(line: string, cwd: string): Outcome
}

function execute(program: string, words: readonly string[], cwd: string, input = ''): Outcome {
  const env = { ...process.env, ...plainSurroundings, NO_COLOR: '1', FORCE_COLOR: undefined }
  const { status, stdout, stderr, error } = spawnSync(program, words, {
    cwd,
    input,
    env,
    encoding: 'utf8',
    maxBuffer: 1 << 27,
  })
  if (error) throw error
  return { status: status ?? -1, out: stdout, err: stderr }
}

function wordsOf(line: string): string[] {
  return Array.from(line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g), ([, a, b, c]) => a ?? b ?? c!)
}

/** A temporary folder; whoever asks for it removes it. */
export const temporaryFolder = () => realpathSync(mkdtempSync(join(tmpdir(), 'tenantize-docs-')))

/** Copies the demo application into a repository of its own, with everything committed. */
export function copyDemo(folder: string): void {
  cpSync(join(root, 'fixtures/crm'), folder, { recursive: true })
  const author = ['-c', 'user.name=test', '-c', 'user.email=test@example.invalid']
  const plain = ['-c', 'core.autocrlf=false', '-c', 'core.safecrlf=false', '-c', 'commit.gpgsign=false']
  for (const words of [
    ['init', '-q'],
    ['add', '-A'],
    ['commit', '-qm', 'demo'],
  ]) {
    const { status, stderr } = spawnSync('git', [...author, ...plain, ...words], {
      cwd: folder,
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`git ${words[0]}: ${stderr}`)
  }
}
