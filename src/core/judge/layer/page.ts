import type { HttpObservation } from '../../model/measured/observation.ts'
import type { PageComparison } from '../../model/measured/page-reading.ts'
import { sentTo } from '../sent-to.ts'

type Agreement = 'same' | 'other' | 'unknown'

/** Words of a title that are long enough to tell one site from another; of a short title, the whole. */
function titleWords(title: string): ReadonlySet<string> {
  const words = title.toLowerCase().split(/[^\p{L}\p{N}]+/u)
  const long = words.filter((word) => word.length >= 5)
  return new Set(long.length > 0 ? long : [words.join(' ').trim()])
}

const fold = (text: string): string => text.replace(/\s+/g, ' ').trim()

/** A text without any markup has no title to lack; an answer with nothing in it lacks one. */
const couldBearTitle = (page: HttpObservation): boolean =>
  page.body !== undefined && (page.bodyBytes === 0 || /<[a-z!]/i.test(page.body))

function compareTitles(probe: HttpObservation, control: HttpObservation): Agreement {
  if (control.title === undefined) return 'unknown'
  if (probe.title === undefined && !couldBearTitle(probe)) return 'unknown'
  const ours = (probe.title ?? '').trim()
  const theirs = control.title.trim()
  if (ours === theirs) return ours === '' ? 'unknown' : 'same'
  // The first helpers drop what is not ASCII from a title.
  if (/[^\x20-\x7e]/.test(ours) && fold(ours.replace(/[^\x20-\x7e]+/g, '')) === fold(theirs)) return 'same'
  const words = titleWords(theirs)
  for (const word of titleWords(ours)) if (word !== '' && words.has(word)) return 'same'
  return 'other'
}

/** Sizes as OONI's probe compares them: the smaller at least 0.7 of the larger. */
function compareBodies(probe: HttpObservation, control: HttpObservation): Agreement {
  const ours = probe.bodyBytes
  const theirs = control.bodyBytes
  if (ours === undefined || theirs === undefined || theirs < 0) return 'unknown'
  if (ours === 0 && theirs === 0) return 'unknown'
  if (probe.bodyTruncated && theirs >= ours) return 'unknown'
  return Math.min(ours, theirs) / Math.max(ours, theirs) > 0.7 ? 'same' : 'other'
}

/** A refusal of the client's request (4xx): replaces a title if the control gives none. */
const refuses = (page: HttpObservation): boolean => (page.status ?? 0) >= 400 && (page.status ?? 0) < 500

/**
 * Compares a page that reached the probe with the one that reached the control. `differs`: body and title both; `alike`:
 * one of them agrees; `unclear`: neither can be compared.
 */
export function comparePages(probe: HttpObservation, control: HttpObservation): PageComparison {
  if (probe.read !== undefined) return probe.read.compared[control.source] ?? 'unclear'
  if (shareDistinctiveHeader(probe, control)) return 'alike'
  // The server itself refuses: what it says then differs from its page by design.
  if (refuses(probe) && !refuses(control) && isOneServer(probe, control)) return 'unclear'
  const title = compareTitles(probe, control)
  const body = compareBodies(probe, control)
  const other = title === 'other' || (title === 'unknown' && refuses(probe) && !refuses(control))
  if (other && body === 'other') return 'differs'
  return title === 'same' || body === 'same' ? 'alike' : 'unclear'
}

/** Headers that many servers send with the same value: agreement in them says nothing. */
const ORDINARY_HEADERS = new Set(
  [
    'accept-ranges age alt-svc cache-control cf-cache-status connection content-encoding content-language',
    'content-length content-security-policy content-type date etag expect-ct expires keep-alive last-modified link',
    'location nel p3p permissions-policy pragma referrer-policy report-to server server-timing set-cookie',
    'strict-transport-security transfer-encoding upgrade vary via x-aspnet-version x-cache x-cache-hits x-cache-status',
    'x-content-type-options x-frame-options x-permitted-cross-domain-policies x-powered-by x-robots-tag',
    'x-ua-compatible x-xss-protection',
  ].flatMap((line) => line.split(' ')),
)

