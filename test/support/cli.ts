/** Runs the program as a user does, in folders of its own. */
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { agentVariables } from '../../src/cli/default-format.ts'

export const binary = fileURLToPath(new URL('../../bin/tenantize.js', import.meta.url))

export interface Run {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Nothing of the machine that runs the tests decides how the program speaks: neither a CI nor an agent. */
export const plainSurroundings: Readonly<Record<string, string>> = Object.fromEntries(
  ['NO_COLOR', 'FORCE_COLOR', 'GITHUB_ACTIONS', ...agentVariables].map((name) => [name, '']),
)

/** Runs `tenantize <arguments>` in a folder, without colours and without a terminal. */
export function tenantize(cwd: string, args: readonly string[], env: Record<string, string> = {}): Run {
  const { status, stdout, stderr } = spawnSync(process.execPath, [binary, ...args], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...plainSurroundings, ...env },
    maxBuffer: 64e6,
  })
  return { status, stdout, stderr }
}

/** A new temporary folder with files, removed after the test unless `keep` is given. */
export function folder(files: Readonly<Record<string, string>> = {}, keep = false): string {
  const root = mkdtempSync(join(realpathSync(tmpdir()), 'tenantize-test-'))
  if (!keep) onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) write(root, name, text)
  return root
}

export function write(root: string, name: string, text: string): void {
  mkdirSync(dirname(join(root, name)), { recursive: true })
  writeFileSync(join(root, name), text)
}

export function copyOf(source: string, keep = false): string {
  const root = folder({}, keep)
  cpSync(source, root, { recursive: true })
  return root
}

export function git(root: string, ...args: string[]): string {
  return execFileSync(
    'git',
    ['-c', 'user.name=test', '-c', 'user.email=test@example.com', '-c', 'core.autocrlf=false', ...args],
    { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 64e6 },
  )
}

/** Makes a folder a repository with everything in it committed. */
export function commitAll(root: string): void {
  git(root, 'init', '-q')
  git(root, 'add', '-A')
  git(root, 'commit', '-qm', 'before')
}

const built: string = new URL('../../dist/cli.js', import.meta.url).href

/** Runs the built program in this process: quicker, for what does not depend on the working directory. */
export const run = (...args: string[]): Promise<Run> => runOn(120, ...args)

/** The same on a terminal of some width. */
export async function runOn(columns: number, ...args: string[]): Promise<Run> {
  const { main }: typeof import('../../src/cli/main.ts') = await import(/* @vite-ignore */ built)
  let stdout = ''
  let stderr = ''
  const status = await main(args, {
    out: (text) => {
      stdout += text
    },
    err: (text) => {
      stderr += text
    },
    isTTY: false,
    columns,
    env: {},
  })
  return { status, stdout, stderr }
}
