import { InputError } from '../../core/model/errors.ts'
import { personalTrace, type PersonalTrace } from '../../core/model/personal-trace.ts'
import { DEFAULT_LANG, isLang, LANGS, type Lang } from '../../core/text/lang.ts'
import type { World } from './command.ts'
import { printable } from '../../core/text/printable.ts'

/** The error for an option that cannot be read: what was found (made safe by the caller), what would have been right. */
export const wrongOption = (option: string, found: string, expected: string): InputError =>
  new InputError(`Cannot read --${option}: ${found}; expected ${expected}`, {
    code: 'argument.invalid',
    path: `--${option}`,
    expected,
  })

const UNITS: Readonly<Record<string, number>> = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 }

/** Bytes of an option such as `256M`: a whole number of KiB, MiB or GiB. Throws InputError. */
export function readSize(option: string, given: string): number {
  const [, digits = '', unit = ''] = /^([1-9]\d{0,6})([KMG])$/.exec(given) ?? []
  const bytes = Number(digits) * (UNITS[unit] ?? 0)
  if (bytes > 0) return bytes
  throw wrongOption(option, `found "${printable(given)}"`, 'a size such as 256M: a whole number of K, M or G')
}

/** The language asked for, else that of KUAGER_LANG, else Kazakh. Throws InputError for one we do not speak. */
export function chooseLang(given: string | undefined, world: Pick<World, 'env'>): Lang {
  const lang = given ?? world.env['KUAGER_LANG'] ?? DEFAULT_LANG
  if (isLang(lang)) return lang
  throw wrongOption('lang', `found "${printable(lang)}"`, LANGS.join(', '))
}

const TRACES: Readonly<Record<PersonalTrace, string>> = {
  account: 'an address of mail or the name of an account',
  address: 'an address of a network or of a device',
  number: 'a telephone or the number of a person',
}

/** Throws InputError for words that stand in the log and in bundles for ever, and lead to a person. */
export function refuseTraces(option: string, text: string | undefined): void {
  const trace = text === undefined ? undefined : personalTrace(text)
  if (trace !== undefined)
    throw wrongOption(option, `found ${TRACES[trace]}`, 'words that lead to nobody: they are published for ever')
}
