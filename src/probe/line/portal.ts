import type { Controls } from '../../core/model/tables/controls.ts'
import { canonicalHostname } from '../../core/model/hostname.ts'
import type { ExchangeOutcome } from '../../core/model/measured/operation.ts'
import { exchangeHttp } from '../../net/http/http.ts'
import { resolveSystem } from '../../net/dns/resolve-system.ts'
import type { NetTools } from '../../net/tools.ts'

type Portal = Controls['portals'][number]

export interface PortalFound {
  readonly portal: 'none' | 'found' | 'unknown'
  /** Host that the sign-in page sends to. */
  readonly portalHost?: string
}

const BODY_CAP = 4 * 1024

async function askPortal({ url }: Portal, tools: NetTools): Promise<ExchangeOutcome | undefined> {
  const to = new URL(url)
  const { answer } = await resolveSystem(to.hostname, tools)
  const place = answer?.answers.find(({ family }) => family === 4) ?? answer?.answers[0]
  if (place === undefined) return undefined
  const port = to.port === '' ? 80 : Number(to.port)
  return exchangeHttp(url, { address: place.address, port, method: 'GET', bodyCap: BODY_CAP, over: 'plain' }, tools)
}

/** Whether an answer is the known one. */
function isKnown(outcome: ExchangeOutcome, { status, body }: Portal): boolean {
  if (outcome.status !== status) return false
  return body === undefined || Buffer.from(outcome.body).toString('utf8').trim() === body.trim()
}

/**
 * Asks pages whose whole answer is known, in cleartext. One known answer: no sign-in page. Otherwise a redirect or
 * another page from all that answered is one; without any answer this is unknown. A single page that changed, as
 * servers do, is no portal as long as another is as known.
 */
export async function lookForPortal(portals: readonly Portal[], tools: NetTools): Promise<PortalFound> {
  const asked = await Promise.all(portals.map(async (portal) => ({ portal, outcome: await askPortal(portal, tools) })))
  const answered = asked.flatMap(({ portal, outcome }) => (outcome?.status === undefined ? [] : [{ portal, outcome }]))
  if (answered.length === 0) return { portal: 'unknown' }
  if (answered.some(({ portal, outcome }) => isKnown(outcome, portal))) return { portal: 'none' }
  // A server's own trouble (5xx) is no sign-in page.
  const strange = answered.filter(({ outcome }) => (outcome.status ?? 500) < 500)
  if (strange.length === 0) return { portal: 'unknown' }
  const host = strange.map(({ outcome, portal }) => redirectHost(outcome, portal.url)).find((one) => one !== undefined)
  return host === undefined ? { portal: 'found' } : { portal: 'found', portalHost: host }
}

/** Where an answer sends to, as a plain host name; what an unknown page writes is never passed on unread. */
function redirectHost(outcome: ExchangeOutcome, base: string): string | undefined {
  const location = outcome.headers.find(([name]) => name.toLowerCase() === 'location')?.[1]
  const to = location === undefined ? null : URL.parse(location, base)
  const host = to === null ? undefined : canonicalHostname(to.hostname)
  return host === undefined || host.length > 253 ? undefined : host
}
