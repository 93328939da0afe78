#!/usr/bin/env node
// Prisma's schema engine, for tests that run `prisma migrate` without its native binary: the same arguments and the same
// JSON-RPC over standard input and output, answered by the official WebAssembly build of the same engine over
// @prisma/adapter-pg. Prisma starts it when PRISMA_SCHEMA_ENGINE_BINARY names this file.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import pg from 'pg'

const words = process.argv.slice(2)
const option = (name) => (words.includes(name) ? words[words.indexOf(name) + 1] : undefined)
const { url } = JSON.parse(option('--datasource') ?? '{}')

if (words.includes('--version')) console.log('schema-engine-cli 0edf323efd1d98336f3f0a68684b56f689b900d3')
else if (words.includes('cli')) process.exitCode = await administer(words[words.indexOf('cli') + 1])
else await serve()

/** The two questions that Prisma asks before it migrates. */
async function administer(question) {
  const asked = new URL(url)
  try {
    if (question === 'can-connect-to-database') await queryOnce(url, 'SELECT 1')
    else if (question === 'create-database') {
      const name = decodeURIComponent(asked.pathname.slice(1))
      asked.pathname = '/postgres'
      await queryOnce(asked.href, `CREATE DATABASE ${pg.escapeIdentifier(name)}`)
    } else return 1
    return 0
  } catch ({ code, message }) {
    const known = { '3D000': 'P1003', '28P01': 'P1000' }[code] ?? 'P1001'
    const line = { timestamp: new Date().toISOString(), level: 'ERROR', target: 'schema_engine::logger' }
    process.stderr.write(
      `${JSON.stringify({ ...line, fields: { message, error_code: known, is_panic: false, meta: {} } })}\n`,
    )
    return 1
  }
}

async function queryOnce(connectionString, text) {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    await client.query(text)
  } finally {
    await client.end()
  }
}

async function serve() {
  let engine
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim() === '') continue
    const { id, method, params } = JSON.parse(line)
    process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...(await answer(method, params)) })}\n`)
  }
  async function answer(method, params) {
    try {
      engine ??= await createEngine()
      const result = await engine[method === 'getDatabaseVersion' ? 'version' : method](params)
      return { result: result ?? {} }
    } catch (error) {
      const data = { is_panic: false, message: error.message, error_code: error.code, meta: error.meta ?? {} }
      return { error: { code: 4466, message: 'An error happened. Check the data field for details.', data } }
    }
  }
}

async function createEngine() {
  const entry = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm')
  const folder = new URL('./', `file://${entry}`)
  const bindings = await import(new URL('schema_engine_bg.js', folder))
  const module = new WebAssembly.Module(readFileSync(new URL('schema_engine_bg.wasm', folder)))
  const instance = new WebAssembly.Instance(module, { './schema_engine_bg.js': bindings })
  bindings.__wbg_set_wasm(instance.exports)
  instance.exports.__wbindgen_start?.()
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPg({ connectionString: url }))
  return bindings.SchemaEngine.new({ datamodels: dataModels(option('--datamodels')) }, () => {}, adapter)
}

/** Pairs of a path and its text: as JSON, or the path of the only file. */
function dataModels(given) {
  if (given === undefined) return undefined
  return given.startsWith('[') ? JSON.parse(given) : [[given, readFileSync(given, 'utf8')]]
}
