/** Languages of every page and document, the state language first. */
export const LANGS = ['kk', 'ru', 'en'] as const
export type Lang = (typeof LANGS)[number]
