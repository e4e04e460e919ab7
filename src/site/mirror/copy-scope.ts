import { PLAIN_PAGES } from '../../core/text/plain-pages.ts'
import { LANGS } from '../../core/text/lang.ts'
import type { Days } from '../urls.ts'

/** What of the site a copy holds beyond the pages that every copy has. */
export interface CopyScope {
  /** Measurements that have pages, by id. */
  readonly measurements: ReadonlySet<string>
  /** Incidents whose share cards are drawn, by id. */
  readonly cards: ReadonlySet<string>
  /** Days that pages show where a reader chooses none. */
  readonly days: Days
}

const LANG = `(?:${LANGS.join('|')})`
const PAGES = new RegExp(`^/${LANG}/(?:${PLAIN_PAGES.join('|')}|method/full|report|matrix)$`)
const PLACES = new RegExp(`^/${LANG}/(?:s/[^/]+|n/AS\\d+|coincidence/[^/]+|chronicle/[^/]+|[ei]/[^/]+)$`)
const BY_NETWORK = new RegExp(`^/${LANG}/(?:check)?$`)
const SERIES = new RegExp(`^/${LANG}/s/[^/]+/AS\\d+$`)
const MEASUREMENT = new RegExp(`^(?:/${LANG}/m/|/m/|/api/v1/measurement/)([0-9a-f]{64})(?:\\.json)?$`)
const INCIDENT = new RegExp(`^/${LANG}/i/([^/]+)$`)
const CARD = new RegExp(`^/card/${LANG}/i/(.+)-\\d+\\.png$`)
const FILES = new RegExp(`^(?:/assets/.+|/(?:study|validation)/[^/]+/[a-z]+\\.json|/${LANG}/feed/.+\\.xml)$`)
const LISTS =
  /^\/api\/v1\/(?:openapi\.json|board|services|networks|incidents|claims|orders|corrections|demands|reviews)$/
const OF_DAYS = /^\/api\/v1\/(?:matrix|series)$/
const OF_INCIDENT = /^\/api\/v1\/incident\/[^/]+(?:\/measurements\.csv)?$/

/**
 * The address under which a copy holds what an address of the site shows; undefined where it does not. A filter, a
 * starting point of the weight or other days are answered only by a server: a copy has none of them.
 */
export function copyAddress(address: URL, scope: CopyScope): URL | undefined {
  const path = address.pathname
  const names = [...address.searchParams.keys()]
  const only = (...allowed: readonly string[]): boolean => names.every((name) => allowed.includes(name))
  const days = (): boolean =>
    address.searchParams.get('since') === scope.days.since && address.searchParams.get('until') === scope.days.until
  if (FILES.test(path)) return bare(address)
  if (BY_NETWORK.test(path)) return only('network') ? address : undefined
  if (SERIES.test(path) || PAGES.test(path)) {
    if (names.length === 0) return address
    return only('since', 'until') && days() ? bare(address) : undefined
  }
  const measurement = MEASUREMENT.exec(path)?.[1]
  if (measurement !== undefined) return scope.measurements.has(measurement) && names.length === 0 ? address : undefined
  const incident = INCIDENT.exec(path)?.[1]
  if (incident !== undefined && names.length > 0) return only('revision') ? revisionData(incident, address) : undefined
  if (PLACES.test(path)) return names.length === 0 ? address : undefined
  const card = CARD.exec(path)?.[1]
  if (card !== undefined) return scope.cards.has(decodeURIComponent(card)) ? bare(address) : undefined
  if (LISTS.test(path)) return only('format') ? address : undefined
  if (OF_INCIDENT.test(path)) return only('revision') ? address : undefined
  if (OF_DAYS.test(path)) return only('service', 'network', 'since', 'until', 'format') && days() ? address : undefined
  return undefined
}

/** Lists that a server gives in parts: a copy asks for the largest, and each entry has a file of its own besides. */
const IN_PARTS = /^\/api\/v1\/(?:incidents|corrections)$/
const LARGEST_PART = '1000'

/** What is asked of the site for an address of a copy. */
export function askedAs(address: URL): string {
  const url = new URL(address)
  if (IN_PARTS.test(url.pathname)) url.searchParams.set('limit', LARGEST_PART)
  return url.pathname + url.search
}

/** A former revision is in the copy as data: its page would be the current one's over again. */
function revisionData(incident: string, address: URL): URL {
  const url = new URL(`/api/v1/incident/${incident}`, address)
  url.search = address.search
  return url
}

function bare(address: URL): URL {
  const url = new URL(address)
  url.search = ''
  return url
}
