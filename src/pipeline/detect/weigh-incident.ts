import type { CauseInput, CauseReading, Onset } from '../../detect/cause/cause-input.ts'
import { causeReading } from '../../detect/cause/cause-reading.ts'
import { observeItems } from '../../detect/cause/observe-items.ts'
import { weighCause } from '../../detect/cause/weigh.ts'
import { targetOf } from '../../detect/columns.ts'
import type { CauseFinding } from '../../model/cause.ts'
import type { Edge } from '../../model/incident.ts'
import { instant, type Instant } from '../../model/units.ts'
import type { ReadingPeriod, SeriesCount, StoredVerdict } from '../../store/warehouse/contract.ts'
import type { DetectSources, SeriesOf, Shown, Surroundings } from './sources.ts'
import { seriesId, slowKey } from './sources.ts'
import { overlap, windowOf, type Window } from '../../derive/window.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** The weighing looks at what was before an incident as well (docs/methods/cause.md, "Items"). */
const BEFORE = 3 * HOUR
const WATCHED = 14 * DAY
/** Verdicts whose grounds are looked at; of more, an even sample. */
const MOST_VERDICTS = 2000

export interface WeighedIncident {
  readonly cause: CauseFinding
  /** Commonest rules version of the verdicts behind it; '' without verdicts. */
  readonly verdictRules: string
}

/** Gathers what the weighing of one incident may look at, and weighs it. */
export async function weighIncident(
  shown: Shown,
  { all, shown: others }: Surroundings,
  sources: DetectSources,
): Promise<WeighedIncident> {
  const { series, detected } = shown
  const { tables, warehouse } = sources
  const { from, until } = windowOf(detected)
  const window = { from, until: instant(Math.min(until, sources.now())) }
  const period = { since: instant(from - BEFORE), until: instant(window.until + 1), simulated: series.simulated }
  const verdicts = await warehouse.verdicts(series.service, series.asn, { ...period, most: MOST_VERDICTS })
  const near = all.filter(
    ({ service, asn, simulated }) =>
      simulated === series.simulated && (service === series.service || asn === series.asn),
  )
  const beside = await warehouse.counts(near, { ...period, since: from })
  const input: CauseInput = {
    window,
    ...onsetOf(detected.start),
    scheduleMinutes: sources.settings.scheduleMinutes,
    readings: verdicts.map((one) => toCauseReading(one, shown.slow)),
    watched: await watchedTimes(series, { ...period, since: instant(from - WATCHED), until: from }, sources),
    earlier: (others.get(seriesId(series)) ?? [])
      .map((one) => windowOf(one.detected))
      .filter((one) => one.until < from),
    ...ownersOf(series, sources),
    ...besideOf({ series, window, beside, others }, sources),
    extra: [],
  }
  const options = { insufficient: detected.state === 'insufficient', seed: detected.seed }
  const cause = weighCause(observeItems(input), tables.causes, options)
  return { cause, verdictRules: commonest(verdicts.map(({ verdict }) => verdict.rulesVersion)) }
}

const onsetOf = ({ kind, lo95, hi95, bracket }: Edge): { readonly onset?: Onset } => {
  if (kind === 'open') return {}
  const lo = lo95 ?? bracket[0]
  const hi = hi95 ?? bracket[1]
  return lo === undefined || hi === undefined ? {} : { onset: { lo, hi } }
}

const toCauseReading = ({ head, provenance, verdict }: StoredVerdict, slow: Shown['slow']): CauseReading =>
  causeReading(
    {
      at: head.startedAt,
      probe: head.probe ?? '',
      version: `${head.softwareName} ${head.softwareVersion}`.trim(),
      testName: head.testName,
      slow: slow?.has(slowKey(head.startedAt, head.probe ?? '')) === true,
      id: provenance.id,
    },
    verdict,
  )

async function watchedTimes(
  { service, asn }: SeriesOf,
  period: ReadingPeriod,
  { warehouse }: DetectSources,
): Promise<readonly Instant[]> {
  const [found] = await warehouse.readingColumns([{ service, asn }], period)
  if (found === undefined) return []
  const { at, outcome } = found.columns
  const informative = (i: number): boolean => targetOf(outcome[i]!) !== 'none' // as many outcomes as times
  return [...at].filter((_, i) => informative(i)).map(instant)
}

function ownersOf(
  { service, asn }: SeriesOf,
  { tables }: DetectSources,
): Pick<CauseInput, 'serviceOwner' | 'networkOwner'> {
  const serviceOwner = tables.serviceOwner(service)
  const networkOwner = tables.networkOwner(asn)
  return {
    ...(serviceOwner === undefined ? {} : { serviceOwner }),
    ...(networkOwner === undefined ? {} : { networkOwner }),
  }
}

interface BesideAbout {
  readonly series: SeriesOf
  readonly window: Window
  readonly beside: readonly SeriesCount[]
  readonly others: Surroundings['shown']
}

function besideOf(
  { series, window, beside, others }: BesideAbout,
  { tables }: DetectSources,
): Pick<CauseInput, 'services' | 'networks' | 'canaries' | 'otherCountries'> {
  const country = beside.find(({ service, asn }) => service === series.service && asn === series.asn)?.country
  const reduced = (one: SeriesCount) => {
    const restriction = (others.get(seriesId({ ...one, simulated: series.simulated })) ?? []).find(
      ({ detected }) => detected.state !== 'insufficient' && overlap(windowOf(detected), window) >= 0,
    )
    return {
      measured: one.ok + one.failed,
      probes: one.probes,
      restricted: restriction !== undefined,
      ...(restriction === undefined ? {} : onsetOf(restriction.detected.start)),
    }
  }
  const onNetwork = beside.filter(({ service, asn }) => asn === series.asn && service !== series.service)
  const ofService = beside.filter(({ service, asn }) => asn !== series.asn && service === series.service)
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
    ...(canaries === undefined ? {} : { canaries }),
    ...(abroad === undefined ? {} : { otherCountries: abroad }),
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
