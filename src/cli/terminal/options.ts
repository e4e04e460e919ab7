import { wrongOption } from '../../core/model/errors.ts'
import type { World } from '../../runtime/world.ts'
import { personalTrace, type PersonalTrace } from '../../core/model/personal-trace.ts'
import { DEFAULT_LANG, isLang, LANGS, type Lang } from '../../core/text/lang.ts'
import { printable } from '../../core/text/printable.ts'

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

/** Throws InputError for words that would stay in the log and in bundles and lead to a person. */
export function refuseTraces(option: string, text: string | undefined): void {
  const trace = text === undefined ? undefined : personalTrace(text)
  if (trace !== undefined)
    throw wrongOption(option, `found ${TRACES[trace]}`, 'words that lead to no person: they are published permanently')
}
