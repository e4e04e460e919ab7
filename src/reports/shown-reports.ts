import { rollUp, type ReportAtom } from '../core/detect/reports/cells.ts'
import type { ReportHistory } from '../core/detect/reports/baseline.ts'
import { findSignals } from '../core/detect/reports/signals.ts'
import { localHours } from '../core/detect/shown/local-hours.ts'
import { DAY_MS, HOUR_MS } from '../core/model/duration.ts'
import { FEWEST_REPORTERS, settledBefore, SLOT_MS, type ReportState } from '../core/model/people/report.ts'
import { USUAL_DAYS, usualHours } from '../core/detect/reports/usual-hours.ts'
import type {
  PlacedSignal,
  PublishedCell,
  PublishedNote,
  ReportCell,
  ReportPlace,
  UsualHours,
} from '../core/model/people/report-cell.ts'
import { instant, parseAsn, type Asn, type Instant } from '../core/model/units.ts'
import { Mutex } from '../runtime/mutex.ts'
import type { Between, ReportCount, ReportStore } from './registry/contract.ts'
import type { Clock } from '../runtime/clock.ts'

/** Signals are shown for so many days. */
export const SIGNAL_DAYS = 31
/** What is usual is learnt from half a year before each. */
const HISTORY_DAYS = SIGNAL_DAYS + 182
/** Counts asked for at once. */
const ASKED_DAYS = 7
const ZONE = 'Asia/Almaty'
/** Published texts that are read at once. */
const MOST_NOTES = 1000
/** Stands for no service of a list: nothing is said about it. */
const OTHER = 'other'

export interface ShownReportsOptions {
  readonly store: Pick<ReportStore, 'counts' | 'notes'>
  readonly clock: Pick<Clock, 'now'>
  readonly simulated: boolean
}

/**
 * What may be shown of trouble reports (docs/methods/reports.md). Each settled slot is read once; a question is
 * answered from memory until the next one is settled.
 */
export class ShownReports {
  readonly #options: ShownReportsOptions
  /** All counted reports by series and slot: only for what is usual. */
  readonly #all = new Series()
  /** Those that are shown. */
  readonly #shown = new Series()
  #since = Infinity
  #read = 0
  /** Sums of cells by place and hour: what is usual in an hour is learnt from what was published. */
  readonly #hours = new Map<string, Map<number, number>>()
  #hoursRead = 0
  /** Since when five people have reported anything; a single first report is not told. */
  #takenSince = Infinity
  #taken = 0
  #signals: readonly PlacedSignal[] = []
  readonly #mutex = new Mutex()

  constructor(options: ShownReportsOptions) {
    this.#options = options
  }

