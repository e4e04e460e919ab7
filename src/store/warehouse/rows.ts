import type { EncodedBlock, EncodedRows, Judged, LeafWithoutVerdict, RowKey } from './contract.ts'
import { deviceOf } from '../../core/model/device.ts'
import { discordantOf } from '../../core/model/measured/discordant.ts'
import { pairTimesOf } from '../../core/model/measured/pair-times.ts'
import { halvesOf } from '../../core/model/measured/reading-of.ts'
import { NativeBlock } from './native-block.ts'
import { ObservationRows } from './observation-columns.ts'

/**
 * Encodes judged measurements as blocks of ClickHouse's Native format, ready for `Warehouse.insertEncoded`.
 * Pure and heavy: meant for worker threads; every buffer in the result can be transferred.
 * Where a leaf stands twice in a batch, the later one counts.
 */
export function encodeRows(batch: readonly Judged[]): EncodedRows {
  const byLeaf = new Map(batch.map((judged) => [judged.leafIndex, judged]))
  const rows = new RowEncoder(byLeaf.size)
  for (const judged of byLeaf.values()) rows.add(judged)
  return rows.encode()
}

/**
 * The same, one measurement after another, each leaf once: what was judged becomes bytes while it is young, and is
 * never held by the hundred, which the collector of garbage would have to move and mark. One encoder serves one batch
 * after another in the same room, for the same reason.
 */
export class RowEncoder {
  #keys: RowKey[] = []
  readonly #verdicts: VerdictRows
  readonly #observations: ObservationRows

  /** `measurements`: how many are expected. */
  constructor(measurements: number) {
    this.#verdicts = new VerdictRows(measurements)
    this.#observations = new ObservationRows(measurements)
  }

  add(judged: Judged): void {
    const { leafIndex, provenance, service, head } = judged
    this.#keys.push({ leafIndex, id: provenance.id, service, asn: head.probeAsn, startedAt: head.startedAt })
    this.#verdicts.add(judged)
    this.#observations.add(judged)
  }

