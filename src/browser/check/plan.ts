import { MINUTE_MS } from '../../core/model/duration.ts'
import type { CheckPlan, CheckTarget } from '../../core/model/people/crowd-check.ts'
import type { Pair } from './ask.ts'

/** A plan with the moment at which this page came by it, on both clocks: one stops in sleep, the other may be set. */
export interface KnownPlan {
  readonly plan: CheckPlan
  /** Name of the reader's network; absent: it is not known. */
  readonly network: string | undefined
  /**
   * Whether the page was asked for from an address of no network of the country that serves people: a VPN, or abroad.
   */
  readonly isAway: boolean
  readonly atMonotonic: number
  readonly atWall: number
}

/** What the server wrote into the page; undefined where there is none. */
export function knownPlan(page: ParentNode): KnownPlan | undefined {
  const { check, network, away } = page.querySelector<HTMLElement>('[data-check]')?.dataset ?? {}
  if (check === undefined) return undefined
  const plan = JSON.parse(check) as CheckPlan // written by the server that this script comes from
  return { plan, network, isAway: away !== undefined, atMonotonic: performance.now(), atWall: Date.now() }
}

const ageOf = ({ atMonotonic, atWall }: KnownPlan): number =>
  Math.max(performance.now() - atMonotonic, Date.now() - atWall, 0)

/**
 * Milliseconds since the epoch by the clock of the server. That of a phone may be an hour or years off, and how far it
 * is off would tell one phone from another.
 */
export const serverTime = (known: KnownPlan): number => Date.parse(known.plan.made_at_utc) + ageOf(known)

/** How long ago a control abroad looked at a target; undefined: never. The reader's own clock may be wrong by years. */
export function freshAgeOf(known: KnownPlan, target: CheckTarget): number | undefined {
  if (target.fresh_at_utc === null) return undefined
  return Math.max(0, Date.parse(known.plan.made_at_utc) - Date.parse(target.fresh_at_utc)) + ageOf(known)
}

/**
 * The plan as it is by now: the page is asked for again, from the server that it came from. The network is the one
 * that the reader is on by then, not the one that the address of the page names: a link names the network of its
 * sender. Where the server cannot tell, the reader's word holds. What the page may not contact is left out; the old
 * plan where there is no new one, or none of whose control hosts the page may contact.
 */
export async function renewPlan(known: KnownPlan, signal: AbortSignal): Promise<KnownPlan> {
  const isNamed = location.search !== ''
  const isNew = ageOf(known) < NEW_MS
  if (isNew && !isNamed) return known
  const [own, named] = await Promise.all([
    askPlan(location.pathname, known, signal),
    isNamed && !isNew ? askPlan(location.href, known, signal) : undefined,
  ])
  const isTold = own !== undefined && (own.isAway || own.network !== undefined || !isNamed)
  return isTold ? own : (named ?? known)
}

async function askPlan(url: string, known: KnownPlan, signal: AbortSignal): Promise<KnownPlan | undefined> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(RENEW_MS)])
    const answer = await fetch(url, { cache: 'no-store', credentials: 'omit', signal: limit })
    if (!answer.ok) return undefined
    const renewed = knownPlan(new DOMParser().parseFromString(await answer.text(), 'text/html'))
    if (renewed === undefined) return undefined
    const controls = renewed.plan.controls.filter(isOneOf(known.plan.controls))
    if (controls.length === 0) return undefined
    const targets = renewed.plan.targets.filter(isOneOf(known.plan.targets))
    return { ...renewed, plan: { ...renewed.plan, controls, targets } }
  } catch {
    signal.throwIfAborted()
    return undefined
  }
}
const NEW_MS = MINUTE_MS
const RENEW_MS = 5000

const isOneOf =
  (pairs: readonly Pair[]) =>
  ({ document, image }: Pair): boolean =>
    pairs.some((one) => one.document === document && one.image === image)
