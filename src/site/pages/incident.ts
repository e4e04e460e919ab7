import { html } from 'hono/html'
import { say } from '../../text/format.ts'
import { headline, networkText } from '../../text/incident-sentence.ts'
import type { Lang } from '../../text/lang.ts'
import { urls, type IncidentChoice } from '../urls.ts'
import { renderAnswers, renderQuotation, renderTitle } from './incident-answer.ts'
import { renderFigure } from './incident-figure.ts'
import {
  renderCitation,
  renderGaps,
  renderImpact,
  renderMeasurements,
  renderOpinions,
  renderOthers,
  renderRevisions,
  renderStatements,
} from './incident-ground.ts'
import type { IncidentView } from './incident-view.ts'
import { renderChange, renderPrior, renderWeight } from './incident-weight.ts'
import type { Page } from './layout.ts'

/** The page of one incident: the answer, then its grounds, then what would change it and where it comes from. */
export function incidentPage(lang: Lang, view: IncidentView): Page {
  const { incident } = view
  const chosen: IncidentChoice = {
    ...(view.prior === '1:1' ? {} : { prior: view.prior }),
    ...(incident.revision === view.newest ? {} : { revision: String(incident.revision) }),
  }
  return {
    lang,
    title: `${headline(lang, view)}. ${networkText(lang, view)} · Kuager`,
    simulated: incident.simulated,
    inLang: (other) => urls.incident(other, incident.id, chosen),
    data: urls.apiIncident(incident.id, incident.revision),
    body: () =>
      html`<nav class="crumb" aria-label="${say(lang, 'page.crumbs')}">
          <a href="${urls.incidents(lang)}">${say(lang, 'incidents.title')}</a>
          <a href="${urls.incidents(lang, { service: incident.service })}">${view.serviceName}</a>
          <a href="${urls.incidents(lang, { network: `AS${incident.asn}` })}">AS${incident.asn}</a>
        </nav>
        ${renderTitle(lang, view)} ${renderAnswers(lang, view)} ${renderQuotation(lang, view)}
        ${renderFigure(lang, view)} ${renderWeight(lang, view)} ${renderPrior(lang, view)} ${renderChange(lang, view)}
        ${renderOpinions(lang, view)} ${renderGaps(lang, view)} ${renderImpact(lang, view)}
        ${renderStatements(lang, view)} ${renderOthers(lang, view)} ${renderMeasurements(lang, view)}
        ${renderRevisions(lang, view)} ${renderCitation(lang, view)}`,
  }
}
