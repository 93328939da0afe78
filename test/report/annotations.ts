/** What GitHub's runner makes of a log: the annotations of a check run. */

/** As the Checks API names the fields of an annotation. */
export interface Annotation {
  readonly annotation_level: 'failure' | 'warning' | 'notice'
  readonly path: string
  readonly start_line: number
  readonly end_line: number
  readonly start_column?: number
  readonly end_column?: number
  readonly title: string
  readonly message: string
}

const levels = { error: 'failure', warning: 'warning', notice: 'notice' } as const

/**
 * Reads workflow commands as the runner does: a line that starts with `::`, a name, properties up to the next `::`,
 * and data, each unescaped on its own (`actions/runner`, ActionCommand.TryParseV2 and IssueCommandExtension). Columns
 * are dropped where an annotation is about several lines.
 */
export function annotationsOf(log: string): Annotation[] {
  return log.split(/\r\n|\r|\n/).flatMap((line) => {
    const text = line.trimStart()
    const end = text.indexOf('::', 2)
    if (!text.startsWith('::') || end === -1) return []
    const head = text.slice(2, end)
    const space = head.indexOf(' ')
    const name = space === -1 ? head : head.slice(0, space)
    if (name !== 'error' && name !== 'warning' && name !== 'notice') return []
    const properties = new Map(
      (space === -1 ? '' : head.slice(space + 1)).split(',').flatMap((pair): [string, string][] => {
        const at = pair.indexOf('=')
        return at === -1 ? [] : [[pair.slice(0, at).trim(), unescaped(pair.slice(at + 1), true)]]
      }),
    )
    const number = (key: string) => (properties.has(key) ? Number(properties.get(key)) : undefined)
    const start = number('line') ?? 1
    const last = number('endLine') ?? start
    const [from, to] = [number('col'), number('endColumn')]
    return [
      {
        annotation_level: levels[name],
        path: properties.get('file') ?? '',
        start_line: start,
        end_line: last,
        ...(from !== undefined && start === last ? { start_column: from } : {}),
        ...(to !== undefined && start === last ? { end_column: to } : {}),
        title: properties.get('title') ?? '',
        message: unescaped(text.slice(end + 2), false),
      },
    ]
  })
}

function unescaped(value: string, property: boolean): string {
  const marks: readonly (readonly [string, string])[] = [
    ['%0D', '\r'],
    ['%0A', '\n'],
    ...(property
      ? ([
          ['%3A', ':'],
          ['%2C', ','],
        ] as const)
      : []),
    ['%25', '%'],
  ]
  return marks.reduce((text, [mark, character]) => text.replaceAll(mark, character), value)
}

/** One line for each, as a list that a person can read. */
export function asText(annotations: readonly Annotation[]): string {
  return annotations
    .map(({ annotation_level, path, start_line, start_column, end_column, title, message }) => {
      const columns = start_column === undefined ? '' : `:${start_column}-${end_column}`
      return `${annotation_level} ${path}:${start_line}${columns} [${title}] ${message.replaceAll('\n', ' | ')}\n`
    })
    .join('')
}
