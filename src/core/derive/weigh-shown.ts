import type { CauseInput, CauseReading, Onset } from '../detect/cause/cause-input.ts'
import { causeReading } from '../detect/cause/cause-reading.ts'
import { observeItems } from '../detect/cause/observe-items.ts'
import type { CauseTable } from '../detect/cause/table.ts'
import { pairsShown } from '../detect/cause/pair-evidence.ts'
import { weighCause } from '../detect/cause/weigh.ts'
import { defined } from '../model/defined.ts'
import { DAY_MS, HOUR_MS } from '../model/duration.ts'
import type { CauseFinding } from '../model/incident/cause.ts'
import type { Edge } from '../model/incident/incident.ts'
import type { Discordant } from '../model/measured/discordant.ts'
import type { MeasurementHead } from '../model/measured/measurement.ts'
import { seriesId, type SeriesCount, type SeriesOf } from '../model/measured/series.ts'
import { instant, type Asn, type Instant, type Sha256 } from '../model/units.ts'
import type { Verdict } from '../model/measured/verdict.ts'
import { slowKey, type ShownIncident, type StandingOf } from './shown.ts'
import { overlap, windowOf, type IncidentWindow } from './window.ts'

/** The weighing looks at what was before an incident as well (docs/methods/cause.md, section 5). */
const BEFORE = 3 * HOUR_MS
const WATCHED = 14 * DAY_MS
/** Verdicts whose grounds are looked at; of more, an even sample: those whose ids come first. */
export const MOST_VERDICTS = 2000

/** Tables that say who is who; none of them says who restricted anything. */
export interface WeighTables {
  readonly causes: CauseTable
  readonly serviceOwner: (service: string) => string | undefined
  readonly networkOwner: (asn: Asn) => string | undefined
  /** Services that tell whether a line works (`comparison` in data/services.json). */
  readonly comparisons: readonly string[]
}

/** A judged measurement as far as it is weighed. */
export interface WeighedVerdict {
  readonly provenance: { readonly id: Sha256 }
  readonly head: MeasurementHead
  readonly verdict: Verdict
  /** The device that it counts for; '' if unknown. */
  readonly device: string
  /** Which half of its first discordant pair failed. */
  readonly discordant?: Discordant
}

/** A stretch of time; `until` is exclusive. */
export interface TimeStretch {
  readonly since: Instant
  readonly until: Instant
}

/** What is asked of the measurements before an incident is weighed. */
export interface WeighPeriods {
  /** The window that is weighed: not beyond what was received. */
  readonly window: IncidentWindow
  /** Verdicts of the series itself. */
  readonly verdicts: TimeStretch
  /** When the series was watched before. */
  readonly watched: TimeStretch
  /** What passed and failed beside it. */
  readonly beside: TimeStretch
}

/** What an incident is weighed by besides its own times. */
export interface WeighAbout {
  readonly periods: WeighPeriods
  /** Of the series in `periods.verdicts`, by time; at most `MOST_VERDICTS`. */
  readonly verdicts: readonly WeighedVerdict[]
  /** Times of measurements of the series that said anything of the service, in `periods.watched`. */
  readonly watched: readonly Instant[]
  /** Counts in `periods.beside` of every series of the service or of the network, the incident's own included. */
  readonly beside: readonly SeriesCount[]
  /** Incidents of these series, by `seriesId`. */
  readonly others: ReadonlyMap<string, readonly StandingOf[]>
  readonly tables: WeighTables
  readonly scheduleMinutes: number
}

export interface WeighedIncident {
  readonly cause: CauseFinding
  /** Commonest rules version of the verdicts behind it; '' without verdicts. */
  readonly verdictRules: string
}

/** Which stretches of time the weighing of an incident looks at, nothing being known after `now`. */
export function weighPeriods({ detected }: StandingOf, now: Instant): WeighPeriods {
  const { from, until } = windowOf(detected)
  const seen = { from, until: instant(Math.min(until, now)) }
  const end = instant(seen.until + 1)
  return {
    window: seen,
    verdicts: { since: instant(from - BEFORE), until: end },
    watched: { since: instant(from - WATCHED), until: from },
    beside: { since: from, until: end },
  }
}

