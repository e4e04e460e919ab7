import { html } from 'hono/html'
import type { Incident } from '../../model/incident.ts'
import { say } from '../../text/format.ts'
import {
  edgeText,
  goesOn,
  headline,
  headlineState,
  networkText,
  timesText,
  type NamedIncident,
} from '../../text/incident-sentence.ts'
import type { Lang } from '../../text/lang.ts'
import { formatNumber } from '../../text/number.ts'
import { formatDateTime, HOME_ZONE } from '../../text/time.ts'
import { urls } from '../urls.ts'
import { scrolled } from './fold.ts'
import { incidentMark } from './incident-view.ts'
import { simulatedTag, type Page } from './layout.ts'
import { mark, type Markup } from './mark.ts'

/** A later revision and the one it replaced. */
export interface Correction extends NamedIncident {
  readonly before?: Incident
}

/** Fields a reader sees, each as text, so that what changed is what was read. */
const FIELDS = {
  state: (lang, one) => say(lang, `incident.state.${headlineState(one)}`),
  start: (lang, one) => edgeText(lang, one.start, { side: 'start', zone: HOME_ZONE }),
  end: (lang, one) => edgeText(lang, one.end, { side: 'end', zone: HOME_ZONE, running: goesOn(one) }),
  devices: (lang, one) =>
    say(lang, 'cell.of', { count: formatNumber(lang, one.probesFailed), total: formatNumber(lang, one.probes) }),
  weight: (lang, one) => timesText(lang, one.cause.log10Lr),
  mechanism: (lang, one) =>
    one.mechanism === undefined ? say(lang, 'value.not-recorded') : say(lang, `mechanism.${one.mechanism}`),
  running: (lang, one) => say(lang, one.running ? 'corrections.yes' : 'corrections.no'),
  withdrawn: (lang, one) => say(lang, one.withdrawn ? 'corrections.yes' : 'corrections.no'),
} satisfies Record<string, (lang: Lang, one: Incident) => string>

const NAMES = ['state', 'start', 'end', 'devices', 'weight', 'mechanism', 'running', 'withdrawn'] as const

/** Every revision after the first, newest first: what changed, when and why. */
export function correctionsPage(lang: Lang, list: readonly Correction[]): Page {
  const title = say(lang, 'corrections.title')
  return {
    lang,
    title: `${title} · Kuager`,
    simulated: list.some(({ incident }) => incident.simulated),
    inLang: (other) => urls.corrections(other),
    body: () =>
      html`<div class="ttl">
          <h1>${title}</h1>
          <p>${say(lang, 'corrections.about')}</p>
        </div>
        ${
          list.length === 0
            ? html`<p class="back">${say(lang, 'corrections.none')}</p>`
            : list.map((one, index) => correction(lang, one, index))
        }`,
  }
}

function correction(lang: Lang, one: Correction, index: number): Markup {
  const { incident } = one
  const label = `correction-${index}`
  return html`<section class="sec side" aria-labelledby="${label}">
    <div class="head">
      <h2 id="${label}">${formatDateTime(lang, incident.revisedAt)}</h2>
      <p>
        ${simulatedTag(lang, incident.simulated)}${say(lang, 'incident.revision')}:
        ${formatNumber(lang, incident.revision)}
      </p>
    </div>
    <div>
      <ul class="rows">
        <li>
          <a href="${urls.incident(lang, incident.id)}"
            >${mark(incidentMark(incident))}<span><b>${headline(lang, one)}</b></span></a
          >
          <p class="q">${say(lang, 'incident.network', { network: networkText(lang, one) })}</p>
        </li>
      </ul>
      <p class="after">
        ${say(lang, 'incident.revision-why')}: ${say(lang, `incident.reason.${incident.reason}`)}.
        ${incident.note === undefined ? '' : incident.note}
      </p>
      ${one.before === undefined ? '' : changes(lang, one.before, incident)}
    </div>
  </section>`
}

function changes(lang: Lang, before: Incident, now: Incident): Markup {
  const changed = NAMES.flatMap((name) => {
    const [was, is] = [FIELDS[name](lang, before), FIELDS[name](lang, now)]
    return was === is ? [] : [{ name, was, is }]
  })
  if (changed.length === 0) return html`<p class="q">${say(lang, 'corrections.unchanged')}</p>`
  return scrolled(
    say(lang, 'corrections.title'),
    html`<table class="tbl">
      <thead>
        <tr>
          <th scope="col"><span class="vh">${say(lang, 'corrections.title')}</span></th>
          <th scope="col">${say(lang, 'corrections.was')}</th>
          <th scope="col">${say(lang, 'corrections.now')}</th>
        </tr>
      </thead>
      <tbody>
        ${changed.map(
          ({ name, was, is }) =>
            html`<tr>
              <th scope="row">${say(lang, `corrections.field.${name}`)}</th>
              <td>${was}</td>
              <td><b>${is}</b></td>
            </tr>`,
        )}
      </tbody>
    </table>`,
  )
}
