import { UsageError } from '../usage-error.ts'

/** The options of `tenantize tenants`, as commander gives them. */
export interface TenantsOptions {
  readonly config?: string
  readonly only: readonly string[]
  readonly except: readonly string[]
  readonly concurrency?: string
  readonly dryRun?: boolean
  readonly json?: boolean
  readonly form?: string
  readonly rules?: string
  readonly since?: string
  readonly canary?: string
  readonly maxFailures?: string
  readonly timeout?: string
  readonly new?: boolean
}

export const verbs = ['list', 'check', 'encrypt', 'rotate', 'migrate'] as const

export type Verb = (typeof verbs)[number]

/** Options that only some verbs have. */
const belongs: Readonly<Record<string, readonly Verb[]>> = {
  concurrency: ['check', 'migrate'],
  dryRun: ['encrypt', 'rotate', 'migrate'],
  form: ['encrypt', 'rotate'],
  rules: ['check'],
  since: ['check'],
  canary: ['migrate'],
  maxFailures: ['migrate'],
  timeout: ['migrate'],
  new: ['migrate'],
}

/** @throws UsageError for an option that the verb doesn't have: it would be ignored in silence */
export function assertBelong(verb: Verb, options: TenantsOptions): void {
  for (const [name, owners] of Object.entries(belongs))
    if (options[name as keyof TenantsOptions] !== undefined && !owners.includes(verb))
      throw new UsageError(
        `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} is an option of tenants ${owners.join(', ')}; not of tenants ${verb}`,
      )
}

/** @throws UsageError */
export function wholeNumber(option: string, text: string | undefined, least: number): number | undefined {
  if (text === undefined) return undefined
  if (!/^\d{1,9}$/.test(text) || Number(text) < least)
    throw new UsageError(`${option}: expected a whole number, ${least} or more`)
  return Number(text)
}
