import { html } from 'hono/html'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatNumber } from '../../core/text/number.ts'
import { networkLabel } from '../../core/text/sentence/verdict.ts'
import type { Markup } from '../../web/html/markup.ts'
import { pairs } from '../../web/html/prose.ts'
import { urls } from '../urls.ts'
import { FEWEST_SHOWN, type GapNetwork, type ProbeGaps } from './gaps.ts'
import { DEVICES_POWER } from './power.ts'

/** The poster to print, or why there is none. */
export const posterPart = (lang: Lang, hasPoster: boolean): Markup =>
  hasPoster
    ? html`<p>${say(lang, 'gaps.poster-about', { code: 'QR' })}</p>
        <p><a class="tap" href="${urls.poster(lang)}">${say(lang, 'gaps.poster')}</a></p>`
    : html`<p>${say(lang, 'gaps.poster-none')}</p>`

/** Where probes are missing, and what one more adds: a part of the page on taking part. */
export function gapsPart(lang: Lang, { networks }: ProbeGaps): Markup {
  const of = (wanted: (one: GapNetwork) => boolean): Markup | string =>
    networks.some(wanted) ? list(lang, networks.filter(wanted)) : say(lang, 'gaps.no-network')
  return html`<p>${say(lang, 'gaps.about')}</p>
    ${pairs([
      [say(lang, 'gaps.none'), of(({ devices }) => devices === 'none')],
      [say(lang, 'gaps.few', { count: FEWEST_SHOWN }), of(({ devices }) => devices === 'few')],
      [say(lang, 'gaps.more', { count: FEWEST_SHOWN }), of(({ devices }) => typeof devices === 'number')],
    ])}
    <p>${say(lang, 'gaps.regions')} <a href="${urls.map(lang, { days: 7 })}">${say(lang, 'menu.map')}</a></p>
    <h3>${say(lang, 'gaps.power')}</h3>
    <p>${say(lang, 'gaps.power-about')}</p>
    ${powerTable(lang)}
    <p>${say(lang, 'gaps.power-limits')}</p>`
}

const list = (lang: Lang, networks: readonly GapNetwork[]): Markup =>
  html`<ul class="plain">
    ${networks.map(({ asn, name, devices }) => {
      const label = networkLabel(lang, asn, name)
      return html`<li>
        <a href="${urls.network(lang, asn)}">${label}</a
        >${typeof devices === 'number' ? `: ${formatNumber(lang, devices)}` : ''}
      </li>`
    })}
  </ul>`

const powerTable = (lang: Lang): Markup =>
  html`<div class="scroll" tabindex="0" role="region" aria-label="${say(lang, 'gaps.power')}">
    <table class="tbl">
      <thead>
        <tr>
          <th scope="col">${say(lang, 'gaps.devices')}</th>
          <th scope="col">${say(lang, 'gaps.found')}</th>
          <th scope="col">${say(lang, 'gaps.start')}</th>
          <th scope="col">${say(lang, 'gaps.alarm')}</th>
        </tr>
      </thead>
      <tbody>
        ${DEVICES_POWER.map(
          ({ devices, found, restrictions, startWithin, alarmAfter }) =>
            html`<tr>
              <th scope="row">${devices}</th>
              <td>${formatNumber(lang, (100 * found) / restrictions, found === 0 ? 0 : 1)} %</td>
              <td>${minutes(lang, startWithin)}</td>
              <td>${minutes(lang, alarmAfter)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`

const minutes = (lang: Lang, value: number | undefined): string =>
  value === undefined ? '–' : say(lang, 'gaps.minutes', { count: formatNumber(lang, value) })