/** Weighs one incident (docs/methods/cause.md): the one way for detecting and for deriving again. */
export function weighShown(shown: ShownIncident, about: WeighAbout): WeighedIncident {
  const { series, detected } = shown
  const { periods, verdicts, others, tables } = about
  const input: CauseInput = {
    window: periods.window,
    ...onsetOf(detected.start),
    scheduleMinutes: about.scheduleMinutes,
    readings: verdicts.map((one) => toCauseReading(one, shown.slow)),
    watched: about.watched,
    earlier: (others.get(seriesId(series)) ?? [])
      .map((one) => windowOf(one.detected))
      .filter((one) => one.until < periods.window.from),
    ...ownersOf(series, tables),
    ...besideOf(series, about),
    extra: [],
  }
  const options = { insufficient: detected.state === 'insufficient', seed: detected.seed }
  const pairs = pairsShown(
    verdicts.map(({ head, device, discordant }) => ({ at: head.startedAt, device, ...defined({ discordant }) })),
    periods.window,
  )
  const cause = { ...weighCause(observeItems(input), tables.causes, options), ...defined({ pairs }) }
  return { cause, verdictRules: commonest(verdicts.map(({ verdict }) => verdict.rulesVersion)) }
}

const onsetOf = ({ kind, lo95, hi95, bracket }: Edge): { readonly onset?: Onset } => {
  if (kind === 'open') return {}
  const lo = lo95 ?? bracket[0]
  const hi = hi95 ?? bracket[1]
  return lo === undefined || hi === undefined ? {} : { onset: { lo, hi } }
}

const toCauseReading = (
  { head, provenance, verdict, device }: WeighedVerdict,
  slow: ShownIncident['slow'],
): CauseReading =>
  causeReading(
    {
      at: head.startedAt,
      probe: device,
      version: `${head.softwareName} ${head.softwareVersion}`.trim(),
      testName: head.testName,
      slow: slow?.has(slowKey(head.startedAt, device)) === true,
      id: provenance.id,
    },
    verdict,
  )

function ownersOf({ service, asn }: SeriesOf, tables: WeighTables): Pick<CauseInput, 'serviceOwner' | 'networkOwner'> {
  const serviceOwner = tables.serviceOwner(service)
  const networkOwner = tables.networkOwner(asn)
  return defined({ serviceOwner, networkOwner })
}

function besideOf(
  series: SeriesOf,
  { periods: { window }, beside, others, tables }: WeighAbout,
): Pick<CauseInput, 'services' | 'networks' | 'canaries' | 'otherCountries'> {
  const country = beside.find(({ service, asn }) => service === series.service && asn === series.asn)?.country
  const reduced = (one: SeriesCount) => {
    const restriction = (others.get(seriesId({ ...one, simulated: series.simulated })) ?? [])
      .filter(({ detected }) => detected.state !== 'insufficient' && overlap(windowOf(detected), window) >= 0)
      .toSorted((a, b) => windowOf(a.detected).from - windowOf(b.detected).from)[0]
    return {
      measured: one.ok + one.failed,
      probes: one.probes,
      restricted: restriction !== undefined,
      ...(restriction === undefined ? {} : onsetOf(restriction.detected.start)),
    }
  }
  const sorted = beside.toSorted((a, b) => a.asn - b.asn || (a.service < b.service ? -1 : 1))
  const onNetwork = sorted.filter(({ service, asn }) => asn === series.asn && service !== series.service)
  const ofService = sorted.filter(({ service, asn }) => asn !== series.asn && service === series.service)
  const canaries = sum(onNetwork.filter(({ service }) => tables.comparisons.includes(service)))
  const abroad = sum(ofService.filter((one) => one.country !== country))
  return {
    services: onNetwork.map((one) => ({
      service: one.service,
      ...named('owner', tables.serviceOwner(one.service)),
      ...reduced(one),
    })),
    networks: ofService
      .filter((one) => one.country === country)
      .map((one) => ({ asn: one.asn, ...named('owner', tables.networkOwner(one.asn)), ...reduced(one) })),
    ...defined({ canaries, otherCountries: abroad }),
  }
}

const named = (name: 'owner', value: string | undefined): { readonly owner?: string } =>
  value === undefined ? {} : { [name]: value }

/** Counts of several series; undefined where nothing was measured. The probes of the best-watched one are counted. */
function sum(counts: readonly SeriesCount[]): CauseInput['canaries'] {
  if (counts.length === 0) return undefined
  return {
    ok: counts.reduce((total, { ok }) => total + ok, 0),
    failed: counts.reduce((total, { failed }) => total + failed, 0),
    probes: Math.max(...counts.map(({ probes }) => probes)),
  }
}

function commonest(words: readonly string[]): string {
  const counts = [...Map.groupBy(words, (word) => word)].map(([word, all]) => ({ word, count: all.length }))
  return counts.toSorted((a, b) => b.count - a.count || (a.word < b.word ? -1 : 1))[0]?.word ?? ''
}
