// Writes schema/rules.schema.json from src/rules/schema.ts, for editors.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))

// Node 20 does not run TypeScript, so the source is bundled in memory and imported from there.
const { outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: ['src/rules/json-schema.ts'],
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'node',
  logLevel: 'warning',
})
const source = Buffer.from(outputFiles[0].contents).toString('base64')
const { rulesJsonSchema } = await import(`data:text/javascript;base64,${source}`)

writeFileSync(`${root}schema/rules.schema.json`, `${JSON.stringify(rulesJsonSchema(), null, 2)}\n`)
