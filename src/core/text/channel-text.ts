import type { TakenIncident } from '../model/incident/review.ts'
import { say } from './format.ts'
import { quotable } from './sentence/incident-quote.ts'
import { takenText } from './sentence/review.ts'
import { networkText, type NamedIncident } from './sentence/incident.ts'
import type { Lang } from './lang.ts'

/**
 * The quotable paragraph as plain text for a channel or a messenger: with its check code and the address that leads
 * back, each on a line of its own. At most 900 letters for what is published today.
 */
export const channelText = (
  lang: Lang,
  named: NamedIncident,
  { address, code, taken }: { readonly address: string; readonly code: string; readonly taken?: TakenIncident },
): string =>
  [
    taken?.kind === 'held' ? heldText(lang, named, taken) : quotable(lang, named),
    `${say(lang, 'incident.code')}: ${code}`,
    address,
    '',
  ].join('\n')

/** Instead of the paragraph of an incident on hold: that it is, since when, until when and why. */
function heldText(lang: Lang, named: NamedIncident, taken: TakenIncident): string {
  const { title, lines } = takenText(lang, taken, named.serviceName)
  const simulated = named.incident.simulated ? [say(lang, 'incident.simulated')] : []
  const { id, revision } = named.incident
  const where = say(lang, 'incident.network', { network: networkText(lang, named) })
  return [...simulated, `${title}. ${where}.`, ...lines, say(lang, 'incident.source', { id, revision })].join(' ')
}
