import type { CommandWords, OptionWords } from './words.ts'

/** A completion script for zsh, to be sourced or put into a folder of `fpath` as `_tenantize`. */
export function zsh(commands: readonly CommandWords[]): string {
  const list = commands.map(
    ({ name, description }) => `    ${quoted(`${name}:${description.replaceAll(':', '\\:')}`)}`,
  )
  const inside = commands.map(({ name, options, values }) => {
    const specs = [...options.map(spec), values.length > 0 ? `1:word:(${values.join(' ')})` : '*:file:_files']
    return `    ${name}) _arguments ${specs.map(quoted).join(' \\\n      ')} ;;`
  })
  return `#compdef tenantize
# tenantize completion zsh. For this shell: source <(tenantize completion zsh)
_tenantize() {
  local -a commands
  commands=(
${list.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe 'command' commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
${inside.join('\n')}
  esac
}
if [ "$funcstack[1]" = '_tenantize' ]; then _tenantize "$@"; else compdef _tenantize tenantize; fi
`
}

function spec({ flag, description, repeatable, takes }: OptionWords): string {
  const head = `${repeatable ? '*' : ''}${flag}[${description.replace(/[[\]\\]/g, '\\$&')}]`
  if (takes === 'nothing') return head
  if (takes === 'file') return `${head}:file:_files`
  return takes === 'text' ? `${head}:value: ` : `${head}:value:(${takes.join(' ')})`
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
