import { lastKnown } from '../../../core/model/incident/bounds.ts'
import { relatedPages } from '../../parts/related.ts'
import { crumbs } from '../../parts/crumbs.ts'
import { html } from 'hono/html'
import { formatAsn } from '../../../core/model/units.ts'
import { say } from '../../../core/text/format.ts'
import { dateText, headline, networkText } from '../../../core/text/sentence/incident.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { urls, type IncidentChoice } from '../../urls.ts'
import { renderAnswers, renderQuotation, renderTitle } from './answer.ts'
import { renderFigure } from './figure.ts'
import { renderChecks, renderImpact } from './checks.ts'
import { renderNotices, renderOthers } from './others.ts'
import { renderReview } from './review.ts'
import { renderCitation, renderMeasurements, renderRevisions } from './sources.ts'
import type { IncidentView } from './shown.ts'
import { renderTake } from './take.ts'
import { renderChange, renderPrior, renderWeight } from './weight.ts'
import type { Page } from '../../parts/layout.ts'
import { COPY_SCRIPT } from '../../parts/say-it.ts'

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
    description: `${say(lang, 'incident.network', { network: networkText(lang, view) })}. ${dateText(lang, incident)}`,
    data: urls.apiIncident(incident.id, incident.revision === view.newest ? undefined : incident.revision),
    ...(view.hasCard ? { card: urls.incidentCard(lang, incident.id, incident.revision) } : {}),
    related: relatedPages(lang, {
      service: { id: incident.service, name: view.serviceName },
      network: { asn: incident.asn, name: view.networkName },
      at: lastKnown(incident) ?? incident.revisedAt,
      self: '',
    }),
    scripts: ['charts.js', COPY_SCRIPT],
    feed: urls.feed(lang, { service: incident.service }),
    share: urls.incident(lang, incident.id, chosen),
    body: (frame) =>
      html`${crumbs(lang, [
          { href: urls.incidents(lang), text: say(lang, 'incidents.title') },
          { href: urls.service(lang, incident.service), text: view.serviceName },
          { href: urls.network(lang, incident.asn), text: formatAsn(incident.asn) },
        ])}
        ${renderTitle(lang, view)} ${renderAnswers(lang, view)}
        ${view.review.standing === 'held' ? '' : renderQuotation(lang, view, frame)} ${renderFigure(lang, view)}
        ${renderTake(lang, view, frame)} ${renderWeight(lang, view)}
        <div class="parts">
          ${renderPrior(lang, view, frame)} ${renderChange(lang, view)} ${renderOthers(lang, view)}
          ${renderNotices(lang, view)} ${renderChecks(lang, view)} ${renderImpact(lang, view)}
          ${renderReview(lang, view.review)} ${renderRevisions(lang, view, frame)}
          ${renderMeasurements(lang, view, frame)} ${renderCitation(lang, view, frame)}
        </div>`,
  }
}
