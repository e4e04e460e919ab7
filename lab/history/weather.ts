import type { Probe } from './probes.ts'
import type { Random } from './random.ts'
import { isBlocking, type Effect, type Interference, type Story } from './stories.ts'

/** Everything that acts on one measurement. */
export interface Weather {
  readonly line: 'up' | 'dead' | 'abroad-lost' | 'portal' | 'stalled'
  readonly resolver: 'up' | 'broken'
  readonly helper: 'up' | 'down'
  readonly origin: 'up' | 'down' | 'expired' | 'forbidden' | 'moved'
  readonly interference: Interference | 'none'
  /** Handshakes lost without a censor: none, of one address among several, or of every address. */
  readonly loss: 'none' | 'one' | 'all'
  /** Factor on every duration. */
  readonly pace: number
  /** Factor on the handshakes under the name of the service alone. */
  readonly slowed: number
  /** Runs of a burst; 1 otherwise, 0 for a probe that is switched off. */
  readonly runs: number
  /** Ids of the stories in whose time and place the measurement lies. */
  readonly stories: readonly string[]
  /** Whether a censor acts on this very measurement (a leak passes; a dead line hides it). */
  readonly blocked: boolean
}

/** Where and when a measurement happens. */
export interface Place {
  readonly probe: Probe
  readonly at: number
  readonly service: string
}

const touches = (story: Story, place: Place): boolean => {
  const span = story.spans.get(place.probe.network.asn)
  return (
    span !== undefined &&
    span.start <= place.at &&
    place.at < span.end &&
    (story.probes.length === 0 || story.probes.includes(place.probe.id)) &&
    (story.services.length === 0 || story.services.includes(place.service))
  )
}

/** The weather of one measurement, from the stories around it and a stream of its own for every lot drawn. */
export function weatherAt(stories: readonly Story[], place: Place, random: Random): Weather {
  const acting = stories.filter((story) => touches(story, place))
  const effects = acting.map((story) => story.effect)
  const find = <K extends Effect['kind']>(kind: K): Extract<Effect, { kind: K }> | undefined =>
    effects.find((effect): effect is Extract<Effect, { kind: K }> => effect.kind === kind)
  const congestion = find('congestion')
  const stalled = congestion !== undefined && random.chance(congestion.stall)
  const oneLost = congestion !== undefined && random.chance(congestion.stall)
  const allLost = random.chance(find('loss')?.share ?? 0)
  const censor = find('interference')
  const leaks = random.chance(censor?.leak ?? 0)
  const line = find('line')?.state ?? (stalled ? 'stalled' : 'up')
  return {
    line,
    resolver: find('resolver') === undefined ? 'up' : 'broken',
    helper: find('helper') === undefined ? 'up' : 'down',
    origin: find('origin')?.state ?? 'up',
    interference: censor === undefined || leaks ? 'none' : censor.how,
    loss: allLost ? 'all' : oneLost ? 'one' : 'none',
    pace: congestion === undefined ? random.between(0.9, 1.2) : random.between(2.5, 6),
    slowed: (find('throttle')?.factor ?? 1) * (find('detour')?.factor ?? 1),
    runs: find('absent') !== undefined ? 0 : (find('burst')?.times ?? 1),
    stories: acting.map((story) => story.id),
    blocked: line === 'up' && acting.some(isBlocking) && !leaks,
  }
}
