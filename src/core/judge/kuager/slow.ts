import { finding, type Finding } from '../finding.ts'
import { beyondChance, type HalvesTally } from './chance.ts'
import { isHeard, type JudgedHalf, type Handshake, type RoundsReading, type Round } from './halves.ts'
import { heard, said } from './pair-words.ts'

/** Seconds from which a completed handshake counts as slow, and how many times longer than the slowest control half. */
const SLOW = 2
const EXTREME = 10
/** A pair abroad is slow from these. */
const SLOW_ABROAD = 1
const RATIO_ABROAD = 3

interface SlowRounds {
  readonly slow: readonly JudgedHalf[]
  readonly broken: number
  readonly innocent: readonly JudgedHalf[]
}

const tookOf = (half: JudgedHalf): number => half.took ?? Infinity

/** A round in which the target half completed, but several seconds and ten times later than every control half. */
function isSlow({ targets, before, after }: Round): boolean {
  const innocent = [...before, ...after].filter(isHeard).map(tookOf)
  const slowest = Math.max(...innocent)
  return (
    innocent.length > 0 &&
    Number.isFinite(slowest) &&
    targets.every((half) => half.took === undefined || (half.took >= SLOW && half.took >= EXTREME * slowest))
  )
}

/** Rounds of all addresses of an endpoint; undefined where in any of them the target's half was as quick as others. */
function slowRounds(readings: readonly RoundsReading[]): SlowRounds | undefined {
  const rounds = readings.flatMap((one) => one.pairs.rounds).filter((round) => round.targets.length > 0)
  const usable = rounds.filter((round) => [...round.before, ...round.after].some(isHeard))
  const slow = usable.flatMap((round) => (isSlow(round) ? round.targets.filter((half) => half.took !== undefined) : []))
  const quick = usable.some((round) => !isSlow(round) && round.targets.some((half) => half.took !== undefined))
  if (slow.length === 0 || quick) return undefined
  const broken = usable.flatMap((round) => round.targets.filter((half) => half.ending === 'silent')).length
  return { slow, broken, innocent: rounds.flatMap((round) => [...round.before, ...round.after]) }
}

/** What a look from abroad tells of the same pair: that the server is slow for that name, that it is not, or nothing. */
export function lookAbroad(outside: readonly Handshake[]): 'slow' | 'quick' | 'unknown' {
  const took = ({ startedAt, endedAt }: Handshake): number | undefined =>
    endedAt === undefined ? undefined : endedAt - (startedAt ?? 0)
  let seen: 'quick' | 'unknown' = 'unknown'
  for (const row of outside) {
    const target = row.role === 'target' && row.failure === undefined ? took(row) : undefined
    if (target === undefined) continue
    const innocent = outside.flatMap((other) =>
      other.role === 'innocent' && other.address === row.address ? (took(other) ?? []) : [],
    )
    if (target >= SLOW_ABROAD && innocent.some((other) => other > 0 && target >= RATIO_ABROAD * other)) return 'slow'
    if (target < SLOW_ABROAD || innocent.length > 0) seen = 'quick'
  }
  return seen
}

/**
 * A handshake that completes, but in every round at least two seconds long and ten times longer than the control name's
 * on the same address: extreme, so that one measurement may say it (docs/methods/judging.md, slowness by name). A slow
 * evening slows both halves; a slow pool of servers is slow from abroad too. Undefined where it is not so.
 */
export function judgeSlow(readings: readonly RoundsReading[], outside: readonly Handshake[]): Finding | undefined {
  const seen = slowRounds(readings)
  const target = seen?.slow[0]
  const innocent = seen?.innocent.find(isHeard)
  if (seen === undefined || target === undefined || innocent === undefined) return undefined
  const tally: HalvesTally = {
    tried: seen.innocent.length,
    failed: seen.innocent.filter((half) => !isHeard(half)).length,
  }
  if (!beyondChance(seen.slow.length + seen.broken, tally)) return undefined
  const abroad = lookAbroad(outside)
  if (abroad === 'slow') return undefined
  const grounds = [said('tls.slow', 'decisive', target), heard('tls', innocent, target)]
  // Without a look from abroad nothing tells a slow server from a slow path.
  if (abroad === 'unknown')
    return finding('tls', 'inconclusive', 'tls.no-control', {
      mechanism: 'tls.throttle.sni',
      grounds,
      missing: ['control.tls'],
    })
  return finding('tls', 'interfered', 'tls.slow-by-name', {
    mechanism: 'tls.throttle.sni',
    grounds,
  })
}
