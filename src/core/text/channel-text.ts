import { say } from './format.ts'
import { quotable } from './sentence/incident-quote.ts'
import type { NamedIncident } from './sentence/incident.ts'
import type { Lang } from './lang.ts'

/**
 * The quotable paragraph as plain text for a channel or a messenger: with its check code and the address that leads
 * back, each on a line of its own. At most 900 letters for what is published today.
 */
export const channelText = (
  lang: Lang,
  named: NamedIncident,
  { address, code }: { readonly address: string; readonly code: string },
): string => [quotable(lang, named), `${say(lang, 'incident.code')}: ${code}`, address, ''].join('\n')
