import { ConfigurationError } from './errors.ts'

/**
 * Loads a library that the application brings, when the first client of it is made.
 * @param name the package, for the message
 * @param load `() => import('…')` with the name written out, so that bundlers see it
 * @throws ConfigurationError that says what to install
 */
export async function driver<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (error) {
    const code = (error as { code?: string } | null)?.code
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw error
    throw new ConfigurationError(
      `the package ${name} is missing: it is needed for this kind of client (npm install ${name})`,
    )
  }
}
