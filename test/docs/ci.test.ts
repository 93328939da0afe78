/** docs/ci.md and the GitHub Action, as far as a machine that is no CI can run them. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { annotationsOf } from '../report/annotations.ts'
import { gitlabProblems, junitProblems, sarifProblems } from '../report/validate.ts'
import { plainSurroundings } from '../support/cli.ts'
import { blocksOf, buildHouse, copyDemo, page, root, section, temporaryFolder } from './pages.ts'

const guide = page('docs/ci.md')
const place = temporaryFolder()
const house = await buildHouse(join(place, 'house'))
afterAll(() => rmSync(place, { recursive: true, force: true }))

const demo = join(place, 'crm')
beforeEach(() => copyDemo(demo))
afterEach(() => rmSync(demo, { recursive: true, force: true }))

interface Step {
  readonly id?: string
  readonly uses?: string
  readonly run?: string
  readonly with?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
}

const action: {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>
  readonly outputs: Readonly<Record<string, { readonly description: string; readonly value: string }>>
  readonly runs: { readonly using: string; readonly steps: readonly Step[] }
} = parse(readFileSync(join(root, 'action.yml'), 'utf8'))

const git = (...words: string[]) => {
  const author = [
    '-c',
    'user.name=test',
    '-c',
    'user.email=test@example.invalid',
    '-c',
    'commit.gpgsign=false',
  ]
  const { status, stderr } = spawnSync('git', [...author, ...words], { cwd: demo, encoding: 'utf8' })
  expect(status, stderr).toBe(0)
}

/** Runs the action's step as the runner does: inputs for expressions, files for what it leaves. */
function runAction(inputs: Readonly<Record<string, string>>) {
  const [step] = action.runs.steps
  const files = { output: join(place, 'output'), summary: join(place, 'summary') }
  for (const file of Object.values(files)) writeFileSync(file, '')
  const inputFor = (expression: string) => {
    const [, name] = /^\$\{\{ inputs\.(\w+) \}\}$/.exec(expression)!
    return inputs[name!] ?? action.inputs[name!]!.default
  }
  const { status, stdout, stderr } = spawnSync(
    'bash',
    ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step!.run!],
    {
      cwd: demo,
      encoding: 'utf8',
      maxBuffer: 1 << 26,
      env: {
        ...process.env,
        ...plainSurroundings,
        GITHUB_ACTIONS: 'true',
        GITHUB_OUTPUT: files.output,
        GITHUB_STEP_SUMMARY: files.summary,
        RUNNER_TEMP: place,
        ...Object.fromEntries(
          Object.entries(step!.env!).map(([name, expression]) => [name, inputFor(expression)]),
        ),
      },
    },
  )
  const outputs = Object.fromEntries(
    readFileSync(files.output, 'utf8')
      .trim()
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split(/=(.*)/s).slice(0, 2)),
  )
  return { status, stdout, stderr, outputs, summary: readFileSync(files.summary, 'utf8') }
}

const command = `${process.execPath} ${join(house.folder, 'bin/tenantize.js')}`

