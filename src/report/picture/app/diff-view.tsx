import { parsePatch } from 'diff'
import type { MigrateFile } from '../../../migrate/result.ts'

interface Row {
  readonly left?: { readonly number: number; readonly text: string }
  readonly right?: { readonly number: number; readonly text: string }
  readonly changed: boolean
  readonly gap?: boolean
}

/** A unified diff as two columns: what goes stands beside what comes. */
export function rowsOf(diff: string): Row[] {
  const rows: Row[] = []
  for (const { hunks } of parsePatch(diff)) {
    for (const hunk of hunks) {
      if (rows.length > 0 || hunk.oldStart > 1) rows.push({ changed: false, gap: true })
      let left = hunk.oldStart
      let right = hunk.newStart
      const gone: Row['left'][] = []
      const come: Row['right'][] = []
      const flush = () => {
        for (let index = 0; index < Math.max(gone.length, come.length); index++)
          rows.push({
            ...(gone[index] ? { left: gone[index] } : {}),
            ...(come[index] ? { right: come[index] } : {}),
            changed: true,
          })
        gone.length = 0
        come.length = 0
      }
      for (const line of hunk.lines) {
        const text = line.slice(1)
        if (line.startsWith('-')) gone.push({ number: left++, text })
        else if (line.startsWith('+')) come.push({ number: right++, text })
        else if (!line.startsWith('\\')) {
          flush()
          rows.push({ left: { number: left++, text }, right: { number: right++, text }, changed: false })
        }
      }
      flush()
    }
  }
  return rows
}

export function DiffView({ file }: { readonly file: MigrateFile }) {
  return (
    <table class="diff" aria-label={`Changes of ${file.file}`}>
      <colgroup>
        <col class="numbers" />
        <col />
        <col class="numbers" />
        <col />
      </colgroup>
      <tbody>
        {rowsOf(file.diff).map((row, index) =>
          row.gap ? (
            <tr key={index} class="gap">
              <td colSpan={4}>⋯</td>
            </tr>
          ) : (
            <tr key={index}>
              <td class="line-number">{row.left?.number}</td>
              <td class={row.changed ? (row.left ? 'gone' : 'none') : ''}>
                <code>{row.left?.text}</code>
              </td>
              <td class="line-number">{row.right?.number}</td>
              <td class={row.changed ? (row.right ? 'come' : 'none') : ''}>
                <code>{row.right?.text}</code>
              </td>
            </tr>
          ),
        )}
      </tbody>
    </table>
  )
}
