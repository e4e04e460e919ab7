import { channelText } from '../../core/text/channel-text.ts'
import { capitalise, say } from '../../core/text/format.ts'
import { oneSentence } from '../../core/text/sentence/incident-quote.ts'
import { networkText } from '../../core/text/sentence/incident.ts'
import type { Lang } from '../../core/model/tables/langs.ts'
import type { NewsKind } from '../../core/model/people/subscription.ts'
import type { TellableIncident } from '../news.ts'
import { kindText, type NewsTextOptions } from '../texts.ts'

/** Characters as a reader counts them. */
export const lengthOf = (text: string): number => [...text].length

interface PostAsked {
  readonly lang: Lang
  readonly kind: NewsKind
  readonly most: number
}

/**
 * A post about one incident: the longest text that fits, none of them cut. The whole quotation where there is room, else
 * the one sentence; both with check code and address.
 */
export async function postText(
  { sayable, pages }: NewsTextOptions,
  incident: TellableIncident,
  { lang, kind, most }: PostAsked,
): Promise<string> {
  const { named, code } = await sayable(incident)
  const address = pages.incident(lang, incident.id)
  const heading = capitalise(lang, kindText(lang, kind, named.incident))
  const whole = channelText(lang, named, { address, code }).trim()
  const sentence = `${oneSentence(lang, named, code)}\n${address}`
  const names = `${named.serviceName}, ${networkText(lang, named)} (Kuager, ${code}).\n${address}`
  const isNew = kind === 'started' || kind === 'found'
  const fitting = [
    `${heading}\n${whole}`,
    ...(isNew ? [whole] : []),
    `${heading}\n${sentence}`,
    ...(isNew ? [sentence] : []),
  ].find((text) => lengthOf(text) <= most)
  const simulated = named.incident.simulated ? `${say(lang, 'incident.simulated')} ` : ''
  return fitting ?? `${simulated}${heading}: ${names}`
}

/** A post about many new incidents at once: how many, of which services on which networks, and where they are. */
export async function manyText(
  { sayable, pages }: NewsTextOptions,
  incidents: readonly TellableIncident[],
  { lang, most }: Omit<PostAsked, 'kind'>,
): Promise<string> {
  const all = await Promise.all(incidents.map(sayable))
  const bySevice = Map.groupBy(all, ({ named }) => named.serviceName)
  const simulated = all.some(({ named }) => named.incident.simulated)
  const text = (list: string): string =>
    [
      ...(simulated ? [say(lang, 'incident.simulated')] : []),
      say(lang, 'news.post-many', { count: all.length, list }),
      pages.incidents(lang),
    ].join('\n')
  const detailed = [...bySevice]
    .map(([service, some]) => `${service} (${some.map(({ named }) => networkText(lang, named)).join(', ')})`)
    .join('; ')
  const short = [...bySevice.keys()].slice(0, 8).join(', ')
  return lengthOf(text(detailed)) <= most ? text(detailed) : text(short)
}
