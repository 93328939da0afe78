// @vitest-environment happy-dom
/// <reference lib="dom" />
import { act, createElement, type ReactNode } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import {
  type ConnectionStatus,
  type TenantDatabase,
  type TenantDatabaseConfig,
  TenantDatabaseProvider,
  useTenantDatabase,
  useTenantDatabaseEnabled,
} from '../../../src/runtime/react/index.ts'

let root: Root
let container: HTMLElement
let shown: TenantDatabase

beforeEach(() => {
  ;(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true
  container = document.body.appendChild(document.createElement('div'))
  root = createRoot(container)
})
afterEach(async () => {
  await act(async () => root.unmount())
  container.remove()
  vi.useRealTimers()
})

function Status(): ReactNode {
  shown = useTenantDatabase()
  return createElement('p', null, useTenantDatabaseEnabled() ? 'own database' : 'main database')
}

type Load = (signal: AbortSignal) => Promise<TenantDatabaseConfig | null>

const render = (load: Load, props: { enabled?: boolean; pollWhilePending?: number } = {}) =>
  act(async () =>
    root.render(createElement(TenantDatabaseProvider, { load, ...props }, createElement(Status))),
  )

it('is loading until the first answer, then tells the state', async () => {
  let answer!: (config: TenantDatabaseConfig) => void
  await render(() => new Promise((resolve) => (answer = resolve)))
  expect(shown).toMatchObject({ isLoading: true, isEnabled: false, status: 'unknown', config: null })
  await act(async () => answer({ connectionStatus: 'connected', region: 'eu' }))
  expect(shown).toMatchObject({
    isLoading: false,
    isEnabled: true,
    status: 'connected',
    config: { region: 'eu' },
  })
  expect(container.textContent).toBe('own database')
})

it.each<ConnectionStatus>(['pending', 'error', 'disconnected'])(
  'stays on main while the status is %s',
  async (status) => {
    await render(async () => ({ connectionStatus: status }), { pollWhilePending: 0 })
    expect(shown).toMatchObject({ isEnabled: false, isLoading: false, status })
    expect(container.textContent).toBe('main database')
  },
)

it('knows users without a database of their own, and the feature that is off', async () => {
  await render(async () => null)
  expect(shown).toMatchObject({
    isEnabled: false,
    isLoading: false,
    status: 'none',
    config: null,
    error: null,
  })
  const load = vi.fn<Load>()
  await render(load, { enabled: false })
  expect(shown.status).toBe('none')
  expect(load).not.toHaveBeenCalled()
})

it('keeps the last known state when it can not be asked, and asks again', async () => {
  const load = vi.fn<Load>()
  load.mockResolvedValueOnce({ connectionStatus: 'connected' })
  load.mockRejectedValueOnce(new Error('offline'))
  load.mockResolvedValueOnce({ connectionStatus: 'error' })
  await render(load)
  await act(async () => shown.retry())
  expect(shown).toMatchObject({ isEnabled: true, error: { message: 'offline' } })
  await act(async () => shown.retry())
  expect(shown).toMatchObject({ isEnabled: false, error: null, status: 'error' })
})

it('asks again while the connection is being made', async () => {
  vi.useFakeTimers()
  const load = vi.fn<Load>()
  load.mockResolvedValueOnce({ connectionStatus: 'pending' })
  load.mockResolvedValue({ connectionStatus: 'connected' })
  await render(load, { pollWhilePending: 1000 })
  expect(shown.status).toBe('pending')
  await act(() => vi.advanceTimersByTimeAsync(1000))
  expect(shown.status).toBe('connected')
  await act(() => vi.advanceTimersByTimeAsync(10_000))
  expect(load).toHaveBeenCalledTimes(2)
})

it('shows nothing of the user before, and hears no late answer', async () => {
  let late!: (config: TenantDatabaseConfig) => void
  let signal!: AbortSignal
  await render((given) => {
    signal = given
    return new Promise((resolve) => (late = resolve))
  })
  await render(async () => null)
  await act(async () => late({ connectionStatus: 'connected' }))
  expect(signal.aborted).toBe(true)
  expect(shown).toMatchObject({ isEnabled: false, status: 'none' })
})

it('says what is missing around the component', async () => {
  const report = vi.spyOn(console, 'error').mockImplementation(() => {})
  await expect(act(async () => root.render(createElement(Status)))).rejects.toThrow(
    '<TenantDatabaseProvider>',
  )
  report.mockRestore()
})
