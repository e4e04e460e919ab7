import { CAUSE_ITEMS, type CauseItem, type ItemOutcome } from '../../model/incident/cause.ts'
import type { Mechanism } from '../../model/measured/mechanism.ts'
import type { Fact } from '../../model/measured/verdict.ts'
import type { CauseInput, CauseReading, ObservedItem } from './cause-input.ts'
import { commonest, countedItem, failed, inside, spaced } from './inside.ts'

/**
 * Target against a control name on the same address. All pairs of the window are one piece of evidence. A reversed pair
 * says nothing about the cause. If the target passed and the other half is not given, it counts against `fail-pass`
 * only: if such measurements prevail, the item was not looked at.
 */
export function pair(input: CauseInput): ObservedItem | undefined {
  const readings = inside(input)
  const found = commonest({ ...input, readings }, CAUSE_ITEMS.pair, (reading) =>
    reading.pair === 'pass' || reading.pair === 'pass-fail' ? undefined : reading.pair,
  )
  if (found === undefined) return undefined
  const alone = spaced(
    readings.filter((reading) => reading.pair === 'pass'),
    input.scheduleMinutes,
  ).length
  return alone > found.of.readings.length ? undefined : countedItem('pair', found.key, found.of)
}

/** Facts by which a measurement of our own probe tells an outcome; the first that is there counts. */
type Telling<I extends CauseItem> = readonly (readonly [Fact, ItemOutcome<I>])[]

/**
 * An item that single measurements tell by their facts, the commonest outcome of the window. Measurements that end
 * without a verdict tell it too: that a neighbour fails as well is why nothing follows from them.
 */
function told<I extends CauseItem>(input: CauseInput, item: I, telling: Telling<I>): ObservedItem | undefined {
  const outcomes: readonly ItemOutcome<I>[] = CAUSE_ITEMS[item]
  const those = inside(input).filter((reading) => failed(reading) || reading.kind === 'inconclusive')
  const found = commonest(
    { ...input, readings: those },
    outcomes,
    ({ facts }) => telling.find(([fact]) => facts.includes(fact))?.[1],
  )
  return found === undefined ? undefined : countedItem(item, found.key, found.of)
}

/** The address fails; an address beside it, of the same prefix, answers or fails too. */
export const neighbour = (input: CauseInput): ObservedItem | undefined =>
  told(input, 'neighbour', [
    ['tcp.neighbour-connected', 'passes'],
    ['pair.neighbour-passed', 'passes'],
    ['tcp.neighbour-failed', 'fails'],
  ])

/**
 * The name under test at a server that has nothing to do with the service and answers another name: where it fails
 * there too, another name is the cure; where it passes, the trouble is not of the name alone.
 */
export function otherName(input: CauseInput): ObservedItem | undefined {
  const found = commonest({ ...input, readings: inside(input) }, CAUSE_ITEMS['other-name'], foreignServerSaid)
  return found === undefined ? undefined : countedItem('other-name', found.key, found.of)
}

/** What a measurement tells of the name at a foreign server: our own probe asks there once the service has failed. */
function foreignServerSaid(reading: CauseReading): ItemOutcome<'other-name'> | undefined {
  const { facts, kind, elsewhere } = reading
  if (elsewhere === 'fail-pass') return 'cures'
  if (elsewhere === 'pass' || elsewhere === 'pass-pass') return 'no'
  if (!failed(reading) && kind !== 'inconclusive') return undefined
  if (facts.includes('pair.crossed-failed')) return 'cures'
  return facts.includes('pair.crossed-passed') ? 'no' : undefined
}

/** The same address from abroad, if it is known to be in one place: an anycast address is another machine there. */
export function sameAddressAbroad(input: CauseInput): ObservedItem | undefined {
  const readings = input.readings.filter(({ facts }) => facts.includes('tcp.one-place'))
  return told({ ...input, readings }, 'same-address-abroad', [
    ['tcp.control-connected', 'passes'],
    ['tcp.control-failed', 'fails'],
  ])
}

/** Where the target's failures ended, the commonest of them. */
export function stage(input: CauseInput): ObservedItem | undefined {
  const found = commonest({ ...input, readings: inside(input).filter(hasEnding) }, CAUSE_ITEMS.stage, stageOf)
  return found === undefined ? undefined : countedItem('stage', found.key, found.of)
}

/** A failure of the target, or one that no control stood beside: how it ended is known all the same. */
const hasEnding = (reading: CauseReading): boolean =>
  failed(reading) || (reading.kind === 'inconclusive' && reading.mechanism?.startsWith('fault.') === false)

