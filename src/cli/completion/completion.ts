import { firstSentence, summaryOf, task, type Command } from '../terminal/command.ts'
import { SHELLS, shellScript, type Completed } from './shell-script.ts'

/** A command of which everything is known by its name only. */
interface NamedCommand {
  readonly summary: string
  readonly load: () => Promise<Command>
}

/** The command that completes others; it loads all of them, once per script. */
export const completionOf = (commands: Readonly<Record<string, NamedCommand>>): Command =>
  task({
    about: 'Print a completion script for bash, zsh or fish.',
    examples: ['bash > ~/.local/share/bash-completion/completions/kuager'],
    words: { SHELL: `One of ${SHELLS.join(', ')}.` },
    options: {},
    notes: `
Write it where your shell looks for completions, so that it is read once per shell:

  kuager completion bash > ~/.local/share/bash-completion/completions/kuager
  kuager completion zsh > "\${fpath[1]}/_kuager"
  kuager completion fish > ~/.config/fish/completions/kuager.fish

Make it again after an update.`,
    async run(_, { world, words: [given = ''] }) {
      const found: Completed[] = []
      for (const [name, { summary, load }] of Object.entries(commands))
        found.push(...(await describe([name], summary, await load())))
      world.out.write(shellScript(given, found))
      return 0
    },
  })

/** A command and those of which it is the name. */
async function describe(path: readonly string[], summary: string, command: Command): Promise<readonly Completed[]> {
  if (command.kind === 'task') {
    const options = Object.entries(command.options).map(([name, { about, value, choices = [] }]) => ({
      name: `--${name}`,
      about: firstSentence(about),
      takesValue: value !== undefined,
      choices,
    }))
    return [{ path, summary, options }]
  }
  const found: Completed[] = [{ path, summary, options: [] }]
  for (const [name, load] of Object.entries(command.commands)) {
    const one = await load()
    found.push(...(await describe([...path, name], summaryOf(one), one)))
  }
  return found
}
