import { InputError } from '../../core/model/errors.ts'
import { printable } from '../../core/text/printable.ts'

export const SHELLS = ['bash', 'zsh', 'fish'] as const

/** A command with what may be typed after it. */
export interface Completed {
  readonly path: readonly string[]
  readonly summary: string
  readonly options: readonly CompletedOption[]
}

interface CompletedOption {
  /** With its dashes. */
  readonly name: string
  readonly about: string
  readonly takesValue: boolean
  /** Its values, where they are a short closed list; otherwise files are offered. */
  readonly choices: readonly string[]
}

/** The completion script of a shell: lists of names, so that completing starts no program. Throws InputError. */
export function shellScript(shell: string, commands: readonly Completed[]): string {
  const all = [{ path: [], summary: '', options: [] }, ...commands]
  if (shell === 'bash') return bash(all)
  if (shell === 'zsh') return zsh(all)
  if (shell === 'fish') return fish(all)
  throw new InputError(`Cannot complete for "${printable(shell)}": this shell is not known`, {
    code: 'shell.unknown',
    path: 'SHELL',
    expected: SHELLS.join(', '),
  })
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** Commands directly below a path. */
const below = (all: readonly Completed[], path: readonly string[]): readonly Completed[] =>
  all.filter((one) => one.path.length === path.length + 1 && path.every((name, at) => one.path[at] === name))

const nameOf = ({ path }: Completed): string => path.at(-1) ?? ''

const bash = (all: readonly Completed[]): string => `# bash completion of kuager
_kuager() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} path='' at
  for ((at = 1; at < COMP_CWORD; at++)); do
    case " $(_kuager_words "$path") " in *" \${COMP_WORDS[at]} "*) [[ \${COMP_WORDS[at]} == -* ]] || path+="\${path:+ }\${COMP_WORDS[at]}" ;; esac
  done
  case "$path $before" in
${all
  .flatMap(({ path, options }) =>
    options
      .filter(({ takesValue }) => takesValue)
      .map(({ name, choices }) => {
        const reply = choices.length > 0 ? `-W ${quoted(choices.join(' '))}` : '-f'
        return `    ${quoted(`${path.join(' ')} ${name}`)}) COMPREPLY=($(compgen ${reply} -- "$word")); return ;;\n`
      }),
  )
  .join('')}  esac
  COMPREPLY=($(compgen -W "$(_kuager_words "$path")" -- "$word"))
  [[ $word == -* || \${#COMPREPLY[@]} -gt 0 ]] || COMPREPLY=($(compgen -f -- "$word"))
}
_kuager_words() {
  case $1 in
${all
  .map(({ path, options }) => {
    const words = [...below(all, path).map(nameOf), ...options.map(({ name }) => name), '--help']
    return `    ${quoted(path.join(' '))}) echo ${quoted(words.join(' '))} ;;\n`
  })
  .join('')}  esac
}
complete -o filenames -F _kuager kuager
`

/** A name and its description, as \`_describe\` takes them. */
const described = (name: string, about: string): string => quoted(`${name.replaceAll(':', '\\:')}:${about}`)

const zsh = (all: readonly Completed[]): string => `#compdef kuager
_kuager() {
  local -a names options
  local -A known
  local path='' word
  known=(${all.map(({ path }) => `${quoted(path.join(' '))} 1`).join(' ')})
  for word in "\${words[@]:1:$((CURRENT - 2))}"; do
    (( \${+known[\${path:+$path }$word]} )) && path+="\${path:+ }$word"
  done
  case "$path \${words[CURRENT-1]}" in
${all
  .flatMap(({ path, options }) =>
    options
      .filter(({ takesValue }) => takesValue)
      .map(({ name, choices }) => {
        const offer = choices.length > 0 ? `compadd -- ${choices.map(quoted).join(' ')}` : '_files'
        return `    ${quoted(`${path.join(' ')} ${name}`)}) ${offer}; return ;;\n`
      }),
  )
  .join('')}  esac
  case $path in
${all
  .map(({ path, options }) => {
    const names = below(all, path).map((one) => described(nameOf(one), one.summary))
    const known = options.map(({ name, about }) => described(name, about))
    return `    ${quoted(path.join(' '))}) names=(${names.join(' ')}) options=(${known.join(' ')}) ;;\n`
  })
  .join('')}  esac
  (( \${#names} )) && _describe command names
  [[ \${words[CURRENT]} == -* ]] && _describe option options
  (( \${#names} )) || [[ \${words[CURRENT]} == -* ]] || _files
}
if [[ $funcstack[1] == _kuager ]]; then _kuager; else compdef _kuager kuager; fi
`

const fish = (all: readonly Completed[]): string => {
  const seen = (names: readonly string[]): string =>
    names.map((name) => `__fish_seen_subcommand_from ${name}`).join('; and ')
  const lines = all.flatMap(({ path, options }) => {
    const children = below(all, path)
    const before = path.length === 0 ? '__fish_use_subcommand' : seen(path)
    const unless = children.map(nameOf).join(' ')
    const when =
      path.length === 0 || unless === '' ? before : `${before}; and not __fish_seen_subcommand_from ${unless}`
    return [
      ...children.map((one) => `-n ${quoted(when)} -f -a ${quoted(nameOf(one))} -d ${quoted(one.summary)}`),
      ...options.map(({ name, about, takesValue, choices }) => {
        const value = takesValue ? (choices.length > 0 ? ` -x -a ${quoted(choices.join(' '))}` : ' -r') : ''
        return `-n ${quoted(before)} -l ${name.slice(2)}${value} -d ${quoted(about)}`
      }),
    ]
  })
  return `# fish completion of kuager\n${lines.map((line) => `complete -c kuager ${line}\n`).join('')}`
}
