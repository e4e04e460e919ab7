import { relatedPages } from '../../parts/related.ts'
import { crumbs } from '../../parts/crumbs.ts'
import { html } from 'hono/html'
import { defined } from '../../../core/model/defined.ts'
import type { Markup } from '../../../web/html/markup.ts'
import type { Endpoint, Tier } from '../../../core/model/tables/service.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { urls } from '../../urls.ts'
import { fold, scrolled } from '../../../web/html/fold.ts'
import { tagged, type Page } from '../../parts/layout.ts'
import { mark } from '../../parts/mark.ts'
import { COPY_SCRIPT } from '../../parts/say-it.ts'
import { STRIPS_SCRIPT } from '../../parts/strips.ts'
import { hoursSection } from './hours.ts'
import { CHART_SCRIPT } from '../../charts/explored.ts'
import { peopleSection } from './people.ts'
import {
  asOfText,
  pastSection,
  placeAnswer,
  stateRows,
  runningSection,
  saySection,
  stripSection,
  takeSection,
  type PlaceView,
} from './parts.ts'
import { publicUrl } from '../../../web/html/frame.ts'
import { section } from '../../../web/html/section.ts'

/** A statement or an act that names the service, in words of the page's language. */
export interface PlaceRecord {
  readonly href: string
  readonly when: string
  readonly text: string
}

/** One service on all networks. */
export interface ServiceView extends PlaceView {
  readonly service: string
  readonly serviceName: string
  /** How it is tested; absent: it is on none of our lists. */
  readonly tested?: { readonly tier: Tier; readonly comparison: boolean; readonly endpoints: readonly Endpoint[] }
  readonly record: readonly PlaceRecord[]
  /** Check code of the states now; absent: it is on none of our lists. */
  readonly code?: string
}

/**
 * The page of a service: the answer, its state on each network, incidents, days, how it is tested, the statements about
 * it.
 */
export function servicePage(lang: Lang, view: ServiceView): Page {
  const answer = placeAnswer(lang, view.serviceName, { rows: view.rows, kind: 'networks' })
  const topic = { service: view.service }
  return {
    lang,
    title: `${say(lang, 'place.service-title', { service: view.serviceName })} · Kuager`,
    simulated: view.simulated,
    description: answer.text,
    inLang: (other) => urls.service(other, view.service, view.page),
    data: urls.apiIncidents(topic),
    feed: urls.feed(lang, topic),
    share: urls.service(lang, view.service),
    ...defined({ card: view.card }),
    related: relatedPages(lang, {
      service: { id: view.service, name: view.serviceName },
      at: view.asOf,
      self: urls.service(lang, view.service),
    }),
    scripts: [COPY_SCRIPT, STRIPS_SCRIPT, CHART_SCRIPT],
    body: (frame) =>
      html`${crumbs(lang)}
        <div class="ttl">
          <h1>${mark(answer.state)}<span>${answer.text}</span></h1>
          <p>${asOfText(lang, view)}</p>
        </div>
        ${section(
          'now',
          say(lang, 'place.by-network'),
          tagged(lang, view.simulated, say(lang, 'place.by-network-about')),
          view.rows.length === 0 ? html`<p>${say(lang, 'place.never')}</p>` : stateRows(lang, view),
        )}
        ${runningSection(lang, view)} ${peopleSection(lang, view.people, 'networks')}
        ${stripSection(lang, view, { of: 'network', frame })} ${hoursSection(lang, view.hours, view.takeHours)}
        ${pastSection(lang, view, { frame, href: (page) => urls.service(lang, view.service, page) })}
        ${tested(lang, view)} ${record(lang, view)}
        ${saySection(lang, { ...view, answer: answer.text }, view.code ?? publicUrl(frame, urls.service(lang, view.service)))}
        ${takeSection(lang, [
          { href: urls.apiIncidents(topic), text: say(lang, 'place.take-incidents') },
          { href: urls.asCsv(urls.apiIncidents(topic)), text: say(lang, 'place.take-table') },
          { href: urls.feed(lang, topic), text: say(lang, 'place.take-feed') },
          { href: urls.embed(lang, topic), text: say(lang, 'place.take-embed') },
          { href: urls.subscribe(lang, { services: [topic.service] }), text: say(lang, 'subscribe.about-service') },
          ...(view.card === undefined || frame.medium !== 'live'
            ? []
            : [{ href: view.card, text: say(lang, 'place.take-card'), note: '1200 × 630' }]),
        ])}`,
  }
}

function tested(lang: Lang, { tested: found }: ServiceView): Markup {
  const heading = say(lang, 'place.tested')
  if (found === undefined) return section('tested', heading, '', html`<p>${say(lang, 'place.tested-unlisted')}</p>`)
  const { tier, comparison, endpoints } = found
  const table = html`<table class="tbl">
    <tbody>
      ${endpoints.map(
        ({ host, use, checks, core }) =>
          html`<tr>
            <th scope="row" class="any">${host}</th>
            <td>${say(lang, `place.endpoint.${use}`)}</td>
            <td>
              ${checks === undefined ? say(lang, 'place.not-measured') : core === true ? say(lang, 'place.core') : ''}
            </td>
          </tr>`,
      )}
    </tbody>
  </table>`
  return section(
    'tested',
    heading,
    say(lang, 'place.tested-about'),
    html`<p>
        ${say(lang, `place.tier.${tier}`)} ${comparison ? say(lang, 'place.comparison') : ''}
        <a href="${urls.plain(lang, 'method')}">${say(lang, 'menu.method')}</a>
      </p>
      ${fold(say(lang, 'place.endpoints', { count: endpoints.length }), scrolled(heading, table))}`,
  )
}

const record = (lang: Lang, { record: found }: ServiceView): Markup =>
  section(
    'record',
    say(lang, 'place.record'),
    say(lang, 'place.record-about'),
    found.length === 0
      ? html`<p>${say(lang, 'place.record-none')}</p>`
      : html`<ul class="plain">
          ${found.map(
            ({ href, when, text }) => html`<li><span class="v">${when}:</span> <a href="${href}">${text}</a></li>`,
          )}
        </ul>`,
  )
