import { defaultSettings } from '../detect/chain/default-settings.ts'
import type { DetectSettings } from '../detect/chain/settings.ts'
import { MINUTE_MS } from '../model/duration.ts'
import type { BundleMeasurement } from '../model/incident/bundle.ts'
import type { MeasurementHead } from '../model/measured/measurement.ts'
import { parseInstant, type Asn, type Instant } from '../model/units.ts'

/** What measurements say of themselves, for comparison with what a bundle says of them. */
export interface SeenHeads {
  /** When the first and the last of them began, as their probes say; undefined without any. */
  readonly span: { readonly since: Instant; readonly until: Instant } | undefined
  readonly simulated: number
  readonly real: number
  /** Leaves that the bundle says were received before they began. */
  readonly early: readonly number[]
  /** Leaves of another service or network than their role in the bundle says. */
  readonly otherRole: readonly number[]
}

/** The series that a bundle is about, and the services that tell whether a line works. */
export interface RoleAbout {
  readonly service: string
  readonly asn: Asn
  readonly comparisons: readonly string[]
}

/** Clocks of a probe and of an observatory may be so far apart. */
const CLOCKS_APART_MS = 10 * MINUTE_MS

/** Takes judged measurements one by one. */
export class HeadsSeen {
  readonly #about: RoleAbout | undefined
  #since: Instant | undefined
  #until: Instant | undefined
  #simulated = 0
  #real = 0
  readonly #early: number[] = []
  readonly #otherRole: number[] = []

  /** Without a series roles are not compared: a bundle of measurements alone has one for all. */
  constructor(about: RoleAbout | undefined) {
    this.#about = about
  }

  add(line: BundleMeasurement, head: MeasurementHead, service: string): void {
    const { startedAt, simulated, probeAsn } = head
    if (this.#since === undefined || startedAt < this.#since) this.#since = startedAt
    if (this.#until === undefined || startedAt > this.#until) this.#until = startedAt
    if (simulated) this.#simulated++
    else this.#real++
    const received = line.received_at_utc
    if (received !== null && parseInstant(received) < startedAt - CLOCKS_APART_MS) this.#early.push(line.leaf)
    if (this.#about !== undefined && !fits(line.role, { service, asn: probeAsn }, this.#about))
      this.#otherRole.push(line.leaf)
  }

  get seen(): SeenHeads {
    const [since, until] = [this.#since, this.#until]
    return {
      span: since === undefined || until === undefined ? undefined : { since, until },
      simulated: this.#simulated,
      real: this.#real,
      early: this.#early,
      otherRole: this.#otherRole,
    }
  }
}

/**
 * Whether a measurement can have its role (docs/formats/bundle.md). Of `series` nothing is asked: what a revision named under
 * other rules has that role too, and what is counted where is decided by what was judged, never by a role.
 */
function fits(
  role: BundleMeasurement['role'],
  one: { readonly service: string; readonly asn: Asn },
  { service, asn, comparisons }: RoleAbout,
): boolean {
  switch (role) {
    case 'series':
      return true
    case 'comparison':
      return one.asn === asn && comparisons.includes(one.service)
    case 'same-network':
      return one.asn === asn && one.service !== service
    case 'same-service':
      return one.service === service
    case 'apart':
      return one.asn === asn && one.service === service
    case 'named':
      return false
  }
}

/** Names of settings of the detector that are not those of this program, in order. */
export function otherSettings(settings: DetectSettings): readonly string[] {
  const own = new Map<string, unknown>(Object.entries(defaultSettings()))
  return Object.entries(settings)
    .filter(([name, value]) => JSON.stringify(sorted(value)) !== JSON.stringify(sorted(own.get(name))))
    .map(([name]) => name)
    .toSorted()
}

/** Members of an object in the order of their names. */
const sorted = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
    : value
