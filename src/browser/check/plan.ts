import type { CheckPlan, CheckTarget } from '../../model/crowd-check.ts'

/** A plan with the moment at which this page came by it, on both clocks: one stops in sleep, the other may be set. */
export interface KnownPlan {
  readonly plan: CheckPlan
  /** Name of the reader's network; absent: it is not known. */
  readonly network: string | undefined
  readonly atMonotonic: number
  readonly atWall: number
}

/** What the server wrote into the page; undefined where there is none. */
export function knownPlan(page: ParentNode): KnownPlan | undefined {
  const { check, network } = page.querySelector<HTMLElement>('[data-check]')?.dataset ?? {}
  if (check === undefined) return undefined
  const plan = JSON.parse(check) as CheckPlan // written by the server that this script comes from
  return { plan, network, atMonotonic: performance.now(), atWall: Date.now() }
}

const ageOf = ({ atMonotonic, atWall }: KnownPlan): number =>
  Math.max(performance.now() - atMonotonic, Date.now() - atWall, 0)

/** How long ago a control abroad looked at a target; undefined: never. The reader's own clock may be wrong by years. */
export function freshAgeOf(known: KnownPlan, target: CheckTarget): number | undefined {
  if (target.fresh_at_utc === null) return undefined
  return Math.max(0, Date.parse(known.plan.made_at_utc) - Date.parse(target.fresh_at_utc)) + ageOf(known)
}

/**
 * The plan as it is by now: the page is asked for once more, from the server that it came from. A reader who is on another
 * network meanwhile gets that one's. Targets that the page may not contact are left out; the old plan where there is no new one.
 */
export async function renewPlan(known: KnownPlan, signal: AbortSignal): Promise<KnownPlan> {
  if (ageOf(known) < NEW_MS) return known
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(RENEW_MS)])
    const answer = await fetch(location.href, { cache: 'no-store', credentials: 'omit', signal: limit })
    if (!answer.ok) return known
    const renewed = knownPlan(new DOMParser().parseFromString(await answer.text(), 'text/html'))
    if (renewed === undefined || !isSame(renewed.plan.control, known.plan.control)) return known
    const isKnown = ({ document, image }: CheckTarget): boolean =>
      known.plan.targets.some((one) => one.document === document && one.image === image)
    return { ...renewed, plan: { ...renewed.plan, targets: renewed.plan.targets.filter(isKnown) } }
  } catch {
    signal.throwIfAborted()
    return known
  }
}
const NEW_MS = 60_000
const RENEW_MS = 5000

const isSame = (one: CheckPlan['control'], other: CheckPlan['control']): boolean =>
  one?.document === other?.document && one?.image === other?.image
