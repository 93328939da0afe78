import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { formatsFor } from '../../src/report/index.ts'
import { folder, run } from '../support/cli.ts'

const has = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0
const script = async (shell: string) => (await run('completion', shell)).stdout

/** Runs a shell with a file in the folder it works in; empty but for what it prints. */
function shell(name: string, args: readonly string[], text: string): string[] {
  const root = folder({ completion: text, 'rules.json': '' })
  const { stdout, stderr, status } = spawnSync(name, [...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, HOME: root },
  })
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
  return stdout.trim().split(/\s+/).filter(Boolean)
}

describe.skipIf(!has('bash'))('bash', () => {
  const complete = async (...words: string[]) => {
    const list = words.map((word) => `'${word}'`).join(' ')
    const run = `source ./completion; COMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _tenantize; printf '%s\\n' "\${COMPREPLY[@]}"`
    return shell('bash', ['--norc', '-c', run], await script('bash'))
  }

  test.each([
    [['tenantize', 'li'], ['lint']],
    [['tenantize', 'mi'], ['migrate']],
    [['tenantize', 'lint', '--up'], ['--update-baseline']],
    [['tenantize', 'lint', '--format', 'sa'], ['sarif']],
    [['tenantize', 'migrate', '--format', 'sa'], []],
    [['tenantize', 'lint', 'src', '--form'], ['--format']],
    [['tenantize', 'lint', '--rules', 'ru'], []],
    [
      ['tenantize', 'completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
  ])('%j', async (words, expected) => {
    expect(await complete(...words)).toEqual(expected)
  })

  test('knows every option that the help lists', async () => {
    for (const command of ['init', 'migrate', 'lint', 'explain', 'completion']) {
      const { stdout } = await run(command, '--help')
      const listed = Array.from(stdout.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm), ([, name]) => name!)
      expect((await complete('tenantize', command, '--')).sort()).toEqual(listed.sort())
    }
  })
})

describe.skipIf(!has('fish'))('fish', () => {
  const complete = async (line: string) => {
    const text = await script('fish')
    const root = folder({ completion: text })
    const { stdout } = spawnSync(
      'fish',
      ['--no-config', '-c', `source ${join(root, 'completion')}; complete -C '${line}'`],
      {
        cwd: root,
        encoding: 'utf8',
      },
    )
    return stdout
      .split('\n')
      .filter(Boolean)
      .map((row) => row.split('\t')[0]!)
  }

  test('completes commands, options and formats', async () => {
    expect(await complete('tenantize li')).toEqual(['lint'])
    expect(await complete('tenantize lint --up')).toEqual(['--update-baseline'])
    expect((await complete('tenantize lint --format ')).sort()).toEqual([...formatsFor('lint')].sort())
    expect((await complete('tenantize completion ')).filter((word) => !word.startsWith('-')).sort()).toEqual([
      'bash',
      'fish',
      'zsh',
    ])
  })
})

describe.skipIf(!has('zsh'))('zsh', () => {
  test('reads the script and takes it for the completion of tenantize', async () => {
    const run =
      'autoload -Uz compinit && compinit -D -u; source ./completion; print -r -- $_comps[tenantize] $+functions[_tenantize]'
    expect(shell('zsh', ['-f', '-c', run], await script('zsh'))).toEqual(['_tenantize', '1'])
  })
})

test('another shell is refused with those that are known', async () => {
  const { status, stderr } = await run('completion', 'csh')
  expect(status).toBe(2)
  expect(stderr).toMatch(/bash, zsh, fish/)
})
