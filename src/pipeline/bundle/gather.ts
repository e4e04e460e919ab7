import {
  encodeDerivation,
  encodeResult,
  seriesInputs,
  type Derivation,
  type OtherIncident,
} from '../../core/derive/derivation-form.ts'
import { parseDerivationTables, type DerivationTables } from '../../core/derive/derivation-tables.ts'
import {
  deriveShown,
  draftOf,
  nearestTo,
  seenColumns,
  settledStateBefore,
  type Begins,
} from '../../core/derive/derive-incident.ts'
import type { Draft } from '../../core/derive/draft.ts'
import { MeasuredSet, type Measured } from '../../core/derive/measured.ts'
import {
  derivationPeriods,
  isBeside,
  looksAt,
  MOST_EVER,
  MOST_WHOLE,
  settlesBefore,
} from '../../core/derive/plan-derivation.ts'
import { differencesOf } from '../../core/derive/differences.ts'
import { readerSeesChange, stageOf } from '../../core/derive/reader-sees.ts'
import { detectionVersion } from '../../core/derive/rules.ts'
import type { ShownIncident } from '../../core/derive/shown.ts'
import { windowOf } from '../../core/derive/window.ts'
import { shownAt } from '../../core/derive/withdrawal.ts'
import { columnsOf, lowerBound, sliceColumns, type Columns } from '../../core/detect/chain/columns.ts'
import type { DetectSettings } from '../../core/detect/chain/settings.ts'
import { defined } from '../../core/model/defined.ts'
import { DeviceNumbers } from '../../core/model/device.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import { encodeCause, encodeDetected, encodePooled } from '../../core/model/incident/incident-wire.ts'
import { encodeOutages } from '../../core/model/incident/outage-wire.ts'
import type { SeriesOf } from '../../core/model/measured/series.ts'
import { outagesOf, type KnownOutage, type OthersRecord } from '../../core/model/tables/others.ts'
import { instant, parseSha256, type Instant, type Sha256 } from '../../core/model/units.ts'
import type { Archive } from '../../store/archive/contract.ts'
import type { IncidentStore } from '../../store/incidents/contract.ts'
import type { Warehouse } from '../../store/warehouse/contract.ts'
import { digest } from '../judge/judge-bytes.ts'
import type { JudgeForm } from '../judge/judged-once.ts'
import { chooseLeaves, type ChooseParts, type ChosenLeaf } from './choose-leaves.ts'
import { readPublic, type PublicParts } from './read-public.ts'

/** What a derivation is gathered from: a data folder that is up to date, all of it detected. */
export interface GatherParts extends Omit<PublicParts, 'archive'>, Pick<ChooseParts, 'leafOf'> {
  readonly archive: Pick<Archive, 'readLeaf'>
  readonly warehouse: ChooseParts['warehouse'] & Pick<Warehouse, 'readingColumns'>
  readonly incidents: Pick<IncidentStore, 'current'>
  /** Files of the tables by name, as `parseDerivationTables` takes them. */
  readonly tables: ReadonlyMap<string, Uint8Array>
  readonly settings: DetectSettings
  /** What others measured: its outages mask failures; absent: none is known. */
  readonly others?: OthersRecord
  /**
   * Most readings of the series and its comparison services that are included from the first one on; `MOST_WHOLE` where
   * absent.
   */
  readonly mostWhole?: number
  /** Judges by the verdict tables of `tables`. */
  readonly judge: JudgeForm
  readonly now: Instant
  readonly signal: AbortSignal
  /** Measurements judged so far. */
  readonly onProgress?: (judged: number) => void
}

/** Everything from which a third party derives a published incident. */
export interface Gathered {
  readonly kind: 'derived'
  readonly incident: Incident
  /** JSON of `derivation.json`. */
  readonly derivation: Readonly<Record<string, unknown>>
  /**
   * Measurements by leaf. Those that were erased or have another public form by now were left out of the derivation.
   */
  readonly measurements: readonly ChosenLeaf[]
  /** Numbers of the devices behind them, where a name must not be published: the derivation is made with these. */
  readonly devices: DeviceNumbers
  /** Versions of the rules of verdicts and of the detection. */
  readonly program: { readonly rules: string; readonly detection: string }
  /**
   * Published incidents that the weighing looks at, or the one that took the place of a withdrawn one, by id and
   * revision: their logged forms belong to it too.
   */
  readonly others: readonly { readonly incident: string; readonly revision: number }[]
}

/** Why an incident cannot be derived again as it is published. */
export type NotGathered =
  /** No incident of that id. */
  | { readonly kind: 'unknown' }
  /** The measurements show something else, or nothing: places of its JSON that differ (`/` where there is none). */
  | { readonly kind: 'differs'; readonly incident: Incident; readonly paths: readonly string[] }

/**
 * Finds what a published incident is derived from, the smallest first, and derives it only from the public forms;
 * gives it where a reader reads the same in both, and a withdrawn one where the measurements no longer show it. Throws
 * what the stores throw, and what `signal` aborts with.
 */
