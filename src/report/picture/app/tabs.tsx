import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'

interface Tab {
  readonly id: string
  readonly label: string
  readonly view: () => ComponentChildren
}

interface Props {
  readonly tabs: readonly Tab[]
  readonly chosen: string
  readonly onChoose: (id: string) => void
}

/** Tabs after https://www.w3.org/WAI/ARIA/apg/patterns/tabs/: arrow keys go from one to the next. */
export function Tabs({ tabs, chosen, onChoose }: Props) {
  const list = useRef<HTMLDivElement>(null)
  const move = (event: KeyboardEvent) => {
    const at = tabs.findIndex(({ id }) => id === chosen)
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key]
    if (to === undefined) return
    event.preventDefault()
    const index = (to + tabs.length) % tabs.length
    onChoose(tabs[index]!.id)
    ;(list.current?.children[index] as HTMLElement | undefined)?.focus()
  }
  return (
    <section class="lists">
      <div class="tabs" role="tablist" aria-label="Lists" ref={list} onKeyDown={move}>
        {tabs.map(({ id, label }) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={`tab-${id}`}
            aria-selected={id === chosen}
            aria-controls={`panel-${id}`}
            tabIndex={id === chosen ? 0 : -1}
            onClick={() => onChoose(id)}
          >
            {label}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`panel-${chosen}`} aria-labelledby={`tab-${chosen}`}>
        {tabs.find(({ id }) => id === chosen)?.view()}
      </div>
    </section>
  )
}
