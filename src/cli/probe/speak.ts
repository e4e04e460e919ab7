import { DEFAULT_LANG, isLang } from '../../text/lang.ts'
import type { Lang } from '../../text/lang.ts'
import { chooseLang } from '../options.ts'
import type { World } from '../command.ts'

/**
 * Language in which a probe speaks to its owner: that of the option, else KUAGER_LANG, else what the owner chose before,
 * else that of the system (LC_ALL, LC_MESSAGES, LANG by POSIX), else Kazakh. Throws InputError for an unknown option.
 */
export function probeLang(given: string | undefined, kept: Lang | undefined, world: Pick<World, 'env'>): Lang {
  if (given !== undefined || world.env['KUAGER_LANG'] !== undefined) return chooseLang(given, world)
  if (kept !== undefined) return kept
  const system = ['LC_ALL', 'LC_MESSAGES', 'LANG'].map((name) => world.env[name]).find((text) => (text ?? '') !== '')
  const word = /^([a-z]{2})(?:[_.@-]|$)/i.exec(system ?? '')?.[1]?.toLowerCase()
  return word !== undefined && isLang(word) ? word : DEFAULT_LANG
}