export async function gatherDerivation(id: string, parts: GatherParts): Promise<Gathered | NotGathered> {
  const published = await parts.incidents.current()
  const incident = published.find((one) => one.id === id)
  if (incident === undefined) return { kind: 'unknown' }
  const gathering = new Gathering(incident, published, parts)
  let paths: readonly string[] = ['/']
  for (const until of looksAt(incident, parts.now))
    for (const whole of [false, true]) {
      const found = await gathering.derive(until, whole)
      if (found === undefined) continue
      if (found.kind === 'derived') return found
      paths = found.paths
      if (found.begins === 'first-reading') break
    }
  return { kind: 'differs', incident, paths }
}

/** What a derivation rests on, and what came out where an incident stands. */
interface Found extends Pick<Gathered, 'others' | 'devices'>, Pick<Derivation, 'inputs' | 'result'> {
  readonly chosen: readonly ChosenLeaf[]
}

interface Differs {
  readonly kind: 'differs'
  readonly begins: Begins['kind']
  readonly paths: readonly string[]
}

/** Readings of a series and of its comparison services; devices have the names that the bundle gives them. */
interface Read extends Pick<MeasuredSet, 'columns'> {
  readonly size: number
  readonly devices: DeviceNumbers
}

const beginsWhole = ({ size }: Read): Begins | undefined => (size <= MOST_EVER ? { kind: 'first-reading' } : undefined)

/** Numbers keep the order of names, so that the columns stay sorted. */
const withNames = (columns: Columns, devices: DeviceNumbers): Columns => ({
  ...columns,
  probes: columns.probes.map((name) => devices.nameOf(name)),
})

/** One incident, with what was judged for it so far: a longer look adds to a shorter one. */
class Gathering {
  readonly #incident: Incident
  readonly #published: readonly Incident[]
  readonly #parts: GatherParts
  readonly #tables: DerivationTables
  readonly #series: SeriesOf
  readonly #judged = new Map<number, Measured | undefined>()

  constructor(incident: Incident, published: readonly Incident[], parts: GatherParts) {
    this.#incident = incident
    this.#published = published
    this.#parts = parts
    this.#tables = parseDerivationTables(parts.tables, digest)
    const { service, asn, simulated } = incident
    this.#series = { service, asn, simulated }
  }