/**
 * Both answers carry a header of the site's own with the same long value (a digest, a backend's name): the same
 * server gave both. Equal *names* prove nothing: block pages copy them.
 */
function shareDistinctiveHeader(probe: HttpObservation, control: HttpObservation): boolean {
  return control.headers.some(
    ([name, value]) =>
      value.length >= 10 &&
      /\d/.test(value) &&
      !ORDINARY_HEADERS.has(name) &&
      probe.headers.some(([ours, same]) => ours === name && same === value),
  )
}

const headerOf = (page: HttpObservation, name: string): string | undefined =>
  page.headers.find(([key]) => key === name)?.[1]

/**
 * Both answers name one delivery network, or one program with its version, as their server. Wrong when: a machine in
 * between runs the same program in the same version.
 */
function isOneServer(probe: HttpObservation, control: HttpObservation): boolean {
  const server = headerOf(probe, 'server')
  return server !== undefined && server === headerOf(control, 'server') && (/\d/.test(server) || DELIVERY.test(server))
}
const DELIVERY = /^(?:cloudflare|cloudfront|akamaighost|akamainetstorage|ddos-guard|qrator|sucuri|imperva)/i

/** Marks of pages by which content delivery networks ask for a proof of a person, or refuse one. */
const CHALLENGE_BODIES = [
  'Attention Required! | Cloudflare',
  'cf-browser-verification',
  '/cdn-cgi/challenge-platform/',
  'cdn-cgi/styles/cf.errors.css',
  '_Incapsula_Resource',
  'ddos-guard.net',
  'sucuri.net/privacy-policy',
  'errors.edgesuite.net',
  'px-captcha',
  'awswaf.com',
]

/** Whether a page is a known challenge or refusal page of a content delivery network. */
export function isChallenge(page: HttpObservation): boolean {
  if (page.read !== undefined) return page.read.challenge
  if (headerOf(page, 'cf-mitigated') !== undefined) return true
  const status = page.status ?? 0
  if (status !== 403 && status !== 429 && status !== 503 && status !== 202) return false
  if (status === 429) return true
  if (headerOf(page, 'server')?.startsWith('AkamaiGHost') === true) return true
  return page.body !== undefined && CHALLENGE_BODIES.some((mark) => page.body?.includes(mark))
}

/**
 * The answer itself came, even if the client could not use it: old clients call a redirect to a host they cannot
 * parse a failure.
 */
export const isAnswered = (page: HttpObservation): boolean =>
  page.status !== undefined && (page.failure === undefined || page.failure.code.startsWith('http_'))

/** The server says that it is in trouble, or asked too often: from elsewhere it may as well hang, or close. */
export const isOverloaded = ({ status = 0 }: HttpObservation): boolean => status === 429 || status >= 500

/**
 * Host to which a captive portal sends the line, where a cleartext answer shows one. A private address alone is
 * no portal: some national block pages stand on one.
 */
export function captivePortal(page: HttpObservation): string | undefined {
  if (page.scheme !== 'http') return undefined
  if (page.status === 511) return page.host ?? ''
  if (page.status === undefined || page.status < 300 || page.status > 399) return undefined
  const sent = sentTo(page)
  return sent?.is('portal') === true ? sent.host : undefined
}

/** Host of another owner to which a cleartext answer redirects, where it does. */
export function redirectElsewhere(page: HttpObservation): string | undefined {
  if (page.scheme !== 'http' || page.host === undefined) return undefined
  if (page.status === undefined || page.status < 300 || page.status > 399) return undefined
  const sent = sentTo(page)
  return sent?.is('elsewhere') === true ? sent.host : undefined
}

/**
 * Private address to which a cleartext answer redirects, where it does: on a line that reached the helper this
 * is no portal of the line. Wrong when: a portal lets the helper's address through.
 */
export function redirectToNowhere(page: HttpObservation): string | undefined {
  if (page.scheme !== 'http') return undefined
  const sent = sentTo(page)
  return sent?.is('private') === true ? sent.host.replace(/^\[|\]$/g, '') : undefined
}
