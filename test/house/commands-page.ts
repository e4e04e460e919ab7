import { COMMANDS, READERS } from '../../src/cli/main.ts'
import { summaryOf, type Command } from '../../src/cli/terminal/command.ts'
import { examplesOf } from '../../src/cli/terminal/run-command.ts'

const HEAD = `# Commands

For anyone who uses \`kuager\` in a terminal: what each command does, with examples. You need a checkout and \`npm ci --ignore-scripts\`. \`node scripts/commands.ts\` writes this page from the help of the commands.

\`npx kuager help\` lists the commands, and \`npx kuager COMMAND --help\` shows every option. \`npx kuager --version\` prints the version of the program. Most commands work on a data folder, which \`--folder DIR\` or the variable \`KUAGER_FOLDER\` names. If its warehouse is on a ClickHouse server, \`KUAGER_WAREHOUSE\` or \`--warehouse\` names that ([databases on other machines](operating/cluster.md)). \`--lang\` is kk, ru or en; \`--json\` prints JSON for programs.

A command says which word or option is wrong, and the most similar name if there is one. [Shell completion](#completion) completes commands and options.

Exit codes: 0 success, 1 internal error, 2 usage error, 3 finished with problems.
`

const FOOT = `## Developers

* \`npm start\` opens the demonstration on port 8420, with its open letter on port 8421.
* \`npm run lab\` tests probe, control and collector in a simulated internet, on Linux as root ([test lab](operating/lab.md)).
* \`npm test\` installs what the tests need (as root on Debian; elsewhere it prints what is missing) and runs them. [Benchmarks](benchmarks.md) are separate.
`

/** The page docs/commands.md: every command by its reader, from what it declares. */
export async function commandsPage(): Promise<string> {
  const parts = [HEAD]
  for (const [reader, heading] of Object.entries(READERS)) {
    parts.push(`## ${heading}\n`)
    for (const [name, named] of Object.entries(COMMANDS))
      if (named.reader === reader) parts.push(await section(name, await named.load()))
  }
  return [...parts, FOOT].join('\n')
}

async function section(name: string, command: Command): Promise<string> {
  const examples = (await examplesOf(command, [name])).map((line) => `npx ${line}\n`).join('')
  const rows: string[] = []
  for (const [word, load] of Object.entries(command.commands ?? {}))
    rows.push(`| \`${name} ${word}\` | ${summaryOf(await load()).replaceAll('|', '\\|')} |\n`)
  const exits = Object.entries((command.kind === 'task' ? command.exit : undefined) ?? {})
  return [
    `### ${name}\n`,
    ...paragraphs(command.about),
    `\`\`\`\n${examples}\`\`\`\n`,
    ...(rows.length === 0 ? [] : [`| command | what it does |\n|---|---|\n${rows.join('')}`]),
    ...(exits.length === 0
      ? []
      : [`Exit codes: ${exits.map(([code, meaning]) => `${code} ${meaning}`).join('. ')}.\n`]),
  ].join('\n')
}

/** Paragraphs of a help text in Markdown: pages become links, indented lines blocks of code. */
const paragraphs = (about: string): readonly string[] =>
  about
    .trim()
    .split(/\n{2,}/)
    .map((one) =>
      one.startsWith(' ')
        ? `\`\`\`\n${one.replaceAll(/^ {2}/gm, '')}\n\`\`\`\n`
        : `${one.replaceAll(/\s+/g, ' ').replaceAll(/\bdocs\/([\w/-]+)\.md/g, (_, page: string) => `[${page}](${page}.md)`)}\n`,
    )
