import type { Asn, Instant } from '../../core/model/units.ts'
import { planLiving } from '../../../lab/history/living.ts'
import { createProbes } from '../../../lab/history/probes.ts'
import type { Story } from '../../../lab/history/stories.ts'
import { LIVING_STORY } from './story.ts'

/** How a request ends that a simulated censor acts on: without an answer, or interrupted. */
export type CensorAct = 'silent' | 'broken'

/** Devices of the living days; how often they measure is of no account here. */
export const LIVING_PROBES = createProbes({ ...LIVING_STORY, intervalMinutes: 1 })

/** What acts on services in a part of the living days, by their truth: before any of it is measured or published. */
export function actingIn(
  from: number,
  until: number,
): (service: string, asn: Asn, at: Instant) => CensorAct | undefined {
  const stories = planLiving({ ...LIVING_STORY, from, until, probes: LIVING_PROBES })
  return (service, asn, at) => {
    const found = stories.find(({ services, spans, effect }) => {
      const span = spans.get(asn)
      return (
        effect.kind === 'interference' &&
        services.includes(service) &&
        span !== undefined &&
        span.start <= at &&
        at < span.end
      )
    })
    return found === undefined ? undefined : actingOf(found)
  }
}

const actingOf = ({ effect }: Story): CensorAct =>
  effect.kind === 'interference' && effect.how === 'tls-reset' ? 'broken' : 'silent'
