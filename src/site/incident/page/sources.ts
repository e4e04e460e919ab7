import { html } from 'hono/html'
import { anchor, lastKnown } from '../../../core/model/incident/bounds.ts'
import type { Markup } from '../../../web/html/markup.ts'
import type { Incident } from '../../../core/model/incident/incident.ts'
import type { Sha256 } from '../../../core/model/units.ts'
import { say } from '../../../core/text/format.ts'
import { dateText, networkText, noteText, pastHeadline } from '../../../core/text/sentence/incident.ts'
import { verdictLine } from '../../../core/text/sentence/incident-verdict.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatNumber } from '../../../core/text/number.ts'
import { formatDateTime, HOME_ZONE } from '../../../core/text/time.ts'
import { homeDay } from '../../../core/text/home-day.ts'
import type { PublishedBundle } from '../published-bundles.ts'
import { urls, type Days } from '../../urls.ts'
import { fold, scrolled } from '../../../web/html/fold.ts'
import { publicUrl, type Frame } from '../../../web/html/frame.ts'
import { ofEdition, type IncidentView } from './shown.ts'
import { part } from '../../../web/html/part.ts'
import { commands } from '../../../web/html/prose.ts'

/** Ids shown at once; the files have them all. */
const MOST_IDS = 200

/** Links to the measurements themselves, to the series of those days, and to files of both. */
export function renderMeasurements(lang: Lang, view: IncidentView, frame: Frame): Markup {
  const { incident } = view
  const count = formatNumber(lang, incident.measurements.length)
  // A copy has no days to choose: there the series stands as it was when the copy was made.
  // A page of its own has the bundles where they are made for the asking.
  const hasDesk = view.hasDesk && frame.medium === 'live'
  const days = frame.medium === 'live' ? daysOf(incident) : undefined
  return part({
    id: 'measurements',
    heading: say(lang, 'incident.measurements'),
    answer:
      incident.measurements.length === 0
        ? say(lang, 'incident.measurements-none')
        : ofEdition(lang, incident, say(lang, 'incident.measurements-about', { count })),
    body: html`${
        incident.measurements.length === 0 ? '' : html`<p class="sm q">${say(lang, 'incident.measurements-part')}</p>`
      }
      <ul class="dl">
        <li>
          <a href="${urls.series(lang, incident.service, incident.asn, days)}"
            >${say(lang, 'incident.measurements-all')}</a
          >
        </li>
        <li>
          <a href="${dataAddress(view, frame)}">${say(lang, 'incident.json')}</a>
        </li>
        ${
          frame.medium === 'one-file' || incident.measurements.length === 0
            ? ''
            : html`<li>
                <a href="${urls.apiIncidentMeasurements(incident.id, 'csv')}">${say(lang, 'incident.csv')}</a>
              </li>`
        }
        ${
          frame.medium !== 'live' || incident.measurements.length === 0
            ? ''
            : html`<li>
                <a href="${urls.apiIncidentMeasurements(incident.id, 'jsonl')}">${say(lang, 'incident.jsonl')}</a>
              </li>`
        }
        ${
          hasDesk
            ? html`<li><a href="${urls.bundleOrder(lang, incident.id)}">${say(lang, 'bundle-order.link')}</a></li>`
            : view.bundles.map((bundle) => bundleLine(lang, incident.revision, bundle))
        }
      </ul>
      ${hasDesk ? '' : bundleCheck(lang, view.bundles)}
      ${
        incident.measurements.length === 0
          ? ''
          : fold(
              `${say(lang, 'series.measurements')}: ${count}`,
              html`<ol class="ids">
                ${incident.measurements
                  .slice(0, MOST_IDS)
                  .map((id) => html`<li><a class="mono" href="${urls.measurement(lang, id)}">${short(id)}</a></li>`)}
              </ol>`,
            )
      }`,
  })
}

const MEGA = 1_000_000

/** A bundle with its size, and whether its revision is older than the one that is shown. */
export const bundleLine = (lang: Lang, shown: number, { name, madeAt, bytes, incident }: PublishedBundle): Markup => {
  const size = say(lang, 'proof-page.tool.size', { size: formatNumber(lang, bytes / MEGA, 1) })
  const revision = incident === undefined ? '' : `, ${say(lang, 'edition.bundle-of', { revision: incident.revision })}`
  return html`<li>
    <a href="${urls.bundle(name)}"
      >${say(lang, 'proof-page.bundle.file', { at: formatDateTime(lang, madeAt) })}${revision} (${size})</a
    >
    ${incident !== undefined && incident.revision < shown ? say(lang, 'edition.bundle-older') : ''}
  </li>`
}

/** What a bundle is for, how it is checked, and by which digest two readers know that they hold the same file. */
export const bundleCheck = (lang: Lang, bundles: readonly PublishedBundle[]): Markup =>
  bundles.length === 0
    ? html``
    : html`<p class="after">${say(lang, 'proof-page.bundle.about')}</p>
        ${fold(
          say(lang, 'proof-page.bundle.how'),
          html`${commands(
              lang,
              bundles.flatMap(({ name, sha512 }) => [
                `echo "${sha512}  ${name}.zip" | sha512sum -c`,
                `npx kuager verify ${name}.zip`,
              ]),
            )}
            <p><a class="tap" href="${urls.plain(lang, 'verify')}#bundle">${say(lang, 'menu.verify')}</a></p>`,
        )}`

