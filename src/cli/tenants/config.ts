import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseDocument } from '../../rules/document.ts'
import { RulesError } from '../../rules/error.ts'
import { schemaMistakes } from '../../rules/schema-mistakes.ts'
import type { KeyProvider } from '../../runtime/keys/key-set.ts'
import type { Directory } from '../../runtime/types.ts'
import { UsageError } from '../usage-error.ts'
import { configSchema, type TenantsConfig } from './config-schema.ts'

/** The configuration of operations; one that is a program may hold a directory and keys of its own. */
export interface LoadedConfig {
  /** The folder that its paths are relative to. */
  readonly folder: string
  readonly config: TenantsConfig
  readonly directory?: Directory
  readonly keys?: KeyProvider
}

const names = ['tenants.config.json', 'tenants.config.js', 'tenants.config.mjs']

const example = `{
  "application": "DATABASE_URL",
  "directory": { "table": "tenants" }
}`

/** @throws UsageError, RulesError */
export async function loadConfig(given: string | undefined): Promise<LoadedConfig> {
  const path = given ?? names.find((name) => existsSync(name))
  if (path === undefined)
    throw new UsageError(
      `there is no ${names[0]} here; write one (docs/runtime.md explains it), or name it with --config:\n${example}`,
    )
  const file = resolve(path)
  if (!existsSync(file)) throw new UsageError(`${path}: no such file`)
  return file.endsWith('.json') ? fromJson(file, path) : fromProgram(file, path)
}

function fromJson(file: string, shown: string): LoadedConfig {
  const { root, mistakes } = parseDocument(readFileSync(file, 'utf8'))
  if (!root && mistakes.length === 0) throw new UsageError(`${shown}: the file is empty:\n${example}`)
  const found = mistakes.length > 0 || !root ? mistakes : schemaMistakes(configSchema, root)
  if (found.length > 0) throw new RulesError(found.map((mistake) => ({ file: shown, ...mistake })))
  return { folder: dirname(file), config: configSchema.parse(root!.value) }
}

/** A module whose default export has the same form; `directory` and `keys` may be objects that it has made. */
async function fromProgram(file: string, shown: string): Promise<LoadedConfig> {
  const { default: value } = (await import(pathToFileURL(file).href).catch((error: unknown) => {
    throw new UsageError(`${shown}: it can't be loaded: ${error instanceof Error ? error.message : error}`)
  })) as { default?: Record<string, unknown> }
  if (typeof value !== 'object' || value === null)
    throw new UsageError(`${shown}: it must have a default export, an object`)
  const { directory, keys, ...plain } = value
  const isDirectory = typeof (directory as Directory | undefined)?.lookup === 'function'
  const isProvider = typeof (keys as KeyProvider | undefined)?.keys === 'function'
  const { root } = parseDocument(
    JSON.stringify({
      ...plain,
      directory: isDirectory ? { file: 'of its own' } : directory,
      ...(isProvider ? {} : { keys }),
    }),
  )
  const mistakes = schemaMistakes(configSchema, root!)
  if (mistakes.length > 0)
    throw new UsageError(mistakes.map(({ message }) => `${shown}: ${message}`).join('\n'))
  return {
    folder: dirname(file),
    config: configSchema.parse(root!.value),
    ...(isDirectory ? { directory: directory as Directory } : {}),
    ...(isProvider ? { keys: keys as KeyProvider } : {}),
  }
}

/** A path of the configuration. */
export const pathIn = ({ folder }: LoadedConfig, path: string): string => join(folder, path)
