import type { CheckPlan, CheckTarget } from '../../model/crowd-check.ts'

/** A plan with the moment at which this page came by it, on both clocks: one stops in sleep, the other may be set. */
export interface KnownPlan {
  readonly plan: CheckPlan
  readonly atMonotonic: number
  readonly atWall: number
}

/** What the server wrote into the page. */
export const knownPlan = (text: string): KnownPlan => ({
  plan: JSON.parse(text) as CheckPlan, // written by the server that this script comes from
  atMonotonic: performance.now(),
  atWall: Date.now(),
})

/** How long ago a control abroad looked at a target; undefined: never. The reader's own clock may be wrong by years. */
export function freshAgeOf({ plan, atMonotonic, atWall }: KnownPlan, target: CheckTarget): number | undefined {
  if (target.fresh_at_utc === null) return undefined
  const passed = Math.max(performance.now() - atMonotonic, Date.now() - atWall, 0)
  return Math.max(0, Date.parse(plan.made_at_utc) - Date.parse(target.fresh_at_utc)) + passed
}

/**
 * The plan as it is by now: the page is asked for once more, from the server that it came from. Targets that the page may
 * not contact are left out; the old plan where there is no new one.
 */
export async function renewPlan(known: KnownPlan, signal: AbortSignal): Promise<KnownPlan> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(RENEW_MS)])
    const answer = await fetch(location.href, { cache: 'no-store', credentials: 'omit', signal: limit })
    if (!answer.ok) return known
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const text = page.querySelector<HTMLElement>('[data-check]')?.dataset['check']
    if (text === undefined) return known
    const renewed = knownPlan(text)
    if (renewed.plan.network !== known.plan.network || !isSame(renewed.plan.control, known.plan.control)) return known
    const isKnown = ({ document, image }: CheckTarget): boolean =>
      known.plan.targets.some((one) => one.document === document && one.image === image)
    return { ...renewed, plan: { ...renewed.plan, targets: renewed.plan.targets.filter(isKnown) } }
  } catch {
    signal.throwIfAborted()
    return known
  }
}
const RENEW_MS = 5000

const isSame = (one: CheckPlan['control'], other: CheckPlan['control']): boolean =>
  one?.document === other?.document && one?.image === other?.image
