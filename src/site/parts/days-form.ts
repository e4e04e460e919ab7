import { html } from 'hono/html'
import type { Markup } from '../../web/html/markup.ts'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import type { Days } from '../urls.ts'

/** The days shown, and periods offered next to the form, which end on the last day with data. */
export interface ChosenDays {
  readonly days: Days
  readonly choices: readonly { readonly count: number; readonly days: Days }[]
}

/** Another period of the page at `address`: asks the server, so only where one answers. */
export const daysForm = (lang: Lang, { days, choices }: ChosenDays, address: (days?: Days) => string): Markup =>
  html`<form class="days-form" method="get" action="${address()}">
    <fieldset>
      <legend>${say(lang, 'first.period')}</legend>
      <label>${say(lang, 'first.since')} <input type="date" name="since" value="${days.since}" required /></label>
      <label>${say(lang, 'first.until')} <input type="date" name="until" value="${days.until}" required /></label>
      <button class="btn first" type="submit">${say(lang, 'first.show')}</button>
    </fieldset>
    <ul class="choices">
      ${choices.map(
        (one) =>
          html`<li><a href="${address(one.days)}">${say(lang, 'first.last-days', { count: one.count })}</a></li>`,
      )}
    </ul>
  </form>`
