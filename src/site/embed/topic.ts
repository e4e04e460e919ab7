import { serviceName, type Names } from '../../core/text/names.ts'
import { formatAsn, parseAsn } from '../../core/model/units.ts'
import type { Lang } from '../../core/text/lang.ts'
import { networkLabel } from '../../core/text/sentence/verdict.ts'
import { urls, type Topic } from '../urls.ts'

const SERVICE = /^(?:[a-z][a-z0-9-]{0,62}|(?:web|test):[\x21-\x7e]{1,260})$/

/** Reads `s/youtube` or `n/AS9198` of an address; undefined for anything else. */
export function readTopic(path: string): Topic | undefined {
  const [kind, ...rest] = path.split('/')
  const word = rest.join('/')
  if (kind === 's') return SERVICE.test(word) ? { service: word } : undefined
  return kind === 'n' && /^AS(?:0|[1-9]\d{0,8})$/.test(word) ? { asn: parseAsn(word) } : undefined
}

/** Name of a topic for people. */
export const topicName = (lang: Lang, topic: Topic, names: Names): string =>
  'service' in topic ? serviceName(names, topic.service) : networkLabel(lang, topic.asn, names.networkName(topic.asn))

/** Its page. */
export const topicPage = (lang: Lang, topic: Topic): string =>
  'service' in topic ? urls.service(lang, topic.service) : urls.network(lang, topic.asn)

/** The same as a word of an id. */
export const topicWord = (topic: Topic): string =>
  'service' in topic ? `s/${encodeURIComponent(topic.service)}` : `n/${formatAsn(topic.asn)}`
