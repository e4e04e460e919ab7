import { LANGS, type Lang } from '../model/tables/langs.ts'

export { LANGS, type Lang }

/** Own name of each language, with its short form. */
export const LANG_NAMES = {
  kk: { short: 'Қаз', name: 'Қазақша' },
  ru: { short: 'Рус', name: 'Русский' },
  en: { short: 'Eng', name: 'English' },
} as const satisfies Record<Lang, { readonly short: string; readonly name: string }>

/** The language of a page when none was asked for. */
export const DEFAULT_LANG: Lang = 'kk'

export const isLang = (text: string): text is Lang => LANGS.some((lang) => lang === text)

/**
 * Chooses a language from an Accept-Language header; the state language where none of ours is asked for.
 * Source: RFC 9110 §12.5.4. A header is hostile input: only its first 256 characters are read.
 */
export function negotiateLang(header: string | undefined): Lang {
  let best: { lang: Lang; weight: number } | undefined
  for (const part of (header ?? '').slice(0, 256).split(',')) {
    const match = /^\s*([A-Za-z]{2,3})(?:-[A-Za-z0-9-]+)?\s*(?:;\s*q=([01](?:\.\d{0,3})?))?\s*$/.exec(part)
    const lang = match?.[1]?.toLowerCase()
    const weight = match?.[2] === undefined ? 1 : Number(match[2])
    if (lang !== undefined && isLang(lang) && weight > 0 && weight > (best?.weight ?? 0)) best = { lang, weight }
  }
  return best?.lang ?? DEFAULT_LANG
}
