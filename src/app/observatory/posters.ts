import type { Lang } from '../../core/text/lang.ts'
import type { PosterOf } from '../../site/probes/poster.ts'
import { openPrinting } from '../exhibit/printing.ts'

/**
 * Posters of a site, each printed when it is first asked for and then held: one of a language and an address never
 * changes. The thread that prints ends with it. Undefined where the compiler of documents is not installed.
 */
export function openPosters(): PosterOf {
  const made = new Map<string, Promise<Uint8Array | undefined>>()
  return (lang, address) => {
    const known = made.get(lang)
    if (known !== undefined) return known
    const printing = printed(lang, address)
    made.set(lang, printing)
    printing.catch(() => made.delete(lang))
    return printing
  }
}

async function printed(lang: Lang, address: string): Promise<Uint8Array | undefined> {
  await using printing = openPrinting()
  const poster = await printing.printPoster({ lang, address })
  return poster.kind === 'printed' ? poster.pdf : undefined
}
