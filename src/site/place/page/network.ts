import { relatedPages } from '../../parts/related.ts'
import { crumbs } from '../../parts/crumbs.ts'
import { html } from 'hono/html'
import type { Markup } from '../../../web/html/markup.ts'
import type { Network } from '../../../core/model/tables/tables.ts'
import { formatAsn, parseInstant, type Asn } from '../../../core/model/units.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatNumber } from '../../../core/text/number.ts'
import { formatDate } from '../../../core/text/time.ts'
import { urls } from '../../urls.ts'
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

/** All services on one network. */
export interface NetworkView extends PlaceView {
  readonly asn: Asn
  /** Its name, where any is known. */
  readonly name?: string
  /** What the table knows of it. */
  readonly network?: Network
  /** Other measured networks of the same owner. */
  readonly sameOwner: readonly { readonly asn: Asn; readonly name: string }[]
  /** Devices that measured in the last three hours at least. */
  readonly devices: number
  /** Measurements and days with data, of so many days. */
  readonly measurements: number
  readonly daysWithData: number
  readonly days: number
  /** Sites measured there that the page leaves out. */
  readonly hidden: number
  /** Measurements from unknown senders, in the same days. */
  readonly apart: number
}

/** The page of a network: what opens there, incidents, days, and what network it is. */
export function networkPage(lang: Lang, view: NetworkView): Page {
  const number = formatAsn(view.asn)
  const { name } = view
  const subject = name ?? number
  const answer = placeAnswer(lang, subject, { rows: view.rows, kind: 'services' })
  const topic = { asn: view.asn }
  return {
    lang,
    title: `${say(lang, 'place.network-title', { network: name === undefined ? number : `${name} (${number})` })} · Kuager`,
    simulated: view.simulated,
    description: answer.text,
    inLang: (other) => urls.network(other, view.asn, view.page),
    data: urls.apiIncidents({ network: number }),
    feed: urls.feed(lang, topic),
    share: urls.network(lang, view.asn),
    related: [
      ...relatedPages(lang, { network: { asn: view.asn, name }, at: view.asOf, self: urls.network(lang, view.asn) }),
      ...view.sameOwner.map((one) => ({
        href: urls.network(lang, one.asn),
        text: one.name === '' ? formatAsn(one.asn) : one.name,
      })),
    ],
    scripts: [COPY_SCRIPT, STRIPS_SCRIPT, CHART_SCRIPT],
    body: (frame) =>
      html`${crumbs(lang)}
        <div class="ttl">
          <h1>${mark(answer.state)}<span>${answer.text}</span></h1>
          <p>${asOfText(lang, view)}</p>
          ${note(lang, view)}
        </div>
        ${section(
          'now',
          say(lang, 'place.by-service'),
          tagged(lang, view.simulated, say(lang, 'place.by-network-about')),
          view.measurements === 0 && view.rows.every(({ latest }) => latest === undefined)
            ? html`<p>${say(lang, 'place.never')}</p>`
            : html`${stateRows(lang, view)}
              ${
                view.hidden === 0
                  ? ''
                  : html`<p class="after">
                      ${say(lang, 'place.more-sites', { count: view.hidden })}
                      <a href="${urls.matrix(lang)}">${say(lang, 'first.matrix')}</a>
                    </p>`
              }`,
        )}
        ${runningSection(lang, view, { network: false })} ${peopleSection(lang, view.people, 'services')}
        ${stripSection(lang, view, { of: 'service', frame })} ${hoursSection(lang, view.hours, view.takeHours)}
        ${pastSection(lang, view, { frame, network: false, href: (page) => urls.network(lang, view.asn, page) })}
        ${facts(lang, view)}
        ${saySection(lang, { ...view, answer: answer.text }, publicUrl(frame, urls.network(lang, view.asn)))}
        ${takeSection(lang, [
          { href: urls.apiIncidents({ network: number }), text: say(lang, 'place.take-incidents') },
          { href: urls.asCsv(urls.apiIncidents({ network: number })), text: say(lang, 'place.take-table') },
          { href: urls.feed(lang, topic), text: say(lang, 'place.take-feed') },
          { href: urls.embed(lang, topic), text: say(lang, 'place.take-embed') },
          { href: urls.subscribe(lang, { networks: [number] }), text: say(lang, 'subscribe.about-network') },
        ])}`,
  }
}

/** A network of servers, or of an organisation, does not show what people see: said below the heading. */
function note(lang: Lang, { network }: NetworkView): Markup {
  const use = network?.use ?? 'unknown'
  return use === 'access' ? html`` : html`<p class="warn">${say(lang, `place.use-note.${use}`)}</p>`
}

function facts(lang: Lang, view: NetworkView): Markup {
  const { network } = view
  const pair = (label: string, value: Markup | string): Markup =>
    html`<div>
      <dt>${label}</dt>
      <dd>${value}</dd>
    </div>`
  return section(
    'network',
    say(lang, 'place.network'),
    '',
    html`<dl class="pairs">
        ${pair(say(lang, 'place.number'), formatAsn(view.asn))}
        ${pair(say(lang, 'place.owner'), network?.owner ?? say(lang, 'place.owner-unknown'))}
        ${pair(say(lang, 'place.kind'), say(lang, `place.use.${network?.use ?? 'unknown'}`))}
        ${pair(
          say(lang, 'place.probes-now'),
          view.devices === 0 ? '0' : say(lang, 'incident.at-least', { value: view.devices }),
        )}
        ${pair(say(lang, 'place.measurements-month'), formatNumber(lang, view.measurements))}
        ${pair(
          say(lang, 'place.days-with-data'),
          say(lang, 'place.days-of', { count: view.daysWithData, total: view.days }),
        )}
        ${
          view.apart === 0
            ? ''
            : pair(say(lang, 'place.apart'), `${formatNumber(lang, view.apart)}. ${say(lang, 'place.apart-about')}`)
        }
        ${
          view.sameOwner.length === 0
            ? ''
            : pair(
                say(lang, 'place.same-owner'),
                html`${view.sameOwner.map(
                  ({ asn, name }) =>
                    html`<a class="v" href="${urls.network(lang, asn)}"
                      >${name} <span class="nw">${formatAsn(asn)}</span></a
                    > `,
                )}`,
              )
        }
      </dl>
      ${
        network === undefined
          ? ''
          : html`<p class="sm q after">
              ${say(lang, 'place.owner-source', {
                source: network.source,
                date: formatDate(lang, parseInstant(network.checked_at), 'UTC'),
              })}
            </p>`
      }`,
  )
}
