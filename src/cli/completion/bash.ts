import type { CommandWords } from './words.ts'

/** A completion script for bash: commands, options, and the values of options that have a list. Files come by default. */
export function bash(commands: readonly CommandWords[]): string {
  const values = commands.flatMap(({ name, options }) =>
    options.flatMap(({ flag, takes }) => {
      if (takes === 'nothing') return []
      return [`    '${name} ${flag}') ${typeof takes === 'string' ? '' : `${words(takes)} `}return ;;`]
    }),
  )
  const inside = commands.map(({ name, options, values: first }) => {
    const flags = words(options.map(({ flag }) => flag))
    const rest = first.length > 0 ? `else ${words(first)} ` : ''
    return `    ${name}) if [[ $current == -* ]]; then ${flags} ${rest}fi ;;`
  })
  return `# tenantize completion bash. For this shell: source <(tenantize completion bash)
_tenantize() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command= at
  for ((at = 1; at < COMP_CWORD; at++)); do
    if [[ \${COMP_WORDS[at]} != -* ]]; then command=\${COMP_WORDS[at]}; break; fi
  done
  COMPREPLY=()
  case "$command $before" in
${values.join('\n')}
  esac
  case $command in
    '') ${words([...commands.map(({ name }) => name), 'help', '--help', '--version'])} ;;
${inside.join('\n')}
  esac
}
complete -o default -F _tenantize tenantize
`
}

function words(list: readonly string[]): string {
  return `COMPREPLY=($(compgen -W '${list.join(' ')}' -- "$current"));`
}
