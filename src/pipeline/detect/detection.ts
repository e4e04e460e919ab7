import { defined } from '../../core/model/defined.ts'
import { MINUTE_MS } from '../../core/model/duration.ts'
import type { Incident, RevisionReason } from '../../core/model/incident/incident.ts'
import { outagesOf, outageText } from '../../core/model/tables/others.ts'
import { seriesId, type SeriesOf } from '../../core/model/measured/series.ts'
import { instant, type Instant, type Sha256 } from '../../core/model/units.ts'
import type { SeriesKey } from '../../store/warehouse/contract.ts'
import { outagesNear } from '../../core/derive/outages-near.ts'
import { asPublished } from '../../core/derive/as-published.ts'
import { digest } from '../judge/judge-bytes.ts'
import { detectPortion, matchToleranceMs, type FoundSeries } from './detect-portion.ts'
import { alarmsAlone, loadState, saveState, type DetectState, type SeriesState } from './detect-state.ts'
import { erasedOf, measurementsOf, revokedOf } from './measurements-of.ts'
import type { Draft } from '../../core/derive/draft.ts'
import { reviseSeries } from './revise.ts'
import { revisePooled } from './revise-pooled.ts'
import { slowKey, type ShownIncident, type StandingOf } from '../../core/derive/shown.ts'
import { detectionVersion, incidentRules } from '../../core/derive/rules.ts'
import { planSeries, portionsOf, type PlannedSeries, type DetectionScope } from './series-plan.ts'
import { seriesOf, type DetectSources } from './sources.ts'
import { weighIncident, type Surroundings } from './weigh-incident.ts'
import { asOf, windowOf } from '../../core/derive/window.ts'
import { BaselineCache } from './yardsticks.ts'

/** What one detection did. */
export interface Detected {
  /** Series that were detected. */
  readonly series: number
  /** Incidents that the data of these series show. */
  readonly shown: number
  readonly revisions: readonly Incident[]
  readonly reasons: Readonly<Partial<Record<RevisionReason, number>>>
}

export interface RunOptions {
  /** Stops between two portions; what is published stays. */
  readonly signal: AbortSignal
  /** Series done, of how many. */
  readonly onProgress?: (done: number, total: number) => void
}

const NOTHING: Detected = { series: 0, shown: 0, revisions: [], reasons: {} }

/**
 * Detection of one data folder: readings to incidents to published revisions. The same readings give the same incidents
 * and ids, whether they came at once or one after another; what has not changed for a reader is not published again.
 * One run at a time.
 */
export class Detection {
  readonly #sources: DetectSources
  readonly #version: string
  #state: DetectState | undefined
  /**
   * When series were last detected: running incidents are, once in an interval of the schedule, also without new data.
   */
  #lookedAt = 0
  readonly #yardsticks = new BaselineCache()
  /** As they were known when this run began. */
  #outages = outagesOf(undefined)
  /** All series, kept up with what each question for new ones gives. */
  #keys = new Map<string, SeriesKey>()

  constructor(sources: DetectSources) {
    this.#sources = sources
    this.#version = detectionVersion(sources.settings, sources.tables.causes.digest, digest)
  }

