import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'

interface Props<Item> {
  readonly items: readonly Item[]
  readonly keyOf: (item: Item) => string | number
  readonly children: (item: Item) => ComponentChildren
  readonly empty: string
}

const page = 100

/** A long list: a hundred rows at first, more when they are asked for. */
export function List<Item>({ items, keyOf, children, empty }: Props<Item>) {
  const [shown, setShown] = useState(page)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list begins at its beginning
  useEffect(() => setShown(page), [items])
  if (items.length === 0) return <p class="empty">{empty}</p>
  return (
    <>
      <ul class="list">
        {items.slice(0, shown).map((item) => (
          <li key={keyOf(item)}>{children(item)}</li>
        ))}
      </ul>
      {shown < items.length && (
        <button type="button" class="more" onClick={() => setShown(shown + 4 * page)}>
          Show {Math.min(4 * page, items.length - shown)} more of{' '}
          {(items.length - shown).toLocaleString('en')}
        </button>
      )}
    </>
  )
}
