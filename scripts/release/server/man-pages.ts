import { runCommand } from '../../../src/cli/main.ts'
import type { World } from '../../../src/runtime/world.ts'

/** A page of the manual of section 1, by its name without `.1`. */
export interface ManPage {
  readonly name: string
  readonly text: string
}

/** Pages of the manual, made from what `--help` prints: one for the program and one for each command with those below it. */
export async function manPages(): Promise<readonly ManPage[]> {
  const overview = await helpOf([])
  const commands = [...overview.matchAll(/^ {2}([a-z][\w-]*) {2,}(.+)$/gm)].map(([, name = '', about = '']) => ({
    name,
    about,
  }))
  const list = commands.map(({ name, about }) => `.TP\n.BR kuager\\-${name} (1)\n${roff(about)}\n`).join('')
  const pages = [
    {
      name: 'kuager',
      text: `${head('kuager', 'judge network measurements of internet services and show the grounds')}.SH SYNOPSIS
.B kuager
.I COMMAND
.RI [ options ]
.PP
.B kuager COMMAND \\-\\-help
.SH COMMANDS
${list}${FOOT}`,
    },
  ]
  for (const { name, about } of commands) {
    const sections: string[] = []
    await describe([name], sections)
    pages.push({ name: `kuager-${name}`, text: `${head(`kuager-${name}`, about)}${sections.join('')}${FOOT}` })
  }
  return pages
}

const FOOT = `.SH EXIT STATUS
0 success, 1 internal error, 2 wrong use, 3 finished with problems.
.SH SEE ALSO
.BR kuager (1),
/usr/share/doc/kuager
`

/** Adds the help of a command, and of those below it. */
async function describe(path: readonly string[], sections: string[]): Promise<void> {
  const help = await helpOf(path)
  sections.push(
    `.SH ${roff(path.length === 1 ? 'DESCRIPTION' : `kuager ${path.join(' ')}`.toUpperCase())}\n.nf\n${verbatim(help)}.fi\n`,
  )
  const [, below = ''] = /^Commands:\n((?: .*\n|\n(?= ))*)/m.exec(help) ?? []
  for (const [, name = ''] of below.matchAll(/^ {2}([a-z][\w-]*)(?= )/gm)) await describe([...path, name], sections)
}

const head = (name: string, about: string): string =>
  `.TH ${roff(name.toUpperCase())} 1 "" "Kuager" "User commands"\n.SH NAME\n${roff(name)} \\- ${roff(about)}\n`

/** Text as troff shows it: signs with a meaning of their own are written out. */
const roff = (text: string): string =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll(/^([.'])/gm, '\\&$1')

const verbatim = (help: string): string => `${roff(help.trimEnd())}\n`

/** What a command prints when it is asked for help. */
async function helpOf(path: readonly string[]): Promise<string> {
  let said = ''
  const world: World = {
    out: { write: (text) => (said += text) },
    err: { write: (text) => (said += text) },
    terminal: false,
    env: {},
    outColumns: () => 79,
    cwd: '/',
    signal: new AbortController().signal,
    runCommand: () => Promise.resolve(1),
  }
  const status = await runCommand([...path, '--help'], world)
  if (status !== 0) throw new Error(`Cannot describe kuager ${path.join(' ')}: ${said}`)
  return said
}