  encode(): EncodedRows {
    return {
      keys: this.#keys,
      verdicts: encoded(this.#verdicts.block),
      observations: encoded(this.#observations.block),
    }
  }

  /** Starts again. */
  clear(): void {
    this.#keys = []
    this.#verdicts.block.clear()
    this.#observations.block.clear()
  }
}

const encoded = (block: NativeBlock): EncodedBlock => ({
  rows: block.rows,
  columns: block.columnNames,
  bytes: block.encode(),
})

/** Rows that say: this measurement no longer stands here. They travel in one insertion with what replaces them. */
export function movedBlock(keys: readonly RowKey[]): EncodedBlock {
  const block = new NativeBlock(keys.length)
  const columns = verdictColumns(block)
  for (const [row, key] of keys.entries()) {
    columns.leafIndex.set(row, key.leafIndex)
    columns.moved.set(row, true)
    columns.service.set(row, key.service)
    columns.probeAsn.set(row, key.asn)
    columns.startedAt.set(row, key.startedAt)
    columns.id.set(row, key.id)
  }
  return encoded(block)
}

/** In one insertion a leaf may stand once: a repeated one opens another insertion, which supersedes. */
export function groupsWithoutRepeats(batches: readonly EncodedRows[]): readonly (readonly EncodedRows[])[] {
  const groups: EncodedRows[][] = [[]]
  const seen = new Set<number>()
  for (const batch of batches) {
    if (batch.keys.some(({ leafIndex }) => seen.has(leafIndex))) {
      groups.push([])
      seen.clear()
    }
    groups.at(-1)!.push(batch) // never empty
    for (const { leafIndex } of batch.keys) seen.add(leafIndex)
  }
  return groups
}

/** Rows of the table of leaves for measurements with a verdict. */
export function leavesBlock(keys: readonly RowKey[]): EncodedBlock {
  const block = new NativeBlock(keys.length)
  const leafIndex = block.wholes('leaf_index', 'UInt64')
  const state = block.words('state')
  const service = block.words('service')
  const probeAsn = block.numbers('probe_asn', 'UInt32')
  const startedAt = block.wholes('started_at', "DateTime64(3, 'UTC')")
  for (const [row, key] of keys.entries()) {
    leafIndex.set(row, key.leafIndex)
    state.set(row, 'verdict')
    service.set(row, key.service)
    probeAsn.set(row, key.asn)
    startedAt.set(row, key.startedAt)
  }
  return encoded(block)
}

/** Rows of the table of leaves for leaves without a verdict. */
export function asideBlock(leaves: readonly LeafWithoutVerdict[]): EncodedBlock {
  const block = new NativeBlock(leaves.length)
  const leafIndex = block.wholes('leaf_index', 'UInt64')
  const state = block.words('state')
  for (const [row, leaf] of leaves.entries()) {
    leafIndex.set(row, leaf.leafIndex)
    state.set(row, leaf.state)
  }
  return encoded(block)
}

const verdictColumns = (block: NativeBlock) => ({
  leafIndex: block.wholes('leaf_index', 'UInt64'),
  moved: block.numbers('moved', 'UInt8'),
  simulated: block.numbers('simulated', 'UInt8'),
  service: block.words('service'),
  probeAsn: block.numbers('probe_asn', 'UInt32'),
  probeCc: block.words('probe_cc'),
  startedAt: block.wholes('started_at', "DateTime64(3, 'UTC')"),
  receivedAt: block.wholes('received_at', "DateTime64(3, 'UTC')"),
  id: block.digests('id'),
  channel: block.words('channel'),
  origin: block.words('origin'),
  uid: block.nullableTexts('measurement_uid'),
  testName: block.words('test_name'),
  testVersion: block.words('test_version'),
  softwareName: block.words('software_name'),
  softwareVersion: block.words('software_version'),
  input: block.nullableTexts('input'),
  kind: block.words('kind'),
  mechanism: block.nullableWords('mechanism'),
  layer: block.nullableWords('layer'),
  rule: block.words('rule'),
  rulesVersion: block.words('rules_version'),
  log10Lr: block.numbers('log10_lr', 'Float64'),
  target: block.words('target'),
  control: block.words('control'),
  canary: block.words('canary'),
  artefact: block.numbers('artefact', 'UInt8'),
  scheduled: block.numbers('scheduled', 'UInt8'),
  probe: block.words('probe'),
  device: block.words('device'),
  lnRatio: block.nullableNumbers('ln_ratio', 'Float64'),
  lnControl: block.nullableNumbers('ln_control', 'Float64'),
  discordant: block.words('discordant'),
  tested: block.numbers('endpoints_tested', 'UInt32'),
  failed: block.numbers('endpoints_failed', 'UInt32'),
  head: block.texts('head'),
  verdict: block.texts('verdict'),
})

class VerdictRows {
  readonly block: NativeBlock
  readonly #columns: ReturnType<typeof verdictColumns>

  constructor(measurements: number) {
    this.block = new NativeBlock(0, measurements)
    this.#columns = verdictColumns(this.block)
  }

  add({ provenance, head, verdict, leafIndex, service, observations }: Judged): void {
    const columns = this.#columns
    const row = this.block.addRow()
    columns.leafIndex.set(row, leafIndex)
    columns.simulated.set(row, head.simulated)
    columns.service.set(row, service)
    columns.probeAsn.set(row, head.probeAsn)
    columns.probeCc.set(row, head.probeCc)
    columns.startedAt.set(row, head.startedAt)
    columns.receivedAt.set(row, provenance.receivedAt)
    columns.id.set(row, provenance.id)
    columns.channel.set(row, provenance.channel)
    columns.origin.set(row, provenance.origin)
    columns.uid.set(row, head.measurementUid)
    columns.testName.set(row, head.testName)
    columns.testVersion.set(row, head.testVersion)
    columns.softwareName.set(row, head.softwareName)
    columns.softwareVersion.set(row, head.softwareVersion)
    columns.input.set(row, head.input)
    columns.kind.set(row, verdict.kind)
    columns.mechanism.set(row, verdict.mechanism)
    columns.layer.set(row, verdict.layer)
    columns.rule.set(row, verdict.rule)
    columns.rulesVersion.set(row, verdict.rulesVersion)
    columns.log10Lr.set(row, verdict.log10Lr)
    const times = pairTimesOf(observations)
    const halves = halvesOf(verdict, times, head.line)
    columns.target.set(row, halves.target)
    columns.control.set(row, halves.control)
    columns.canary.set(row, halves.canary)
    columns.artefact.set(row, halves.artefact)
    columns.scheduled.set(row, head.scheduled ?? false)
    columns.probe.set(row, head.probe)
    columns.device.set(row, deviceOf(provenance, head))
    columns.lnRatio.set(row, times?.lnRatio)
    columns.lnControl.set(row, times?.lnControl)
    columns.discordant.set(row, discordantOf(observations) ?? '')
    columns.tested.set(row, verdict.endpoints.tested)
    columns.failed.set(row, verdict.endpoints.failed)
    columns.head.set(row, JSON.stringify(head))
    columns.verdict.set(row, JSON.stringify(verdict))
  }
}
