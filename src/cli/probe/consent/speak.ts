import type { World } from '../../../runtime/world.ts'
import { DEFAULT_LANG, isLang } from '../../../core/text/lang.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { chooseLang } from '../../terminal/options.ts'

/**
 * Language in which a probe speaks to its owner: that of the option, else KUAGER_LANG, else what the owner chose before,
 * else that of the system (the first of LC_ALL, LC_MESSAGES and LANG that names one of ours), else Kazakh. Throws InputError for an unknown option.
 */
export function probeLang(given: string | undefined, kept: Lang | undefined, world: Pick<World, 'env'>): Lang {
  if (given !== undefined || world.env['KUAGER_LANG'] !== undefined) return chooseLang(given, world)
  if (kept !== undefined) return kept
  for (const name of ['LC_ALL', 'LC_MESSAGES', 'LANG']) {
    const word = /^([a-z]{2})(?:[_.@-]|$)/i.exec(world.env[name] ?? '')?.[1]?.toLowerCase()
    if (word !== undefined && isLang(word)) return word
  }
  return DEFAULT_LANG
}
