// Builds dist/: the JavaScript is bundled with code splitting, because starting Node on a few files is faster
// than on a hundred; the types are emitted by the compiler.
import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
rmSync(`${root}dist`, { recursive: true, force: true })

await build({
  absWorkingDir: root,
  entryPoints: {
    index: 'src/index.ts',
    cli: 'src/cli/main.ts',
    shard: 'src/lint/shard-thread.ts',
    eslint: 'src/plugins/eslint.ts',
    'plugin-thread': 'src/plugins/worker.ts',
  },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  // jsonc-parser's `main` is a UMD file that can't be bundled.
  mainFields: ['module', 'main'],
  target: 'node20.19',
  // Small pure-JavaScript libraries are bundled for a quick start; native and large ones stay outside.
  external: ['oxc-parser', 'oxc-resolver', 'ts-morph', 'libpg-query', 'pg'],
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
})

// jscodeshift loads its transforms as CommonJS.
await build({
  absWorkingDir: root,
  entryPoints: { index: 'src/plugins/jscodeshift.ts' },
  outdir: 'dist/jscodeshift',
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20.19',
  logLevel: 'warning',
})
writeFileSync(`${root}dist/jscodeshift/package.json`, '{ "type": "commonjs" }\n')

// The page of `tenantize report --html`, which is put into the file as it stands.
await build({
  absWorkingDir: root,
  entryPoints: { page: 'src/report/picture/app/main.tsx', style: 'src/report/picture/app/style.css' },
  outdir: 'dist/report',
  bundle: true,
  minify: true,
  format: 'iife',
  platform: 'browser',
  target: ['chrome123', 'firefox120', 'safari17.5'],
  tsconfig: 'src/report/picture/app/tsconfig.json',
  legalComments: 'none',
  logLevel: 'warning',
})

// The runtime is built by itself: it holds nothing of the command line, and every library stays outside, because the
// application brings its own. The entry points share chunks, so there is one context and one set of error classes.
const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))
const libraries = ['convex', 'drizzle', 'pg', 'prisma', 'react', 'supabase']
await build({
  absWorkingDir: root,
  entryPoints: Object.fromEntries(
    ['', ...libraries.map((name) => `${name}/`)].map((folder) => [
      `runtime/${folder}index`,
      `src/runtime/${folder}index.ts`,
    ]),
  ),
  outdir: 'dist',
  chunkNames: 'runtime/chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  mainFields: ['module', 'main'],
  external: Object.keys({ ...manifest.peerDependencies, ...manifest.dependencies }).filter(
    // Its `main` can't be imported by name.
    (name) => name !== 'jsonc-parser',
  ),
  target: 'node20.19',
  logLevel: 'warning',
})

execFileSync(
  process.execPath,
  [
    fileURLToPath(import.meta.resolve('typescript/package.json')).replace('package.json', 'bin/tsc'),
    '-p',
    'tsconfig.types.json',
  ],
  { cwd: root, stdio: 'inherit' },
)
