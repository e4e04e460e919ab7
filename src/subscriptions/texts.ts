import { channelText } from '../core/text/channel-text.ts'
import { capitalise, say } from '../core/text/format.ts'
import { serviceName, type Names } from '../core/text/names.ts'
import { networkText, type NamedIncident } from '../core/text/sentence/incident.ts'
import { oneSentence } from '../core/text/sentence/incident-quote.ts'
import { CONFIRM_HOURS, REGION_HOURS, type NewsKind, type Topics } from '../core/model/people/subscription.ts'
import type { Incident } from '../core/model/incident/incident.ts'
import { formatDateTime } from '../core/text/time.ts'
import type { Lang } from '../core/model/tables/langs.ts'
import { formatAsn, type Asn } from '../core/model/units.ts'
import type { NewsItem, TellableIncident } from './news.ts'

/** Things that are said whole, with what speaks against them; of more than these one sentence each. */
const MOST_WHOLE = 3
/** Things that one mail says; the rest is counted. */
const MOST_ITEMS = 15
/** Letters of a subject with names; longer ones become a count. */
const MOST_SUBJECT = 150
/** Corrections first: what they take back was believed meanwhile. */
const ORDER = [
  'withdrawn',
  'changed',
  'restored',
  'ended',
  'unseen',
  'started',
  'found',
  'reports',
] as const satisfies readonly [...NewsKind[], 'reports']

/** An incident with what is needed to say it: as the site says it now, and the check code of its revision. */
export interface SayableIncident {
  readonly named: NamedIncident
  readonly code: string
}

export interface NewsTextOptions {
  readonly names: Names
  /** Gives what is to be said about an incident. */
  readonly sayable: (incident: TellableIncident) => Promise<SayableIncident>
  /** Whole addresses of pages. */
  readonly pages: {
    incident(lang: Lang, id: string): string
    incidents(lang: Lang): string
    region(lang: Lang, region: string): string
    subscribe(lang: Lang): string
    confirm(lang: Lang, link: string): string
    leave(lang: Lang, link: string): string
  }
  /** Whether everything of this site is simulated: said in each subject and first line. */
  readonly simulated: boolean
}

/** Subject and plain text of a mail. */
export interface MailText {
  readonly subject: string
  readonly text: string
}

const networkName = (names: Names, asn: Asn): string => {
  const name = names.networkName(asn)
  return name === undefined ? formatAsn(asn) : `${name} (${formatAsn(asn)})`
}

/** What was chosen, one line for each kind. */
export function topicLines(lang: Lang, { services, networks, regions }: Topics, names: Names): readonly string[] {
  const onlyRegions = services.length === 0 && networks.length === 0 && regions.length > 0
  const list = (values: readonly string[]): { readonly list: string } => ({ list: values.join(', ') })
  return [
    services.length > 0
      ? say(lang, 'subscribe.topics.services', list(services.map((one) => serviceName(names, one))))
      : say(lang, 'subscribe.topics.all-services'),
    ...(onlyRegions
      ? []
      : [
          networks.length > 0
            ? say(lang, 'subscribe.topics.networks', list(networks.map((one) => networkName(names, one))))
            : say(lang, 'subscribe.topics.all-networks'),
        ]),
    ...(regions.length > 0
      ? [say(lang, 'subscribe.topics.regions', list(regions.map((one) => say(lang, `region.${one}`))))]
      : []),
  ]
}

/** The mail with the link that confirms. */
export function confirmationMail(
  { names, pages, simulated }: NewsTextOptions,
  topics: Topics,
  { lang, link }: { readonly lang: Lang; readonly link: string },
): MailText {
  const text = say(lang, 'news.confirm', {
    topics: topicLines(lang, topics, names).join('\n'),
    link: pages.confirm(lang, link),
    hours: CONFIRM_HOURS,
  })
  const subject = say(lang, 'news.confirm-subject')
  if (!simulated) return { subject, text }
  return {
    subject: `${say(lang, 'page.simulated-tag')}. ${subject}`,
    text: `${say(lang, 'incident.simulated')}\n\n${text}`,
  }
}

/** Kind of a thing, as a heading; where data stopped, since when. */
export function kindText(lang: Lang, kind: NewsItem['kind'], incident?: Incident): string {
  const [last, next] = incident?.end.bracket ?? []
  if (kind === 'unseen' && last !== undefined && next === undefined)
    return say(lang, 'news.kind.unseen-since', { at: formatDateTime(lang, last) })
  return say(lang, `news.kind.${kind}`)
}

/**
 * The mail that tells these things: whole paragraphs of up to three, one sentence each of more, with check code and
 * address. The first line of what is simulated says so.
 */
export async function newsMail(
  options: NewsTextOptions,
  items: readonly NewsItem[],
  { lang, leave }: { readonly lang: Lang; readonly leave: string },
): Promise<MailText> {
  const { pages } = options
  const ordered = items.toSorted((one, other) => ORDER.indexOf(one.kind) - ORDER.indexOf(other.kind))
  const shown = ordered.slice(0, MOST_ITEMS)
  const isWhole = ordered.length <= MOST_WHOLE
  const said = await Promise.all(shown.map((item) => itemText(options, item, { lang, isWhole })))
  const simulated = options.simulated || said.some((one) => one.simulated)
  const left = ordered.length - shown.length
  const [only] = said
  const single =
    only === undefined || ordered.length > 1
      ? undefined
      : say(lang, 'news.about', { ...only.about, kind: only.heading })
  const what =
    single === undefined || single.length > MOST_SUBJECT ? say(lang, 'news.many', { count: ordered.length }) : single
  const parts = [
    ...(simulated ? [say(lang, 'incident.simulated')] : []),
    ...said.map(({ heading, text }) => `${capitalise(lang, heading)}\n${text}`),
    ...(left > 0 ? [say(lang, 'news.more', { count: left, link: pages.incidents(lang) })] : []),
    say(lang, 'say.place-about'),
    [
      '-- ',
      say(lang, 'news.why-short'),
      say(lang, 'news.leave', { link: pages.leave(lang, leave) }),
      say(lang, 'news.change', { link: pages.subscribe(lang) }),
      '',
    ].join('\n'),
  ]
  return {
    subject: say(lang, simulated ? 'news.subject-simulated' : 'news.subject', { what }),
    text: parts.join('\n\n'),
  }
}

interface SaidItem {
  readonly heading: string
  readonly text: string
  readonly simulated: boolean
  readonly about: { readonly service: string; readonly place: string }
}

async function itemText(
  { names, sayable, pages }: NewsTextOptions,
  item: NewsItem,
  { lang, isWhole }: { readonly lang: Lang; readonly isWhole: boolean },
): Promise<SaidItem> {
  if (item.kind === 'reports') {
    const { region, count, service } = item.reports
    const about = { service: serviceName(names, service), region: say(lang, `region.${region}`) }
    const text = say(lang, 'news.reports', { ...about, count, hours: REGION_HOURS })
    return {
      heading: kindText(lang, 'reports'),
      text: `${text}\n${pages.region(lang, region)}`,
      simulated: false,
      about: { service: about.service, place: about.region },
    }
  }
  const { named, code } = await sayable(item.incident)
  const address = pages.incident(lang, item.incident.id)
  return {
    heading: kindText(lang, item.kind, named.incident),
    text: isWhole
      ? channelText(lang, named, { address, code }).trim()
      : `${oneSentence(lang, named, code)}\n${address}`,
    simulated: named.incident.simulated,
    about: { service: named.serviceName, place: networkText(lang, named) },
  }
}