/** Address of the bytes that the digest is about: of this very revision where a server can be asked for it. */
const dataAddress = ({ incident }: IncidentView, { medium }: Frame): string =>
  urls.apiIncident(incident.id, medium === 'live' ? incident.revision : undefined)

const short = (id: Sha256): string => id.slice(0, 16)

function daysOf(incident: Incident): Days | undefined {
  const [from, until] = [anchor(incident), lastKnown(incident)]
  return from === undefined ? undefined : { since: homeDay(from), until: homeDay(until ?? from) }
}

/** Every revision with its reason; nothing that was published disappears. */
export function renderRevisions(lang: Lang, view: IncidentView, frame: Frame): Markup {
  const { incident, revisions } = view
  const last = `${say(lang, 'incident.revision')}: ${formatNumber(lang, incident.revision)}. ${formatDateTime(lang, incident.revisedAt)}, ${say(lang, `incident.reason.${incident.reason}`)}.`
  const heading = say(lang, 'incident.revisions')
  if (revisions.length === 1)
    return part({ id: 'revisions', heading, answer: `${last} ${say(lang, 'incident.no-corrections')}` })
  return part({
    id: 'revisions',
    heading,
    answer: last,
    body: scrolled(
      say(lang, 'incident.revisions'),
      html`<table class="tbl">
        <thead>
          <tr>
            <th scope="col">${say(lang, 'incident.revision')}</th>
            <th scope="col">${say(lang, 'incident.revised-at')}</th>
            <th scope="col">${say(lang, 'incident.revision-why')}</th>
          </tr>
        </thead>
        <tbody>
          ${revisions.map((one) => {
            const number = formatNumber(lang, one.revision)
            const address = urls.incident(lang, one.id, { revision: String(one.revision) })
            return html`<tr>
              <th scope="row">
                ${
                  one.revision === incident.revision
                    ? html`<b aria-current="true">${number}</b>`
                    : frame.medium === 'live'
                      ? html`<a href="${address}">${number}</a>`
                      : number
                }
              </th>
              <td>${formatDateTime(lang, one.revisedAt)}</td>
              <td>
                ${say(lang, `incident.reason.${one.reason}`)}${one.note === undefined ? '' : `. ${noteText(lang, one)}`}
              </td>
            </tr>`
          })}
        </tbody>
      </table>`,
    ),
  })
}

/** A line to cite with its address, the code that leads back, and the digest of the bytes behind it. */
export function renderCitation(lang: Lang, view: IncidentView, frame: Frame): Markup {
  const { incident } = view.quoted
  const pinned = { revision: String(incident.revision) }
  const parts = [
    ...(incident.simulated ? [say(lang, 'incident.simulated').replace(/\.$/, '')] : []),
    'Kuager',
    ...(frame.operator === undefined
      ? []
      : [say(lang, 'incident.cite-publisher', { name: frame.operator.name[lang] })]),
    pastHeadline(lang, view.quoted),
    say(lang, 'incident.network', { network: networkText(lang, view) }),
    dateText(lang, incident, HOME_ZONE).replace(/\.$/, ''),
    // The person who withdrew a conclusion is not cited with it.
    ...(incident.withdrawn ? [] : [verdictLine(lang, incident)]),
    say(lang, 'incident.cite-revision', {
      revision: incident.revision,
      at: formatDateTime(lang, incident.revisedAt),
    }).replace(/\.$/, ''),
    incident.id,
    `${say(lang, 'incident.code')}: ${view.code}`,
  ]
  const detail = (label: string, value: string | Markup): Markup =>
    html`<div>
      <dt>${label}</dt>
      <dd class="mono">${value}</dd>
    </div>`
  return part({
    id: 'cite',
    heading: say(lang, 'incident.cite'),
    answer: `${say(lang, 'incident.code')}: ${view.code}`,
    body: html`<p class="sm q">${say(lang, 'incident.code-about')}</p>
      <p class="cite">
        ${parts.join('. ')}.
        ${publicUrl(frame, urls.incident(lang, incident.id, frame.medium === 'live' ? pinned : {}))}
      </p>
      <dl class="pairs">
        ${detail(
          say(lang, 'incident.code'),
          frame.medium === 'live' ? html`<a href="${urls.code(lang, view.code)}">${view.code}</a>` : view.code,
        )}
        ${detail(say(lang, 'incident.cite-id'), incident.id)} ${detail(say(lang, 'incident.cite-digest'), view.digest)}
      </dl>
      <p class="sm q">
        <span class="v">${say(lang, 'incident.cite-id-about')}</span>
        <span class="v">${say(lang, 'incident.cite-digest-about')}</span>
      </p>
      ${fold(
        say(lang, 'incident.cite-rules'),
        html`<p class="sm q">
          <span class="v">${incident.rulesVersion}.</span>
          <span class="v">${say(lang, 'incident.cite-seed')}: ${String(incident.seed)}.</span>
        </p>`,
      )}`,
  })
}
