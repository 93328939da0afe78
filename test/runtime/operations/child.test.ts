import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runChild } from '../../../src/runtime/operations/migrate/child.ts'
import { childEnvironment } from '../../../src/runtime/operations/migrate/environment.ts'

const run = (script: string, more: { secrets?: string[]; timeout?: number; signal?: AbortSignal } = {}) =>
  runChild([process.execPath, '-e', script], {
    cwd: process.cwd(),
    env: { PATH: process.env.PATH ?? '' },
    secrets: [],
    ...more,
  })

describe('a child process', () => {
  it('ends in words', async () => {
    expect(await run('console.log("all is well")')).toEqual({ output: 'all is well' })
    expect(await run('console.error("no"); process.exit(3)')).toEqual({
      problem: 'it ended with status 3',
      output: 'no',
    })
    expect((await run('process.kill(process.pid, "SIGKILL")')).problem).toBe('it was ended by SIGKILL')
    expect((await run('setInterval(() => {}, 1000)', { timeout: 200 })).problem).toBe(
      'it took longer than 0.2 s',
    )
    const stop = new AbortController()
    stop.abort()
    expect((await run('setInterval(() => {}, 1000)', { signal: stop.signal })).problem).toBe(
      'it was interrupted',
    )
  })

  it('that waits for an answer gets none', async () => {
    expect(await run('process.stdin.on("data", () => {}).on("end", () => console.log("nobody"))')).toEqual({
      output: 'nobody',
    })
  })

  const secret = 'p@ss/word canary!'
  it.each([
    ['as it is', `console.log(${JSON.stringify(`x ${secret} y`)})`],
    ['escaped for a URL', `console.log(encodeURIComponent(${JSON.stringify(secret)}))`],
    ['in a URL', `console.log("postgres://u:" + encodeURIComponent(${JSON.stringify(secret)}) + "@h/d")`],
    [
      'in two parts, with the other stream in between',
      `process.stdout.write(${JSON.stringify(secret.slice(0, 9))});
       setTimeout(() => { process.stderr.write("warning"); setTimeout(() => process.stdout.write(${JSON.stringify(secret.slice(9))}), 50) }, 50)`,
    ],
    [
      'again and again, more than is kept',
      `for (let i = 0; i < 3000; i++) console.log(${JSON.stringify(`${secret} `)})`,
    ],
    [
      'where the kept part begins',
      `process.stdout.write(${JSON.stringify(secret)}); for (let i = 0; i < 40; i++) process.stdout.write("x".repeat(407))`,
    ],
  ])('shows no secret that it prints %s', async (_, script) => {
    const { output } = await run(script, { secrets: [secret] })
    expect(output).not.toContain('canary')
    expect(output).not.toContain('word')
    expect(output.length).toBeGreaterThan(5)
    expect(output.length).toBeLessThan(17_000)
  })
})

describe('the environment of a child', () => {
  it('holds the tenant’s database for libpq, whatever its URL holds', () => {
    const part = fc.string({ unit: 'grapheme-ascii', minLength: 1 }).filter((text) => !/^\.{1,2}$/.test(text))
    fc.assert(
      fc.property(part, part, part, (user, password, database) => {
        const encoded = [user, password, database].map(encodeURIComponent)
        const url = `postgres://${encoded[0]}:${encoded[1]}@db.example.com:6543/${encoded[2]}?sslmode=require`
        expect(childEnvironment(url, ['DATABASE_URL'], [], {})).toEqual({
          DATABASE_URL: url,
          PGHOST: 'db.example.com',
          PGPORT: '6543',
          PGUSER: user,
          PGPASSWORD: password,
          PGDATABASE: database,
          PGSSLMODE: 'require',
        })
      }),
    )
  })

  it('holds of the operator’s what any program needs, and what is passed by name', () => {
    const own = {
      PATH: '/bin',
      HOME: '/root',
      DATABASE_URL: 'master',
      PGPASSWORD: 'x',
      SECRET: 'y',
      NAME: 'z',
    }
    expect(childEnvironment('postgres://[::1]/acme', ['DIRECT_URL'], ['NAME'], own)).toEqual({
      PATH: '/bin',
      HOME: '/root',
      NAME: 'z',
      DIRECT_URL: 'postgres://[::1]/acme',
      PGHOST: '::1',
      PGDATABASE: 'acme',
    })
  })
})
