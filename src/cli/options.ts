import { InputError } from '../model/errors.ts'
import { DEFAULT_LANG, isLang, LANGS, type Lang } from '../text/lang.ts'
import type { World } from './command.ts'
import { printable } from './printable.ts'

/** The error for an option that cannot be read: what was found (made safe by the caller), what would have been right. */
export const wrongOption = (option: string, found: string, expected: string): InputError =>
  new InputError(`Cannot read --${option}: ${found}; expected ${expected}`, {
    code: 'argument.invalid',
    path: `--${option}`,
    expected,
  })

/** The language asked for, else that of KUAGER_LANG, else Kazakh. Throws InputError for one we do not speak. */
export function chooseLang(given: string | undefined, world: Pick<World, 'env'>): Lang {
  const lang = given ?? world.env['KUAGER_LANG'] ?? DEFAULT_LANG
  if (isLang(lang)) return lang
  throw wrongOption('lang', `found "${printable(lang)}"`, LANGS.join(', '))
}
