import { createCipheriv, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { expect, it, onTestFinished } from 'vitest'
import { createKeyRing, createKeySet, keyOf } from '../../../src/runtime/keys/index.ts'
import { blocksOf, page, root } from '../../docs/pages.ts'

/** A key service with the interface of `@aws-sdk/client-kms`, whose one key is in the environment. */
const service = `
import { createDecipheriv } from 'node:crypto'
export class KMS {
  async decrypt({ CiphertextBlob, EncryptionContext }) {
    const text = Buffer.from(CiphertextBlob)
    const key = Buffer.from(process.env.KMS_MASTER, 'hex')
    const decipher = createDecipheriv('aes-256-gcm', key, text.subarray(0, 12), { authTagLength: 16 })
    decipher.setAAD(Buffer.from(JSON.stringify(EncryptionContext))).setAuthTag(text.subarray(12, 28))
    return { Plaintext: Buffer.concat([decipher.update(text.subarray(28)), decipher.final()]) }
  }
}`

it('the key ring of the page is made with a key from AWS KMS', async () => {
  const [example] = blocksOf(page('docs/runtime.md')).filter(({ text }) => text.includes('awsKmsKeys({'))
  // Inside of the package, so that `tenantize/runtime` is what was built of it.
  mkdirSync(join(root, 'dist'), { recursive: true })
  const folder = mkdtempSync(join(root, 'dist', 'keys-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'keys.ts'), example!.text)
  writeFileSync(join(folder, 'service.mjs'), service)
  await build({
    entryPoints: [join(folder, 'keys.ts')],
    outfile: join(folder, 'keys.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    alias: { '@aws-sdk/client-kms': join(folder, 'service.mjs') },
    external: ['tenantize/*'],
  })

  const master = randomBytes(32)
  const key = randomBytes(32)
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', master, iv)
  cipher.setAAD(Buffer.from(JSON.stringify({ application: 'crm' })))
  const wrapped = Buffer.concat([cipher.update(key), cipher.final()])
  process.env.KMS_MASTER = master.toString('hex')
  process.env.WRAPPED_KEY = Buffer.concat([iv, cipher.getAuthTag(), wrapped]).toString('base64')
  onTestFinished(() => {
    delete process.env.KMS_MASTER
    delete process.env.WRAPPED_KEY
  })
  const { keys } = await import(/* @vite-ignore */ pathToFileURL(join(folder, 'keys.mjs')).href)
  const place = { tenantId: 'acme', field: 'url' }
  const text = await createKeyRing(createKeySet(keyOf(key))).encrypt('secret', place)
  expect(await keys.decrypt(text, place)).toBe('secret')
})
