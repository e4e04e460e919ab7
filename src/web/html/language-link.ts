import { html } from 'hono/html'
import type { Markup } from './markup.ts'
import { LANG_NAMES, type Lang } from '../../core/text/lang.ts'

/** The way to the same page in a language, by the own name of that; the language of the page is not a way anywhere. */
export const languageLink = (
  page: { readonly lang: Lang; readonly inLang: (lang: Lang) => string },
  lang: Lang,
): Markup =>
  lang === page.lang
    ? html`<span aria-current="true" lang="${lang}">${LANG_NAMES[lang].short}</span>`
    : html`<a href="${page.inLang(lang)}" lang="${lang}" hreflang="${lang}" title="${LANG_NAMES[lang].name}"
        >${LANG_NAMES[lang].short}</a
      >`
