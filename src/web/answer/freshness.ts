import { MINUTE_MS, SECOND_MS } from '../../core/model/duration.ts'
import { parseAsn, type Asn } from '../../core/model/units.ts'
import { readSavingKey } from '../request/save-data.ts'
import type { Effort } from '../../runtime/compress.ts'

/** How long an answer is given again before it is made again. */
export interface Freshness {
  /** Milliseconds for which nothing is asked. */
  readonly freshMs: number
  /** How long after that readers are given the old answer while the new one is made; 0: they wait. */
  readonly staleMs: number
  /** The most that `freshMs` grows to for an answer that came out the same again and again. */
  readonly mostFreshMs: number
  /** What it is about: an answer is void as soon as that is published again. */
  readonly follows: 'nothing' | 'journal' | { readonly incident: string }
  /** `own`: of pages of which there are a bounded number; `passing`: of anything that a reader may ask for. */
  readonly shelf: 'own' | 'passing'
  readonly effort: Effort
}

const LASTING = { follows: 'nothing', shelf: 'own', effort: 'quick' } as const

const ASSET: Freshness = {
  ...LASTING,
  freshMs: Infinity,
  staleMs: 0,
  mostFreshMs: Infinity,
  effort: 'thorough',
}
/** What happens now: as old as this at most while someone asks, and no older than the two together. */
const FIRST: Freshness = { ...LASTING, freshMs: 15 * SECOND_MS, staleMs: 15 * SECOND_MS, mostFreshMs: 15 * SECOND_MS }
/** Readings that came late, and how long ago things were: what the journal says is void at once. */
const INCIDENT: Omit<Freshness, 'follows'> = {
  shelf: 'own',
  effort: 'quick',
  freshMs: MINUTE_MS,
  staleMs: 5 * MINUTE_MS,
  mostFreshMs: 16 * MINUTE_MS,
}
/** Lists of incidents, feeds, corrections. */
const JOURNAL: Freshness = {
  ...LASTING,
  freshMs: 15 * SECOND_MS,
  staleMs: MINUTE_MS,
  mostFreshMs: MINUTE_MS,
  follows: 'journal',
}
/** Services, networks, the matrix, the chronicle: what they say of incidents is void at once, as on an incident's page. */
const PLAIN: Freshness = {
  ...LASTING,
  freshMs: MINUTE_MS,
  staleMs: 5 * MINUTE_MS,
  mostFreshMs: 16 * MINUTE_MS,
  follows: 'journal',
}
/** A measurement may be erased, and then it may not be shown: no old answer. */
const MEASUREMENT: Freshness = {
  freshMs: 10 * SECOND_MS,
  staleMs: 0,
  mostFreshMs: 10 * SECOND_MS,
  follows: 'journal',
  shelf: 'passing',
  effort: 'quick',
}
/**
 * Drawn for a revision or a minute that its address names; a withdrawn incident's says so from the next publication on.
 */
const CARD: Freshness = { ...PLAIN, shelf: 'passing' }

const INCIDENT_PATH = /^\/(?:kk|ru|en|api\/v1)\/(?:i|incident)\/([^/?]+?)(?:\.txt)?$/
const JOURNAL_PATH = /^\/(?:kk|ru|en|api\/v1)\/(?:incidents|corrections|claims|feed\/.*|embed\/.*)$/
const FIRST_PATH = /^(?:\/(?:kk|ru|en)\/(?:check)?|#.*)$/
const PLAIN_PATH = /^\/(?:kk|ru|en)\/(?:[a-z-]+(?:\/full)?|[sn]\/[^/?]+)$/
/** Of known networks there are a hundred, and a first page for each; of numbers there are four thousand million. */
const FIRST_QUERY = /^\?network=(?:AS(\d{1,10})|all)$/
/**
 * Feeds and embedded pages of one service or network answer for any name, whether anything was measured there or not.
 */
const OF_TOPIC = /^\/[a-z]{2}\/(?:feed|embed)\/[sn]\//

/**
 * How long the answer at an address holds; `key` is a path with its query, or the key of a first page that asks. The
 * first page of a network has a lasting place where `isKnown` says that there is such a network.
 */
export function freshnessOf(marked: string, isKnown: (asn: Asn) => boolean = () => false): Freshness {
  const { key } = readSavingKey(marked)
  const mark = key.indexOf('?')
  const path = mark < 0 ? key : key.slice(0, mark)
  const query = mark < 0 ? '' : key.slice(mark)
  if (path.startsWith('/assets/')) return ASSET
  if (FIRST_PATH.test(path)) return { ...FIRST, shelf: isOwnChoice(query, isKnown) ? 'own' : 'passing' }
  const shelf = query === '' && !OF_TOPIC.test(path) ? 'own' : 'passing'
  const incident = INCIDENT_PATH.exec(path)?.[1]
  if (incident !== undefined) return { ...INCIDENT, shelf, follows: { incident: decoded(incident) } }
  if (JOURNAL_PATH.test(path)) return { ...JOURNAL, shelf }
  if (PLAIN_PATH.test(path)) return { ...PLAIN, shelf }
  return /^\/(?:card|chart)\//.test(path) ? CARD : MEASUREMENT
}

function isOwnChoice(query: string, isKnown: (asn: Asn) => boolean): boolean {
  if (query === '') return true
  const found = FIRST_QUERY.exec(query)
  if (found === null) return false
  const number = found[1] === undefined ? undefined : Number(found[1])
  return number === undefined || (number <= 0xffff_ffff && isKnown(parseAsn(number)))
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