  /** Start of the first slot that is not shown yet. */
  settled(): Instant {
    return instant(settledBefore(this.#options.clock.now()))
  }

  /** Cells of a time, which is widened to whole hours. */
  async cells({ since, until }: Between): Promise<readonly PublishedCell[]> {
    const { store, simulated } = this.#options
    const between = {
      since: instant(Math.floor(since / HOUR_MS) * HOUR_MS),
      until: instant(Math.ceil(until / HOUR_MS) * HOUR_MS),
    }
    const counts = await store.counts(between, simulated)
    const settled = this.settled()
    const of = (state: ReportState, released: boolean): readonly PublishedCell[] =>
      rollUp(atomsOf(counts, state), settled).map((cell) => ({ ...cell, released }))
    // Held reports are released long after their slot was shown: as cells of their own, each of five at least.
    return [...of('counted', false), ...of('released', true)].toSorted((a, b) => b.from - a.from || b.count - a.count)
  }

  /** Texts next to reports of a service, as their moderator worded them, newest first. */
  async notes(service: string): Promise<readonly PublishedNote[]> {
    const { store, simulated } = this.#options
    const notes = await store.notes('published', MOST_NOTES)
    return notes
      .flatMap((note) =>
        note.service === service && note.simulated === simulated && note.shown !== undefined
          ? [{ day: instant(note.day), lang: note.lang, text: note.shown }]
          : [],
      )
      .toSorted((a, b) => b.day - a.day)
  }

  /** Signals of the last month, newest first. */
  async signals(): Promise<readonly PlacedSignal[]> {
    await this.#mutex.run(() => this.#catchUp())
    return this.#signals
  }

  /** What is usual in the 24 hours up to the end of one, from hours that were published before them. */
  async usual(place: ReportPlace, until: Instant): Promise<UsualHours> {
    await this.#mutex.run(() => this.#readHours())
    return usualHours(this.#hours.get(placeKey(place)) ?? new Map(), { until, since: this.#takenSince })
  }

  /** Since when five people have reported anything; Infinity before that. */
  async takenSince(): Promise<number> {
    await this.#mutex.run(() => this.#readHours())
    return this.#takenSince
  }

  /** Reads the hours that are whole since the last time: of each all its cells, those of the whole hour among them. */
  async #readHours(): Promise<void> {
    const { store, simulated } = this.#options
    const settled = Math.floor(this.settled() / HOUR_MS) * HOUR_MS
    const oldest = settled - (USUAL_DAYS + 2) * DAY_MS
    for (let from = Math.max(this.#hoursRead, oldest); from < settled; from += ASKED_DAYS * DAY_MS) {
      const until = Math.min(settled, from + ASKED_DAYS * DAY_MS)
      const counts = await store.counts({ since: instant(from), until: instant(until) }, simulated)
      for (const { slot, count } of atomsOf(counts, 'counted').toSorted((a, b) => a.slot - b.slot)) {
        if (this.#taken >= FEWEST_REPORTERS) break
        this.#taken += count
        if (this.#taken >= FEWEST_REPORTERS) this.#takenSince = slot
      }
      for (const state of ['counted', 'released'] as const)
        for (const cell of rollUp(atomsOf(counts, state), until)) this.#addHour(cell)
      this.#hoursRead = until
    }
    for (const hours of this.#hours.values()) for (const at of hours.keys()) if (at < oldest) hours.delete(at)
  }

  #addHour({ service, asn, said, from, count }: ReportCell): void {
    const hour = Math.floor(from / HOUR_MS) * HOUR_MS
    const places: readonly ReportPlace[] = [{ service }, ...(asn === undefined || said === true ? [] : [{ asn }])]
    for (const place of places) {
      const hours = this.#hours.get(placeKey(place)) ?? new Map<number, number>()
      hours.set(hour, (hours.get(hour) ?? 0) + count)
      this.#hours.set(placeKey(place), hours)
    }
  }

  async #catchUp(): Promise<void> {
    const settled = this.settled()
    if (this.#read === settled) return
    const oldest = settled - HISTORY_DAYS * DAY_MS
    const read: ReportCount[] = []
    for (let from = Math.max(this.#read, oldest); from < settled; from += ASKED_DAYS * DAY_MS) {
      const between = { since: instant(from), until: instant(Math.min(settled, from + ASKED_DAYS * DAY_MS)) }
      read.push(...(await this.#options.store.counts(between, this.#options.simulated)))
    }
    // All of it or nothing: what could not be read is asked for again as a whole.
    this.#note(atomsOf(read, 'counted'), settled)
    this.#read = settled
    this.#all.forget(oldest)
    this.#shown.forget(settled - SIGNAL_DAYS * DAY_MS)
    this.#signals = this.#find(settled)
  }

  #note(atoms: readonly ReportAtom[], settled: number): void {
    for (const { slot, service, asn, said, count } of atoms) {
      this.#since = Math.min(this.#since, slot)
      this.#all.add({ service, slot, count, ...(asn === 0 || said ? {} : { asn }) })
    }
    for (const { level, service, from: slot, asn, said, count } of rollUp(atoms, settled))
      if (level !== 'hour')
        this.#shown.add({ service, slot, count, ...(asn === undefined || said === true ? {} : { asn }) })
  }

  #find(settled: Instant): readonly PlacedSignal[] {
    const hours = localHours(ZONE)
    return this.#shown
      .names()
      .filter(({ service }) => service !== OTHER)
      .flatMap(({ service, asn }) => {
        const place = asn === undefined ? { service } : { service, asn }
        const history: ReportHistory = { since: this.#since, at: (slot) => this.#all.of(place).get(slot) ?? 0 }
        const shown = this.#shown.of(place)
        return findSignals({ shown, history, hours, settled }).map((signal) => ({ ...place, ...signal }))
      })
      .toSorted((a, b) => b.began[0] - a.began[0] || b.reports - a.reports)
  }
}

const placeKey = (place: ReportPlace): string => ('service' in place ? `s ${place.service}` : `n ${place.asn}`)

interface Place {
  readonly service: string
  /** Absent: all networks together. */
  readonly asn?: Asn
}

/** Counts by service, of one network and of all of them, and slot. */
class Series {
  readonly #counts = new Map<string, Map<number, number>>()

  add({ service, asn, slot, count }: Place & { readonly slot: number; readonly count: number }): void {
    for (const key of asn === undefined ? [`${service} 0`] : [`${service} 0`, `${service} ${asn}`]) {
      const slots = this.#counts.get(key) ?? new Map<number, number>()
      slots.set(slot, (slots.get(slot) ?? 0) + count)
      this.#counts.set(key, slots)
    }
  }

  of({ service, asn = parseAsn(0) }: Place): ReadonlyMap<number, number> {
    return this.#counts.get(`${service} ${asn}`) ?? new Map()
  }

  names(): readonly Place[] {
    return [...this.#counts.keys()].map((key) => {
      const [service = '', asn] = key.split(' ')
      return asn === '0' ? { service } : { service, asn: parseAsn(asn) }
    })
  }

  forget(before: number): void {
    for (const slots of this.#counts.values())
      for (const slot of slots.keys()) if (slot + SLOT_MS <= before) slots.delete(slot)
  }
}

const atomsOf = (counts: readonly ReportCount[], wanted: ReportState): readonly ReportAtom[] =>
  counts.filter(({ state }) => state === wanted)
