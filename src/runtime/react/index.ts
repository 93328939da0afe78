/** `tenantize/runtime/react`: tells the interface whether the user's own database is there. */
import {
  createContext,
  createElement,
  type ReactElement,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react'

/** How a user's own database is doing. */
export type ConnectionStatus = 'pending' | 'connected' | 'error' | 'disconnected'

/** What the interface may know of a user's database: no key, no address. */
export interface TenantDatabaseConfig {
  readonly connectionStatus: ConnectionStatus
  readonly [name: string]: unknown
}

export interface TenantDatabase<Config extends TenantDatabaseConfig = TenantDatabaseConfig> {
  /** The user's own database is connected and serves them. */
  readonly isEnabled: boolean
  /** Nothing is known yet. False while it is asked again. */
  readonly isLoading: boolean
  /** Null for a user without a database of their own. */
  readonly config: Config | null
  /** Why the state could not be had; the last known one stays. */
  readonly error: Error | null
  /** `none` for a user without a database of their own, `unknown` before the first answer. */
  readonly status: ConnectionStatus | 'none' | 'unknown'
  /** Asks again; after an error of the connection, too. */
  readonly retry: () => void
}

export interface TenantDatabaseProviderProps<Config extends TenantDatabaseConfig> {
  /**
   * Asks the server for the user's state, null where they have no database of their own. Called again when the function
   * is another one: `useCallback` it with the user's id.
   */
  readonly load: (signal: AbortSignal) => Promise<Config | null>
  /** Asks again so often, in milliseconds, while the status is `pending`. 3000; 0 for never. */
  readonly pollWhilePending?: number
  /** The feature as a whole: with `false` nothing is asked and everybody is on main. */
  readonly enabled?: boolean
  readonly children?: ReactNode
}

const Context = createContext<TenantDatabase | null>(null)

interface State<Config> {
  readonly config: Config | null
  readonly error: Error | null
  readonly known: boolean
}

const nothing: State<never> = { config: null, error: null, known: false }

/** Knows the state of the user's database, for all components below. */
export function TenantDatabaseProvider<Config extends TenantDatabaseConfig>({
  load,
  pollWhilePending = 3000,
  enabled = true,
  children,
}: TenantDatabaseProviderProps<Config>): ReactElement {
  const [state, setState] = useState<State<Config>>(nothing)
  const [round, setRound] = useState(0)
  const loaded = useRef(load)

  // biome-ignore lint/correctness/useExhaustiveDependencies: a round is asked for by `retry`
  useEffect(() => {
    if (!enabled) return
    // Another function speaks of another user: nothing of the one before may be shown.
    if (loaded.current !== load) setState(nothing)
    loaded.current = load
    const abort = new AbortController()
    load(abort.signal).then(
      (config) => {
        if (!abort.signal.aborted) setState({ config, error: null, known: true })
      },
      (error: unknown) => {
        if (abort.signal.aborted) return
        setState((before) => ({
          ...before,
          error: error instanceof Error ? error : new Error(String(error)),
        }))
      },
    )
    return () => abort.abort()
  }, [load, enabled, round])

  const retry = useCallback(() => setRound((number) => number + 1), [])
  const pending = state.config?.connectionStatus === 'pending'
  useEffect(() => {
    if (!enabled || !pending || pollWhilePending <= 0) return
    const timer = setInterval(retry, pollWhilePending)
    return () => clearInterval(timer)
  }, [enabled, pending, pollWhilePending, retry])

  const value = useMemo((): TenantDatabase => {
    if (!enabled)
      return { isEnabled: false, isLoading: false, config: null, error: null, status: 'none', retry }
    const { config, error, known } = state
    return {
      isEnabled: config?.connectionStatus === 'connected',
      isLoading: !known && error === null,
      config,
      error,
      status: config?.connectionStatus ?? (known ? 'none' : 'unknown'),
      retry,
    }
  }, [enabled, state, retry])
  return createElement(Context.Provider, { value }, children)
}

/**
 * The state of the user's database.
 * @throws Error outside of a `TenantDatabaseProvider`
 */
export function useTenantDatabase<Config extends TenantDatabaseConfig>(): TenantDatabase<Config> {
  const state = useContext(Context)
  if (state === null)
    throw new Error('useTenantDatabase() needs a <TenantDatabaseProvider> around the component')
  return state as TenantDatabase<Config>
}

/** Whether the user's own database is connected. */
export function useTenantDatabaseEnabled(): boolean {
  return useTenantDatabase().isEnabled
}
