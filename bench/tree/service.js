/** Libraries outside the routes that reach the database themselves, as half of them do in the reference system. */
import { fields, phrase, typeName } from './words.js'

/** @returns {{ text: string, creations: number, queries: number }} */
export function service(any, table, name) {
  const functions = Array.from({ length: any.between(2, 6) }, (_, at) => {
    const field = any.pick(fields)
    return `
/** ${typeName(table)} rows with a given ${phrase(field)}. */
export async function list${name}${at}(tenantId: string, value: string) {
  const supabase = createServerSupabaseClient()
  const { data, error } = await supabase
    .from('${table}')
    .select('id, ${field}, created_at')
    .eq('tenant_id', tenantId)
    .eq('${field}', value)
  if (error) {
    logger.error('Listing ${phrase(table)} by ${phrase(field)} failed', { tenantId, value, error })
    throw new Error(error.message)
  }
  return data
}
`
  })
  const text = `import { createServerSupabaseClient } from '@/lib/supabase-client'
import { logger } from '@/lib/logger'

/** How ${phrase(table)} are labelled wherever they are shown. */
export const ${name}Labels = {
${fields.map((field) => `  ${field}: { short: '${phrase(field)}', long: 'The ${phrase(field)} of one of the ${phrase(table)}', order: ${any.between(1, 99)} },`).join('\n')}
} as const
${functions.join('')}`
  return { text, creations: functions.length, queries: functions.length }
}
