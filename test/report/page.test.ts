/** Opens the page of `tenantize report --html` in a real browser. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { html } from '../../src/report/picture/html.ts'
import type { ReportResult } from '../../src/report/picture/result.ts'
import { tenantize } from '../support/cli.ts'
import { findBrowser } from './browser.ts'

const executablePath = findBrowser()
const root = new URL('../..', import.meta.url)
if (!executablePath)
  console.warn(
    'test/report/page.test.ts is skipped: there is no Chromium (apt-get install chromium, or CHROMIUM_PATH)',
  )

it('has a browser where the tests must not be skipped', () => {
  if (process.env.CI) expect(executablePath, 'apt-get install chromium').toBeDefined()
})

describe.skipIf(!executablePath)('the page', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tenantize-page-'))
  const file = join(folder, 'report.html')
  let result: ReportResult
  let browser: Browser
  let page: Page
  let complaints: string[]
  let requests: string[]

  beforeAll(async () => {
    const json = join(folder, 'report.json')
    const outcome = tenantize(fileURLToPath(root), [
      'report',
      'fixtures/crm',
      '--html',
      file,
      '--format',
      'json',
      '--output',
      json,
    ])
    expect(outcome.status, outcome.stderr).toBe(0)
    result = JSON.parse(readFileSync(json, 'utf8'))
    browser = await chromium.launch({ executablePath: executablePath!, args: ['--no-sandbox'] })
  })
  afterAll(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true, force: true })
  })
  beforeEach(async () => {
    page = await open(file)
  })
  afterEach(async () => {
    expect(complaints).toEqual([])
    expect(requests.filter((url) => !url.startsWith('file:') && !url.startsWith('data:'))).toEqual([])
    await page.close()
  })

  async function open(path: string, colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
    complaints = []
    requests = []
    const opened = await browser.newPage({ viewport: { width: 1400, height: 1000 }, colorScheme })
    opened.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
    })
    opened.on('pageerror', (error) => complaints.push(error.message))
    opened.on('request', (request) => requests.push(request.url()))
    await opened.goto(pathToFileURL(path).href)
    await opened.locator('svg .node').first().waitFor()
    return opened
  }

  const counted = (selector: string) =>
    page
      .locator(selector)
      .evaluateAll((nodes) => nodes.reduce((sum, node) => sum + Number(node.getAttribute('data-count')), 0))

  it('draws every access, in the figures of the JSON', async () => {
    const { summary, picture } = result
    expect(summary.accesses).toBe(picture.accesses.length)
    expect(summary.accesses).toBeGreaterThan(300)
    for (const [state, words] of [
      ['accesses', 'accesses'],
      ['right', 'right'],
      ['wrong', 'wrong database'],
    ] as const)
      expect(await page.getByRole('button', { name: `${summary[state]} ${words}` }).count()).toBe(1)
    // Each access is an edge on both sides of its database.
    expect(await counted('.link')).toBe(2 * summary.accesses)
    expect(await counted('.link.wrong')).toBe(2 * summary.wrong)
    expect(await counted('.node.database')).toBe(summary.accesses)
    const app = picture.accesses.filter(({ actual }) => actual.includes('app')).length
    expect(await page.locator('.node.database[data-name=app]').getAttribute('data-count')).toBe(String(app))
    expect(await page.getByRole('tab', { name: /^Findings/ }).textContent()).toBe(
      `Findings ${result.lint.findings.length}`,
    )
  })

  it('goes from a table to the calls that touch it, and from a call to its chain', async () => {
    await page.getByRole('button', { name: /^table invoices,/ }).click()
    const expected = result.picture.accesses.filter(({ target }) => target === 'invoices')
    expect(await page.locator('.fitting').textContent()).toBe(`${expected.length} shown`)
    const rows = page.locator('.access')
    expect(await rows.count()).toBe(expected.length)
    await rows.first().locator('summary').click()
    const chain = await rows.first().locator('.chain li').allTextContents()
    expect(chain).toHaveLength(1 + expected[0]!.chain.length)
    expect(chain.at(-1)).toContain(expected[0]!.chain.at(-1)!.message)
    expect(await rows.first().locator('.finding').textContent()).toContain('wrong-database')
  })

  it('goes from a folder to a route and its chain', async () => {
    await page.getByRole('button', { name: /^folder src\/app\/api\/invoices\// }).click()
    const route = 'src/app/api/invoices/route.ts'
    await page.getByRole('button', { name: new RegExp(`^file ${route}`) }).click()
    const expected = result.picture.accesses.filter(({ file }) => file === route)
    expect(await page.locator('.access .place').allTextContents()).toEqual(
      expected.map(({ file, line }) => `${file}:${line}`),
    )
    await page.getByRole('button', { name: new RegExp(`^${route}.*remove this filter`) }).click()
    expect(await page.locator('.fitting').textContent()).toBe(`${result.summary.accesses} shown`)
  })

  it('searches by table, folder and rule, from the keyboard', async () => {
    await page.keyboard.press('/')
    await page.keyboard.type('payments refund')
    const fitting = result.picture.accesses.filter(
      ({ file, target }) => /refund/.test(file + target) && /payments/.test(file + target),
    )
    await page.getByText(`${fitting.length} shown`).waitFor()
    await page.keyboard.press('Escape')
    await page.getByText(`${result.summary.accesses} shown`).waitFor()
    await page.getByRole('combobox').selectOption('wrong-database')
    await page.getByText(`${result.summary.wrong} shown`).waitFor()
    await page.getByRole('searchbox').fill('nothing of the kind')
    await page.getByText('No access fits the filter.').first().waitFor()
  })

  it('is used without a mouse', async () => {
    await page.getByRole('button', { name: /^database tenant/ }).focus()
    await page.keyboard.press('Enter')
    const tenant = result.picture.accesses.filter(({ actual }) => actual.join() === 'tenant').length
    await page.getByText(`${tenant} shown`).waitFor()
    await page.getByRole('tab', { name: /^Accesses/ }).focus()
    await page.keyboard.press('ArrowRight')
    expect(await page.getByRole('tab', { selected: true }).textContent()).toContain('Findings')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('Findings')
    const unnamed = await page
      .locator('button, input, select, [role=button]')
      .evaluateAll(
        (all) =>
          all.filter(
            (item) =>
              !(
                item.getAttribute('aria-label') ||
                item.textContent?.trim() ||
                (item as HTMLInputElement).labels?.length
              ),
          ).length,
      )
    expect(unnamed).toBe(0)
  })

  it('shows the migration side by side', async () => {
    await page.getByRole('tab', { name: /^Migration/ }).click()
    const changed = result.migration.files.find(({ diff }) => diff !== '')!
    const row = page.locator('.file', { hasText: changed.file })
    await row.locator('summary').click()
    const lines = (sign: string) =>
      changed.diff.split('\n').filter((line) => line.startsWith(sign) && !line.startsWith(sign.repeat(3)))
    const column = async (kind: string) =>
      (await row.locator(`td.${kind}`).allTextContents()).map((text) => text)
    expect(await column('gone')).toEqual(lines('-').map((line) => line.slice(1)))
    expect(await column('come')).toEqual(lines('+').map((line) => line.slice(1)))
  })

  it('is light and dark, as the system has it or as is asked', async () => {
    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    expect(await paper()).toBe('rgb(255, 255, 255)')
    await page.emulateMedia({ colorScheme: 'dark' })
    expect(await paper()).toBe('rgb(20, 23, 28)')
    await page.getByRole('button', { name: /^Colours: system/ }).click()
    await expect.poll(paper).toBe('rgb(255, 255, 255)')
    await page.getByRole('button', { name: /^Colours: light/ }).click()
    await page.emulateMedia({ colorScheme: 'light' })
    await expect.poll(paper).toBe('rgb(20, 23, 28)')
  })

  it('is not broken out of by what a file or a message is called', async () => {
    const name = '</script><script>document.title = "broken"</script>'
    const [access] = result.picture.accesses
    const odd = {
      ...result,
      name,
      picture: { ...result.picture, accesses: [{ ...access!, target: name, file: `${name}\u2028.ts` }] },
    }
    const path = join(folder, 'odd.html')
    writeFileSync(path, html({ ...odd, summary: { ...odd.summary, accesses: 1 } }, assets()))
    await page.close()
    page = await open(path)
    expect(await page.title()).not.toBe('broken')
    expect(await page.locator('h1').textContent()).toBe(name)
  })

  it('has 5,000 accesses ready to be searched within two seconds', { retry: 2 }, async () => {
    const { accesses } = result.picture
    const many = Array.from({ length: 5_000 }, (_, index) => {
      const access = accesses[index % accesses.length]!
      return { ...access, file: access.file.replace('src/', `packages/p${index % 40}/`), line: 1 + index }
    })
    const path = join(folder, 'many.html')
    const large = {
      ...result,
      picture: { ...result.picture, accesses: many },
      summary: { ...result.summary, accesses: many.length },
    }
    writeFileSync(path, html(large, assets()))
    await page.close()
    const began = performance.now()
    page = await open(path)
    await page.getByRole('searchbox').fill('packages/p7/')
    const fitting = many.filter(({ file }) => file.includes('packages/p7/')).length
    await page.getByText(`${fitting} shown`).waitFor()
    expect(performance.now() - began).toBeLessThan(2_000)
    await page.getByRole('searchbox').fill('')
    await page.getByText('5,000 shown').waitFor()
    expect(await counted('.link')).toBe(10_000)
  })

  const assets = () => {
    const read = (name: string) => readFileSync(new URL(`dist/report/${name}`, root), 'utf8')
    return { script: read('page.js'), style: read('style.css') }
  }
})