  /** Undefined where a series this long has no settled state to begin with, or this short needs none. */
  async derive(until: Instant, whole: boolean): Promise<Gathered | Differs | undefined> {
    const read = await this.#readings(until)
    const begins = whole ? beginsWhole(read) : this.#beginsShort(read)
    if (begins === undefined) return undefined
    const { settings } = this.#parts
    const { devices } = read
    const chosen = await this.#choose(begins, until)
    const measured = (await this.#judge(chosen)).map((one) => ({ ...one, device: devices.nameOf(one.device) }))
    const set = new MeasuredSet(measured)
    // Nothing of a withdrawn one is weighed.
    const others = this.#incident.withdrawn ? [] : this.#others(begins)
    const inputs = { series: this.#series, until, settings, begins, others, outages: this.#outages(until) }
    const found = { inputs, chosen, devices }
    const about = { set, inputs: seriesInputs({ inputs }) }
    const shown = deriveShown(set, about.inputs, this.#tables.weigh) ?? []
    if (this.#incident.withdrawn) return this.#withdrawn(shown, found)
    const one = nearestTo(windowOf(this.#incident), shown)
    if (one === undefined) return { kind: 'differs', begins: begins.kind, paths: ['/'] }
    const draft = draftOf(one, { ...about, shown }, { tables: this.#tables.weigh, digest })
    const paths = this.#changes(draft, until)
    if (paths !== undefined) return { kind: 'differs', begins: begins.kind, paths }
    const leaves = new Map(measured.map(({ provenance, leafIndex }) => [provenance.id, leafIndex]))
    return this.#gathered({
      ...found,
      result: encodeResult(draft, (id: Sha256) => leaves.get(id)),
      others: others.map(({ incident, revision }) => ({ incident, revision })),
    })
  }

  /**
   * Withdrawn, the measurements show none at its time; what they show there belongs to the incident that took its
   * place.
   */
  #withdrawn(shown: readonly ShownIncident[], found: Omit<Found, 'others' | 'result'>): Gathered | Differs {
    const successor = this.#published.find(({ id, withdrawn }) => id === this.#incident.note && !withdrawn)
    if (successor === undefined && shownAt(windowOf(this.#incident), shown).length > 0)
      return { kind: 'differs', begins: found.inputs.begins.kind, paths: ['/'] }
    const others = successor === undefined ? [] : [{ incident: successor.id, revision: successor.revision }]
    return this.#gathered({ ...found, others })
  }

  #gathered({ inputs, chosen, devices, result, others }: Found): Gathered {
    const { causes } = this.#tables.weigh
    const derivation: Derivation = {
      incident: this.#incident.id,
      inputs,
      causeTable: parseSha256(causes.digest),
      ...defined({ result }),
    }
    return {
      kind: 'derived',
      incident: this.#incident,
      derivation: JSON.parse(JSON.stringify(encodeDerivation(derivation))) as Record<string, unknown>,
      measurements: chosen,
      devices,
      program: {
        rules: this.#tables.verdicts.rulesVersion,
        detection: detectionVersion(this.#parts.settings, causes.digest, digest),
      },
      others,
    }
  }

  /** A series that fits begins with its first reading, a longer one with a state that it had before the incident. */
  #beginsShort(read: Read): Begins | undefined {
    if (read.size <= (this.#parts.mostWhole ?? MOST_WHOLE)) return { kind: 'first-reading' }
    return this.#settled(read)
  }

  /** A state that the series had before the incident; undefined where there is none to begin with. */
  #settled(read: Read): Extract<Begins, { kind: 'settled' }> | undefined {
    const whole = { kind: 'first-reading' } as const
    const { settings } = this.#parts
    for (const before of settlesBefore(this.#incident)) {
      const end = instant(before - 1)
      const inputs = { series: this.#series, until: end, settings, begins: whole, outages: this.#outages(end) }
      const state = settledStateBefore(seenColumns(read, inputs, this.#tables.weigh), before, settings)
      // As it will be read from a file.
      if (state !== undefined) return { kind: 'settled', state: JSON.parse(JSON.stringify(state)) as typeof state }
    }
    return undefined
  }

  /**
   * How many readings of the series and of its comparison services there are, and their columns: of those, nothing is
   * shown.
   */
  async #readings(until: Instant): Promise<Read> {
    const { asn, simulated, service } = this.#series
    const { comparisons } = this.#tables.weigh
    const names = [...new Set([service, ...comparisons])].map((name) => ({ service: name, asn }))
    const period = { since: instant(0), until: instant(until + 1), simulated }
    const read = await this.#parts.warehouse.readingColumns(names, period)
    const devices = new DeviceNumbers(read.flatMap(({ columns }) => columns.probes))
    const byService = new Map(read.map(({ service: name, columns }) => [name, withNames(columns, devices)]))
    return {
      devices,
      size: read.reduce((all, { columns }) => all + columns.size, 0),
      columns: (series, { since, until: end }) => {
        const columns = byService.get(series.service) ?? columnsOf([])
        return sliceColumns(columns, lowerBound(columns.at, since), lowerBound(columns.at, end))
      },
    }
  }

  #choose(begins: Begins, until: Instant): Promise<readonly ChosenLeaf[]> {
    const { comparisons } = this.#tables.weigh
    const { scheduleMinutes } = this.#parts.settings
    const about = { begins, until, scheduleMinutes, comparisons }
    const periods = derivationPeriods({ series: this.#series, detected: this.#incident }, about)
    return chooseLeaves(this.#series, periods, { ...this.#parts, comparisons })
  }

  async #judge(chosen: readonly ChosenLeaf[]): Promise<readonly Measured[]> {
    const { judge, signal, onProgress } = this.#parts
    for (const { leaf } of chosen) {
      if (this.#judged.has(leaf)) continue
      signal.throwIfAborted()
      this.#judged.set(leaf, await readPublic(leaf, this.#parts, judge))
      onProgress?.(this.#judged.size)
    }
    return chosen.flatMap(({ leaf }) => this.#judged.get(leaf) ?? [])
  }

  #outages(until: Instant): readonly KnownOutage[] {
    return outagesOf(this.#parts.others)(this.#series).filter(({ from }) => from <= until)
  }

  #others(begins: Begins): readonly OtherIncident[] {
    const own = { series: this.#series, detected: this.#incident }
    return this.#published
      .filter(({ id, withdrawn }) => !withdrawn && id !== this.#incident.id)
      .filter(({ service, asn, simulated, ...detected }) =>
        isBeside({ series: { service, asn, simulated }, detected }, own, begins),
      )
      .map(({ id: incident, revision, service, asn, state, running, start, end, mechanism = null }) => ({
        ...{ incident, revision, service, asn, state, running },
        ...{ start, end, mechanism },
      }))
      .toSorted((a, b) => (a.incident < b.incident ? -1 : 1))
  }

  /** Places in which a reader would read something else; undefined where there is none. */
  #changes(draft: Draft, until: Instant): readonly string[] | undefined {
    const { withdrawn, impact } = this.#incident
    const after = { ...draft, withdrawn, ...defined({ impact }) }
    const seen = instant(Math.max(until, this.#incident.revisedAt))
    if (!readerSeesChange(this.#incident, after, stageOf(this.#incident, seen))) return undefined
    const told = (one: Draft | Incident): Record<string, unknown> => ({
      ...encodeDetected(one),
      ...encodePooled(one),
      ...encodeOutages(one),
      cause: { ...encodeCause(one.cause), table: null },
    })
    return differencesOf(told(this.#incident), told(draft))
  }
}
