import { html } from 'hono/html'
import type { Markup } from '../../../web/html/markup.ts'
import { FEWEST_OF_REGION, TIERS, VOID_REASONS } from '../../core/letter.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatNumber } from '../../../core/text/number.ts'
import { letterUrls } from '../urls.ts'
import type { LetterView } from './letter-view.ts'

/** The number, never without how much of it was confirmed, and how far it is from the goal. */
export function countedNumber(lang: Lang, view: LetterView): Markup {
  return html`<div class="counted">
    <p class="l">${say(lang, 'letter.counted')}</p>
    ${sum(lang, view)}
    <p>
      <a class="tap" href="${letterUrls.count(lang, view.letter.id)}">${say(lang, 'letter.count.link')}</a>
    </p>
  </div>`
}

/** The same without its label and the way to the page on which it stands. */
export function sum(lang: Lang, view: LetterView): Markup {
  const { letter, count } = view
  const total = count?.total ?? 0
  return html`<p class="n">${formatNumber(lang, total)}</p>
    <p>${say(lang, 'letter.counted.confirmed', { count: confirmed(view) })}</p>
    ${letter.goal === undefined ? '' : goal(lang, total, letter.goal)}
    <p class="sm q">
      ${total === 0 ? say(lang, 'letter.counted.none') : say(lang, 'letter.counted.size', { size: count?.size ?? 0 })}
    </p>`
}

/** How many a mailbox confirmed. */
export const confirmed = ({ count }: LetterView): number => (count?.counted.mail ?? 0) + (count?.counted.form ?? 0)

/** Shares are cut, never rounded up: a goal is reached when it is reached. */
const goal = (lang: Lang, total: number, of: number): Markup =>
  html`<div class="goal">
    <progress max="${of}" value="${Math.min(total, of)}" aria-label="${say(lang, 'letter.goal')}"></progress>
    <p class="sm">
      ${say(lang, 'letter.goal')}: <b>${formatNumber(lang, of)}</b>.
      ${say(lang, 'letter.goal.of', { share: formatNumber(lang, Math.floor((total / of) * 1000) / 10, 1) })}
    </p>
  </div>`

/** How the counted ones were confirmed, each kind separately. */
export const tiers = (lang: Lang, { count }: LetterView): Markup =>
  html`<dl class="sums">
      ${TIERS.map(
        (tier) =>
          html`<div>
            <dt>${say(lang, `letter.tier.${tier}`)}</dt>
            <dd>${formatNumber(lang, count?.counted[tier] ?? 0)}</dd>
          </div>`,
      )}
    </dl>
    <p class="sm q after">${say(lang, 'letter.tiers.about')}</p>`

/** Regions that have enough signatures, the largest first. */
export function regions(lang: Lang, { count }: LetterView): Markup {
  const shown = count?.regions ?? []
  const fewest = formatNumber(lang, FEWEST_OF_REGION)
  if (shown.length === 0) return html`<p>${say(lang, 'letter.regions.none', { fewest })}</p>`
  const most = shown.toSorted((a, b) => b.atLeast - a.atLeast)
  return html`<table class="tbl sums">
      <thead>
        <tr>
          <th scope="col">${say(lang, 'letter.regions.region')}</th>
          <th scope="col" class="amt">${say(lang, 'letter.regions.count')}</th>
        </tr>
      </thead>
      <tbody>
        ${most.map(
          ({ region, atLeast }) =>
            html`<tr>
              <th scope="row">${say(lang, `region.${region}`)}</th>
              <td class="amt">${formatNumber(lang, atLeast)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    <p class="sm q after">${say(lang, 'letter.regions.about', { fewest })}</p>`
}

/** What counts no longer, by reason. */
export function removed(lang: Lang, { count }: LetterView): Markup {
  const reasons = VOID_REASONS.filter((reason) => (count?.removed[reason] ?? 0) > 0)
  if (reasons.length === 0) return html`<p>${say(lang, 'letter.removed.none')}</p>`
  return html`<dl class="sums">
      ${reasons.map(
        (reason) =>
          html`<div>
            <dt>${say(lang, `letter.reason.${reason}`)}</dt>
            <dd>${formatNumber(lang, count?.removed[reason] ?? 0)}</dd>
          </div>`,
      )}
    </dl>
    <p class="sm q after">${say(lang, 'letter.removed.about')}</p>`
}