  /**
   * Detects and publishes. `changed` compares every series with the state of the last detection; `new`, after that and
   * in the same process, asks only for what was inserted since. Throws what the stores throw; nothing is published by
   * half that the next run does not complete.
   */
  async run(scope: DetectionScope, options: RunOptions): Promise<Detected> {
    const { incidents, warehouse, statePath, tables, settings } = this.#sources
    this.#state ??= await loadState(statePath, this.#version)
    const state = this.#state
    const live = scope === 'new' && this.#keys.size > 0
    const now = this.#sources.now()
    const keys = await warehouse.seriesKeys(live ? state.insertion : 0)
    if (live && keys.length === 0 && now - this.#lookedAt < settings.scheduleMinutes * MINUTE_MS) return NOTHING
    this.#lookedAt = now
    this.#outages = outagesOf(await this.#sources.others?.())
    const fresh = new Map(live ? keys.map((key) => [seriesId(key), key.earliest]) : [])
    this.#take(keys, live)
    const published = await incidents.current()
    const asked = { scope: live ? scope : scope === 'all' ? scope : 'changed', fresh, published } as const
    const planned = planSeries([...this.#keys.values()], state, {
      ...asked,
      comparisons: tables.comparisons,
      outages: (key) => this.#outagesOf(key),
    })
    if (planned.length === 0) return NOTHING
    const found = await this.#detect(planned, now, options)
    const drafted = await this.#draft({ found, published, now }, options)
    const erased = live
      ? { ids: [], named: new Set<string>() }
      : await erasedOf(ofSeries(published, found), this.#sources)
    const revoked = await this.#revoked(ofSeries(published, found), keys)
    // Nothing is written before this line. Crash: the next run finds the same.
    const about = { found, published, erased: erased.named, revoked, now, scope }
    const revisions = revisePooled(drafted, published, {
      revise: (drafts) => this.#revise({ ...about, drafted: drafts }),
      now,
      detection: this.#version,
    })
    // 1. The journal, one synced write for all revisions and episodes; then ids of erased measurements leave it. Crash:
    // the state is that before, so the next run looks at the same series, finds what is published, and revises only
    // what a part of the write lacks.
    await this.#publish(revisions, published, erased.ids)
    // 2. Up to where this came. Crash: nothing is lost. The log takes the revisions from the journal
    // (log-revisions.ts).
    this.#state = this.#stateAfter(found, scope === 'all' ? undefined : state)
    await saveState(statePath, this.#state)
    return { series: found.length, shown: drafted.length, revisions, reasons: countReasons(revisions) }
  }

  #take(keys: readonly SeriesKey[], live: boolean): void {
    if (!live) this.#keys = new Map()
    for (const key of keys) {
      const before = this.#keys.get(seriesId(key))
      const merged = {
        ...key,
        count: key.count + (before?.count ?? 0),
        earliest: instant(Math.min(key.earliest, before?.earliest ?? key.earliest)),
        latest: instant(Math.max(key.latest, before?.latest ?? key.latest)),
      }
      this.#keys.set(seriesId(key), merged)
    }
  }

  async #detect(planned: readonly PlannedSeries[], now: Instant, options: RunOptions): Promise<readonly FoundSeries[]> {
    const { pool } = this.#sources
    const { signal, onProgress } = options
    const portions = portionsOf(planned)
    const found: FoundSeries[] = []
    const running = new Set<Promise<void>>()
    for (const portion of portions) {
      signal.throwIfAborted()
      await pool.ready()
      // Not more readings in memory than the threads and one portion behind them hold.
      const work = detectPortion(
        portion,
        { until: now, yardsticks: this.#yardsticks, outages: this.#outages },
        this.#sources,
      ).then((results) => {
        found.push(...results)
        onProgress?.(found.length, planned.length)
      })
      const tracked = work.finally(() => running.delete(tracked))
      tracked.catch(() => undefined)
      running.add(tracked)
      if (running.size >= 3) await Promise.race(running)
    }
    await Promise.all(running)
    return found.toSorted((a, b) => (seriesId(a.planned.key) < seriesId(b.planned.key) ? -1 : 1))
  }

  async #draft(
    about: { readonly found: readonly FoundSeries[]; readonly published: readonly Incident[]; readonly now: Instant },
    { signal }: RunOptions,
  ): Promise<readonly Draft[]> {
    const { tables } = this.#sources
    const { found, published, now } = about
    const shown = found.flatMap(({ planned, result }) => {
      const slow = new Set(result.slow?.map(({ at, probe }) => slowKey(at, probe)))
      return result.incidents.map((one): ShownIncident => ({
        series: plainSeries(planned.key),
        detected: asPublished(asOf(one, now)),
        slow,
      }))
    })
    const around = { all: [...this.#keys.values()], shown: withPublished(shown, published, found) }
    const drafts: Draft[] = []
    for (const one of shown) {
      signal.throwIfAborted()
      const { cause, verdictRules } = await weighIncident(one, around, this.#sources)
      const impact = tables.impact?.(one.detected, one.series, now)
      drafts.push({
        ...one.detected,
        ...one.series,
        rulesVersion: incidentRules(verdictRules, this.#version),
        cause,
        ...defined({ impact, outages: outagesNear(one.detected, this.#outages(one.series)) }),
        measurements: await measurementsOf(one, now, this.#sources),
      })
    }
    return drafts
  }

  /** Of series from which a revocation took measurements, the published incidents that it concerns. */
  #revoked(published: readonly Incident[], keys: readonly SeriesKey[]): Promise<ReadonlySet<string>> {
    const touched = new Set(keys.filter(({ revoked }) => revoked).map((key) => seriesId(key)))
    const last = (of: SeriesOf): number => this.#state?.series.get(seriesId(of))?.insertion ?? 0
    return revokedOf(
      published.filter((one) => touched.has(seriesId(seriesOf(one)))),
      last,
      this.#sources,
    )
  }

  #revise(about: {
    readonly found: readonly FoundSeries[]
    readonly drafted: readonly Draft[]
    readonly published: readonly Incident[]
    readonly erased: ReadonlySet<string>
    readonly revoked: ReadonlySet<string>
    readonly now: Instant
    readonly scope: DetectionScope
  }): readonly Incident[] {
    const { found, drafted, published, erased, revoked, now, scope } = about
    const toleranceMs = matchToleranceMs(this.#sources.settings.scheduleMinutes)
    const taken = new Set(published.map(({ id }) => id))
    const byDraft = Map.groupBy(drafted, (draft) => seriesId(draft))
    const byPublished = Map.groupBy(published, (one) => seriesId(seriesOf(one)))
    return found.flatMap(({ planned }) => {
      const id = seriesId(planned.key)
      const since = planned.settled?.at ?? 0
      const inQuestion = (byPublished.get(id) ?? []).filter((one) => windowOf(one).until >= since)
      const revisions = reviseSeries(inQuestion, byDraft.get(id) ?? [], {
        now,
        toleranceMs,
        taken,
        erased,
        revoked,
        rulesKnown: scope !== 'all' && this.#state?.series.has(id) === true,
      })
      for (const one of revisions) taken.add(one.id)
      return revisions
    })
  }

  async #publish(
    revisions: readonly Incident[],
    published: readonly Incident[],
    erased: readonly Sha256[],
  ): Promise<void> {
    const { incidents, group } = this.#sources
    const standing = new Map([...published, ...revisions].map((one) => [one.id, one]))
    const episodes = group([...standing.values()].filter(({ withdrawn }) => !withdrawn))
    await incidents.publish(revisions, episodes)
    if (erased.length > 0) await incidents.forget(erased)
  }

  /** Outages in which failures of a series count as not measured, as one name; undefined where there are none. */
  #outagesOf(key: SeriesKey): string | undefined {
    const known = this.#outages(key).filter(({ from }) => from <= key.latest)
    return known.length === 0 ? undefined : digest(known.map(outageText).join(' ')).slice(0, 16)
  }

  #stateAfter(found: readonly FoundSeries[], before: DetectState | undefined): DetectState {
    const series = new Map<string, SeriesState>(before?.series)
    for (const { planned, result } of found) {
      const { insertion, count } = this.#keys.get(seriesId(planned.key)) ?? planned.key
      const settled = result.settled ?? planned.settled
      const outages = this.#outagesOf(this.#keys.get(seriesId(planned.key)) ?? planned.key)
      const { alone = [] } = before?.series.get(seriesId(planned.key)) ?? {}
      const alarms = alarmsAlone(result, { alone, until: planned.settled?.at ?? -Infinity })
      const kept = defined({ settled, outages, alone: alarms.length === 0 ? undefined : alarms })
      series.set(seriesId(planned.key), { insertion, count, ...kept })
    }
    const insertion = [...this.#keys.values()].reduce((most, key) => Math.max(most, key.insertion), 0)
    return { version: this.#version, insertion, series }
  }
}

const plainSeries = ({ service, asn, simulated }: SeriesKey): ShownIncident['series'] => ({ service, asn, simulated })

const ofSeries = (published: readonly Incident[], found: readonly FoundSeries[]): readonly Incident[] => {
  const ids = new Set(found.map(({ planned }) => seriesId(planned.key)))
  return published.filter((one) => ids.has(seriesId(seriesOf(one))))
}

/** What is shown now, and of series not detected (or of times before they were settled) what is published. */
function withPublished(
  shown: readonly ShownIncident[],
  published: readonly Incident[],
  found: readonly FoundSeries[],
): Surroundings['shown'] {
  const since = new Map(found.map(({ planned }) => [seriesId(planned.key), planned.settled?.at ?? 0]))
  const kept = published
    .filter((one) => !one.withdrawn && windowOf(one).until < (since.get(seriesId(seriesOf(one))) ?? Infinity))
    .map((one): StandingOf => ({ series: seriesOf(one), detected: one }))
  return Map.groupBy<string, StandingOf>([...kept, ...shown], ({ series }) => seriesId(series))
}

function countReasons(revisions: readonly Incident[]): Partial<Record<RevisionReason, number>> {
  const counts: Partial<Record<RevisionReason, number>> = {}
  for (const { reason } of revisions) counts[reason] = (counts[reason] ?? 0) + 1
  return counts
}