describe('the action', () => {
  it('is a composite one whose script takes no text from expressions', () => {
    expect(action.runs.using).toBe('composite')
    for (const step of action.runs.steps) expect(step.run).not.toContain('${{')
    const named = Object.values(action.runs.steps[0]!.env!).map(
      (expression) => /inputs\.(\w+)/.exec(expression)![1]!,
    )
    expect(named.sort()).toEqual(Object.keys(action.inputs).sort())
  })

  it('annotates, writes the summary and its outputs, and fails', () => {
    const { status, stdout, outputs, summary } = runAction({ command, sarif: 'tenantize.sarif' })
    expect(status).toBe(1)
    expect(annotationsOf(stdout)).toHaveLength(Number(outputs.errors))
    expect(Object.keys(outputs).sort()).toEqual(Object.keys(action.outputs).sort())
    expect(outputs.errors).toBe('418')
    expect(summary).toBe(readFileSync(outputs.markdown!, 'utf8'))
    expect(summary).toMatch(/^## Tenant databases: 418 problems/)
    expect(JSON.parse(readFileSync(outputs.json!, 'utf8')).command).toBe('lint')
    expect(sarifProblems(JSON.parse(readFileSync(join(demo, 'tenantize.sarif'), 'utf8')))).toEqual([])
  })

  it('compares with the base, and leaves no work tree behind', () => {
    git('branch', 'base')
    const file = 'src/app/api/accounts/[id]/contacts/route.ts'
    const path = join(demo, file)
    writeFileSync(path, readFileSync(path, 'utf8').replace(".from('contacts')", ".from('labels')"))
    git('commit', '-qam', 'change')
    const { status, summary } = runAction({ command, base: 'base' })
    expect(status).toBe(1)
    expect(summary).toMatch(
      /### What changed since the base[\s\S]*\| wrong-database \| 272 \| 1 \| 1 \| 272 \|/,
    )
    expect(summary).toMatch(/### New since the base[\s\S]*`labels`[\s\S]*417 findings that were there before/)
    expect(
      spawnSync('git', ['worktree', 'list'], { cwd: demo, encoding: 'utf8' }).stdout.trim().split('\n'),
    ).toHaveLength(1)
  })

  it('lets findings pass when asked to, and never rules that are not in order', () => {
    expect(runAction({ command, fail: 'false' }).status).toBe(0)
    writeFileSync(join(demo, 'rules.json'), '{}')
    expect(runAction({ command, fail: 'false' }).status).toBe(2)
  })

  it('takes the rules and the folder that it is given, whatever they are called', () => {
    git('mv', 'rules.json', 'our rules.json')
    const { status, outputs } = runAction({
      command,
      rules: 'our rules.json',
      directory: 'src/app/api/accounts',
    })
    expect(status).toBe(1)
    expect(Number(outputs.errors)).toBeGreaterThan(0)
    expect(Number(outputs.errors)).toBeLessThan(100)
  })

  it('is described by the page: every input and output', () => {
    const rows = Array.from(section(guide, 'GitHub').matchAll(/^\| `(\w+)` \|/gm), ([, name]) => name!)
    expect(rows.sort()).toEqual([...Object.keys(action.inputs), ...Object.keys(action.outputs)].sort())
  })
})

describe('the examples', () => {
  const yaml = blocksOf(guide).filter(({ language }) => language === 'yaml')
  const under = (heading: string) =>
    yaml.filter((block) => block.heading === heading).map(({ text }) => parse(text))

  it('for GitHub give the action inputs that it has, and read outputs that it gives', () => {
    const [workflow, plain] = under('GitHub')
    const steps: Step[] = workflow.jobs.lint.steps
    const step = steps.find(({ uses }) => uses?.includes('/tenantize@'))!
    for (const name of Object.keys(step.with!)) expect(Object.keys(action.inputs)).toContain(name)
    const text = yaml[0]!.text
    for (const [, name] of text.matchAll(/steps\.tenantize\.outputs\.(\w+)/g))
      expect(Object.keys(action.outputs)).toContain(name)
    const run = plain.jobs.lint.steps.at(-1).run
    const { status, stdout } = spawnSync(
      process.execPath,
      [join(house.folder, 'bin/tenantize.js'), ...run.split(' ').slice(2)],
      {
        cwd: demo,
        encoding: 'utf8',
        env: { ...process.env, ...plainSurroundings, GITHUB_ACTIONS: 'true' },
      },
    )
    expect(status).toBe(1)
    expect(annotationsOf(stdout)).toHaveLength(418)
  })

  it('for GitLab write the reports that the job names, and they are valid', () => {
    const [config] = under('GitLab')
    const job = config['tenant databases']
    const line: string = job.script.at(-1)
    expect(house.line(line, demo).status).toBe(1)
    const { codequality, junit } = job.artifacts.reports
    expect(gitlabProblems(JSON.parse(readFileSync(join(demo, codequality), 'utf8')))).toEqual([])
    expect(junitProblems(readFileSync(join(demo, junit), 'utf8'))).toEqual([])
  })

  it('for a comparison anywhere run one after the other', () => {
    const block = blocksOf(guide).find(({ heading }) => heading === 'What changed since the base, anywhere')!
    const [checkout, base, comment] = block.text
      .trim()
      .split('\n')
      .map((line) => line.replace(/\s+#.*$/, ''))
    git('update-ref', 'refs/remotes/origin/main', 'HEAD')
    const beside = join(place, 'base')
    try {
      git(...checkout!.split(' ').slice(1))
      expect(house.line(base!, demo).status).toBe(1)
      expect(house.line(comment!, demo).status).toBe(1)
    } finally {
      rmSync(beside, { recursive: true, force: true })
    }
    expect(readFileSync(join(demo, 'comment.md'), 'utf8')).toContain('| **all** | 418 | 0 | 0 | 418 |')
  })

  it('for pre-commit run, and fail on the demo', () => {
    const [config] = under('Before a commit')
    const [hook] = config.repos[0].hooks
    expect(Object.keys(hook)).toEqual(expect.arrayContaining(['id', 'name', 'entry', 'language']))
    const { status, out } = house.line(hook.entry, demo)
    expect(status).toBe(1)
    expect(out).toContain('418 problems')
    expect(existsSync(join(demo, 'tenantize-baseline.json'))).toBe(false)
  })
})
