import type { CommandWords, OptionWords } from './words.ts'

/** A completion script for fish. */
export function fish(commands: readonly CommandWords[]): string {
  const lines = commands.flatMap(({ name, description, options, values }) => {
    const inside = `-n '__fish_seen_subcommand_from ${name}'`
    return [
      `complete -c tenantize -f -n '__fish_use_subcommand' -a ${name} -d ${quoted(description)}`,
      ...options.map(
        (option) =>
          `complete -c tenantize ${inside} -l ${option.flag.slice(2)}${value(option)} -d ${quoted(option.description)}`,
      ),
      ...(values.length > 0 ? [`complete -c tenantize -f ${inside} -a '${values.join(' ')}'`] : []),
    ]
  })
  return `# tenantize completion fish. For this shell: tenantize completion fish | source
${lines.join('\n')}
`
}

function value({ takes }: OptionWords): string {
  if (takes === 'nothing') return ''
  if (takes === 'file') return ' -r -F'
  return takes === 'text' ? ' -x' : ` -x -a '${takes.join(' ')}'`
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
