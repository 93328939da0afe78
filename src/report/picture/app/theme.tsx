import { useEffect, useState } from 'preact/hooks'

type Theme = 'system' | 'light' | 'dark'
const next: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' }

/** Light, dark, or as the system has it. */
export function ThemeButton() {
  const [theme, setTheme] = useState<Theme>('system')
  useEffect(() => {
    document.documentElement.dataset.theme = theme
  }, [theme])
  return (
    <button
      type="button"
      class="theme"
      onClick={() => setTheme(next[theme])}
      aria-label={`Colours: ${theme}. Press for ${next[theme]}.`}
    >
      {{ system: '◐', light: '☀', dark: '☾' }[theme]} {theme}
    </button>
  )
}
