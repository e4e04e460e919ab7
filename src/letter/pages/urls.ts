import type { Lang } from '../../core/text/lang.ts'

/** The name of a part of a route stays as it is. */
const part = (text: string): string => (text.startsWith(':') ? text : encodeURIComponent(text))

/** Every address of a letter service is made here and nowhere else; routes are their patterns. */
export const letterUrls = {
  first: (lang: Lang): string => `/${lang}/`,
  letter: (lang: Lang, id: string): string => `/${lang}/l/${part(id)}`,
  sign: (lang: Lang, id: string): string => `/${lang}/l/${part(id)}/sign`,
  count: (lang: Lang, id: string): string => `/${lang}/l/${part(id)}/count`,
  keys: (lang: Lang, id: string): string => `/${lang}/l/${part(id)}/keys`,
  /** Where the link of a message leads: one word that says nothing, and the token. */
  confirm: (lang: Lang, token: string): string => `/${lang}/c/${part(token)}`,
  receipt: (lang: Lang): string => `/${lang}/receipt`,
  /** What answers a form, for two minutes (web/answer/brief-pages.ts). */
  signed: (lang: Lang, name: string): string => `/${lang}/s/${part(name)}`,
  found: (lang: Lang, name: string): string => `/${lang}/receipt/${part(name)}`,
  proof: (lang: Lang): string => `/${lang}/receipt/proof`,
  withdraw: (lang: Lang): string => `/${lang}/receipt/withdraw`,
  resend: (lang: Lang): string => `/${lang}/receipt/resend`,
  /** Why what was sent was not taken, the same for everyone; `wait`: seconds. */
  refused: (lang: Lang, problem: string, wait?: number): string =>
    `/${lang}/refused/${part(problem)}${wait === undefined ? '' : `?wait=${wait}`}`,
  safety: (lang: Lang): string => `/${lang}/safety`,
  law: (lang: Lang): string => `/${lang}/law`,
  /** A version of a letter, byte for byte as its SHA-256 is in the log. */
  document: (id: string, version: number | string): string => `/letters/${part(id)}/${version}.json`,
  /** The numbers of a letter, for programs. */
  numbers: (id: string): string => `/letters/${part(id)}/count.json`,
  /** Where the script of the page sends what it sealed, and asks for its work. */
  post: (): string => '/sign',
  work: (): string => '/work/sign',
  asset: (path: string, tag: string): string => `/assets/${path}?v=${tag}`,
}