function stageOf(reading: CauseReading): ItemOutcome<'stage'> | undefined {
  if (reading.slow) return 'slow'
  const ending = reading.mechanism === undefined ? undefined : endingOf(reading.mechanism)
  if (ending !== undefined) return ending
  switch (reading.layer) {
    case 'dns':
      return 'dns'
    case 'tcp':
      return 'tcp'
    case 'throughput':
      return 'slow'
    case 'tls':
    case 'quic':
    case 'http':
    case 'tunnel':
    case 'app':
    case undefined:
      return undefined // a failure without a shape of its own
  }
}

/** Silence and resets after the name was sent stand together, in TLS, QUIC and HTTP alike. */
function endingOf(mechanism: Mechanism): ItemOutcome<'stage'> | undefined {
  if (mechanism.startsWith('dns.')) return 'dns'
  if (mechanism.startsWith('tcp.')) return 'tcp'
  if (mechanism.startsWith('tls.throttle') || mechanism.startsWith('throughput.')) return 'slow'
  if (mechanism.startsWith('tls.alert') || mechanism.startsWith('tls.mitm')) return 'alert-certificate'
  if (/^http\.(blockpage|redirect)/.test(mechanism)) return 'http'
  return /^(tls|quic|http)\./.test(mechanism) ? 'tls-silence-reset' : undefined
}

/**
 * A block page, a bogon or an interception authority, in any measurement of the window. Where one device of several that
 * failed shows it and no other does (all unknown ones are one), it is a household's or employer's filter as well as anything: the
 * failures of the others are not its failures, and the item was not looked at.
 */
export function artefact(input: CauseInput): ObservedItem | undefined {
  const all = inside(input).filter(failed)
  if (all.length === 0 || input.table?.noArtefacts === true) return undefined
  const devices = (readings: readonly CauseReading[]): number => new Set(readings.map(({ probe }) => probe)).size
  const seen = spaced(
    all.filter((reading) => reading.artefact),
    input.scheduleMinutes,
  )
  if (devices(seen) === 1 && devices(all) > 1) return undefined
  const failures = spaced(all, input.scheduleMinutes)
  return seen.length > 0
    ? countedItem('artefact', 'seen', { n: Math.max(failures.length, seen.length), readings: seen })
    : countedItem('artefact', 'none', { n: failures.length, readings: failures })
}

/**
 * What the resolver of the line said, where the target failed. A denial is of one name only if names never restricted
 * resolved on that network in the window; if they failed there too, everything fails. Where none was measured, the
 * item was not looked at.
 */
export function dns(input: CauseInput): ObservedItem | undefined {
  const said = ['right', 'odd', 'negative'] as const
  const found = commonest({ ...input, readings: inside(input).filter(failed) }, said, resolverSaid)
  if (found === undefined) return undefined
  if (found.key !== 'negative') return countedItem('dns', found.key, found.of)
  const beside = input.canaries
  if (beside === undefined || beside.ok + beside.failed < 3) return undefined
  return countedItem('dns', beside.ok >= beside.failed ? 'negative-one-name' : 'all-fail', found.of)
}

function resolverSaid(reading: CauseReading): 'right' | 'odd' | 'negative' | undefined {
  if (reading.layer === 'dns' && reading.mechanism !== undefined)
    return /^dns\.(nxdomain|servfail|refused|timeout|empty)/.test(reading.mechanism) ? 'negative' : 'odd'
  return reading.layers.dns === 'reachable' ? 'right' : undefined
}

/** An encrypted resolver answered the name in the run in which the target failed. */
export function doh(input: CauseInput): ObservedItem | undefined {
  const told = inside(input).filter((reading) => failed(reading) && reading.dohAnswers !== undefined)
  const found = commonest({ ...input, readings: told }, CAUSE_ITEMS.doh, ({ dohAnswers }) =>
    dohAnswers === true ? 'answers' : 'fails',
  )
  return found === undefined ? undefined : countedItem('doh', found.key, found.of)
}

/** The uncensored vantage point passed at the layer at which the target failed. */
const CONTROL_PASSED: ReadonlySet<Fact> = new Set([
  'dns.control-answered',
  'tcp.control-connected',
  'tls.control-completed',
  'tls.control-assumed',
  'quic.control-completed',
  'http.control-answered',
])

/** Whether the control abroad failed too in the same minutes: two thirds of those that tell must agree. */
export function abroadItem(input: CauseInput): ObservedItem | undefined {
  const found = commonest({ ...input, readings: inside(input).filter(failed) }, CAUSE_ITEMS.abroad, (reading) => {
    if (reading.kind === 'unreachable') return 'fails'
    return reading.facts.some((fact) => CONTROL_PASSED.has(fact)) ? 'passes' : undefined
  })
  if (found === undefined || found.of.readings.length * 3 < found.of.n * 2) return undefined
  return countedItem('abroad', found.key, found.of)
}
