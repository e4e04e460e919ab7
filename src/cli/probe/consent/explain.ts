import type { World } from '../../../runtime/world.ts'
import { InputError } from '../../../core/model/errors.ts'
import { say, type PlainKey } from '../../../core/text/format.ts'
import { isLang } from '../../../core/text/lang.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { probeLang } from './speak.ts'
import { commandLine } from '../../terminal/command-line.ts'
import { wrap } from '../../terminal/wrap.ts'

/** Commands in the order in which a person meets them. */
const HELP_COMMANDS = [
  'join',
  'run',
  'status',
  'install',
  'page',
  'pause',
  'limit',
  'forget',
  'export',
  'invite',
  'update',
  'ooni-run',
  'extra',
  'daemon',
] as const
export type HelpCommand = (typeof HELP_COMMANDS)[number]

/** Wrong use in words for a person who reads no English, by the code of the error. */
const SENTENCES: Readonly<Record<string, PlainKey>> = {
  'command.unknown': 'probe.wrong.command',
  'command.usage': 'probe.wrong.argument',
  'argument.invalid': 'probe.wrong.argument',
  'service.unknown': 'probe.wrong.service',
  'pause.time': 'probe.wrong.argument',
  'invitation.invalid': 'probe.wrong.invitation',
  'export.exists': 'probe.wrong.exists',
  'probe.running': 'probe.wrong.running',
  'settings.invalid': 'probe.wrong.settings',
}

/** Language of a command line that could not be read: what it asks for if that can be seen, else the environment's. */
export function commandLang(args: readonly string[], world: Pick<World, 'env'>): Lang {
  const at = args.findIndex((word) => word === '--lang' || word.startsWith('--lang='))
  const given = args[at]?.includes('=') === true ? args[at].slice('--lang='.length) : args[at + 1]
  if (at >= 0 && given !== undefined && isLang(given)) return given
  try {
    return probeLang(undefined, undefined, world)
  } catch {
    return 'kk'
  }
}

/**
 * A plain sentence about wrong use in Kazakh or Russian, to stand above the exact one, which is English; undefined where
 * there is nothing to add.
 */
export function wrongUseIn(lang: Lang, error: unknown): string | undefined {
  if (lang === 'en') return undefined
  const key = error instanceof InputError ? SENTENCES[error.code] : undefined
  return key === undefined ? undefined : say(lang, key)
}

/** The page of the probe in Kazakh or Russian; undefined for English, whose page is made from the commands. */
export function translatedHelp(lang: Lang, width: number): string | undefined {
  if (lang === 'en') return undefined
  const paragraph = (text: string): string => `${wrap(text, width).join('\n')}\n`
  const list = (heading: PlainKey, lines: readonly string[]): string =>
    `${say(lang, heading)}\n${lines.map((line) => `  ${line}\n`).join('')}`
  return [
    paragraph(say(lang, 'probe.help.about')),
    list(
      'probe.help.commands',
      HELP_COMMANDS.map((name) => `${name.padEnd(10)} ${say(lang, `probe.help.${name}`)}`),
    ),
    list('probe.help.examples', [
      commandLine('probe', 'join', '"https://kuager.example/join#v1.abc"'),
      commandLine('probe', 'run'),
    ]),
    list(
      'probe.help.exits',
      ([0, 1, 2, 3] as const).map((code) => `${code}  ${say(lang, `probe.help.exit-${code}`)}`),
    ),
    list('probe.help.more', [commandLine('probe', 'run', '--help')]),
  ].join('\n')
}
