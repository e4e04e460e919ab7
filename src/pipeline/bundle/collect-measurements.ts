import { defined } from '../../core/model/defined.ts'
import { InputError } from '../../core/model/errors.ts'
import type { Asn, Instant, Sha256 } from '../../core/model/units.ts'
import type { Archive } from '../../store/archive/contract.ts'
import type { ListPlace, Warehouse } from '../../store/warehouse/contract.ts'
import type { TransparencyLog } from '../log/contract.ts'
import { chooseCustody } from './choose-entries.ts'
import type { BundleSubject } from './write-bundle.ts'
import type { ChosenMeasurement } from './write-measurements.ts'

/** Measurements asked for one by one, or everything of a series in a period. */
export type MeasurementsAsked =
  | { readonly kind: 'named'; readonly ids: readonly Sha256[] }
  | {
      readonly kind: 'period'
      readonly service: string
      readonly asn: Asn
      readonly since: Instant
      /** Exclusive. */
      readonly until: Instant
    }

export interface AskedParts {
  readonly archive: Pick<Archive, 'leafOf'>
  readonly warehouse: Pick<Warehouse, 'listed' | 'keptApart'>
}

/** Rows of one question. */
const PAGE = 5000
/** Measurements from unknown senders, the newest of more. */
const MOST_APART = 10_000

/**
 * Leaves of what was asked for, with any result. Throws InputError for a measurement that is not here, and where
 * nothing is.
 */
export async function chooseMeasurements(
  asked: MeasurementsAsked,
  parts: AskedParts,
): Promise<readonly ChosenMeasurement[]> {
  const chosen = await (asked.kind === 'named' ? namedLeaves(asked.ids, parts) : periodLeaves(asked, parts))
  if (chosen.length > 0) return chosen
  throw new InputError('Cannot write bundle: nothing was measured there and then', {
    code: 'bundle.empty',
    path: '--service',
    expected: 'a service, a network and a period with measurements',
  })
}

async function namedLeaves(ids: readonly Sha256[], { archive }: AskedParts): Promise<readonly ChosenMeasurement[]> {
  const leaves = new Set<number>()
  for (const id of ids) {
    const leaf = await archive.leafOf(id)
    if (leaf !== undefined) {
      leaves.add(leaf)
      continue
    }
    throw new InputError(`Cannot write bundle: measurement ${id} is not here, or was erased`, {
      code: 'measurement.missing',
      path: '--measurement',
      expected: 'the id of a measurement of this folder',
    })
  }
  return [...leaves].toSorted((a, b) => a - b).map((leaf) => ({ leaf, role: 'named' }))
}

async function periodLeaves(
  { service, asn, since, until }: Extract<MeasurementsAsked, { kind: 'period' }>,
  { archive, warehouse }: AskedParts,
): Promise<readonly ChosenMeasurement[]> {
  const chosen = new Map<number, ChosenMeasurement>()
  let after: ListPlace | undefined
  for (;;) {
    const page = await warehouse.listed(service, {
      asn,
      since,
      until,
      most: PAGE,
      ...defined({ after }),
    })
    for (const { leafIndex: leaf } of page) chosen.set(leaf, { leaf, role: 'named' })
    after = page.at(-1)
    if (page.length < PAGE) break
  }
  const { newest } = await warehouse.keptApart(service, asn, { since, until, most: MOST_APART })
  for (const { id } of newest) {
    const leaf = await archive.leafOf(id)
    if (leaf !== undefined && !chosen.has(leaf)) chosen.set(leaf, { leaf, role: 'apart' })
  }
  return [...chosen.values()].toSorted((a, b) => a.leaf - b.leaf)
}

/** A bundle with only measurements. */
export async function collectMeasurements(
  chosen: readonly ChosenMeasurement[],
  parts: {
    readonly log: Pick<TransparencyLog, 'entries' | 'simulated'>
    readonly size: number
    readonly stamped: ReadonlySet<number>
  },
): Promise<BundleSubject> {
  const measurements = new Set(chosen.map(({ leaf }) => leaf))
  const { stamped, size } = parts
  return {
    about: { kind: 'measurements' },
    simulated: parts.log.simulated,
    measurements: chosen,
    revisions: [],
    events: [],
    custody: await chooseCustody(parts.log, { measurements, stamped, size }),
  }
}
