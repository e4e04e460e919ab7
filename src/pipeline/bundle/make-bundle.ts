import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseDerivationTables } from '../../core/derive/derivation-tables.ts'
import { measuredOf, type Measured } from '../../core/derive/measured.ts'
import { detectionVersion } from '../../core/derive/rules.ts'
import type { DetectSettings } from '../../core/detect/chain/settings.ts'
import { defined } from '../../core/model/defined.ts'
import type { BundleIndex, BundleMeasurement } from '../../core/model/incident/bundle.ts'
import { DeviceNumbers, numberedDevice } from '../../core/model/device.ts'
import { Fault, InputError } from '../../core/model/errors.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import type { Observation } from '../../core/model/measured/observation.ts'
import { parseSha256 } from '../../core/model/units.ts'
import type { Archive } from '../../store/archive/contract.ts'
import type { OthersRecord } from '../../core/model/tables/others.ts'
import type { IncidentStore } from '../../store/incidents/contract.ts'
import type { Warehouse } from '../../store/warehouse/contract.ts'
import type { Disk } from '../../runtime/files/disk.ts'
import { gatherDerivation, type Gathered, type NotGathered } from './gather.ts'
import { digest } from '../judge/judge-bytes.ts'
import type { ShownForms } from '../publish/shown-forms.ts'
import { judgedOnce, type JudgedForm, type JudgeForm } from '../judge/judged-once.ts'
import type { TransparencyLog } from '../log/contract.ts'
import { checkpointToGive } from '../log/outside/witnesses.ts'
import { BagFolder, refuseTaken } from './bag-folder.ts'
import { incidentBundleName, measurementsBundleName } from './bundle-name.ts'
import { collectIncident } from './collect-incident.ts'
import { chooseMeasurements, collectMeasurements, type MeasurementsAsked } from './collect-measurements.ts'
import { openLeafDigests } from './leaf-digests.ts'
import { describeProgram } from './program.ts'
import { readPolicyText, readStamps } from './read-stamps.ts'
import { writeBundle, type BundleSubject, type BundleWriteTools, type ExhibitAbout } from './write-bundle.ts'
import type { ChosenMeasurement } from './write-measurements.ts'
import { zipBag } from './zip-bag.ts'

export type BundleAsked = { readonly kind: 'incident'; readonly incident: string } | MeasurementsAsked

/** An incident with its measurements, for its exhibit. */
export interface BundledIncident {
  readonly kind: 'incident'
  readonly incident: Incident
  /** Every revision up to this one, oldest first. */
  readonly revisions: readonly Incident[]
  readonly measurements: readonly BundledMeasurement[]
}

/** Only measurements, and how they were asked for. */
export interface BundledMeasurements {
  readonly kind: 'measurements'
  readonly asked: MeasurementsAsked
  readonly measurements: readonly BundledMeasurement[]
}

/** What a bundle is about, for its exhibit. */
export type BundledFinding = BundledIncident | BundledMeasurements

/**
 * A line of `measurements.jsonl` with what was judged of it, where anything was; without its observations, which are
 * large.
 */
export interface BundledMeasurement {
  readonly line: BundleMeasurement
  readonly measured: Measured | undefined
  /** Names and addresses that it tested, those of controls left out. */
  readonly targets: readonly string[]
}

export interface MakeParts extends Pick<
  BundleWriteTools,
  'custody' | 'operator' | 'actor' | 'purpose' | 'authority' | 'readVerifyPage' | 'tables' | 'now' | 'signal'
> {
  readonly archive: Archive
  readonly warehouse: Warehouse
  readonly incidents: IncidentStore
  readonly log: TransparencyLog
  /** Folder of the log, with stamps and policy. */
  readonly logFolder: string
  readonly settings: DetectSettings
  /** What others measured: its outages mask failures; absent: none is known. */
  readonly others?: OthersRecord
  /** Opens what makes and judges forms by `tables`, with all roots of this program. */
  readonly openForms: (onRoot: (pem: string) => void) => ShownForms & AsyncDisposable
  /** Logs what was published and is not yet in the log. */
  readonly logPublished: () => Promise<void>
  /**
   * Has the newest checkpoint cosigned and stamped, where witnesses and authorities are set; never fails for what they
   * do.
   */
  readonly attest: () => Promise<void>
  readonly makeExhibits: (
    about: ExhibitAbout,
    finding: BundledFinding,
  ) => Promise<ReadonlyMap<string, Uint8Array> | undefined>
  readonly disk: Disk
  readonly onGathered?: (judged: number) => void
  readonly onProgress?: (done: number, total: number) => void
}

export interface BundlePlace {
  /** Folder for the bundle. */
  readonly parent: string
  readonly form: 'folder' | 'zip'
}

export interface MadeBundle {
  readonly kind: 'made'
  readonly index: BundleIndex
  /** The incident that it is about was withdrawn. */
  readonly withdrawn: boolean
  readonly path: string
  readonly files: number
  readonly bytes: number
  /** Of the zip, or of the manifest of a folder. */
  readonly sha512: string
}

/**
 * Makes one bundle of a folder whose incidents are up to date. Gives why an incident cannot be derived as it is
 * published, and writes nothing then. Throws InputError for what is not here and where a bundle of the name exists.
 */
export async function makeBundle(
  asked: BundleAsked,
  { parent, form }: BundlePlace,
  parts: MakeParts,
): Promise<MadeBundle | NotGathered> {
  const roots = new Set<string>()
  // Before anything is gathered: what is derived from a measurement must not stand where that was erased since.
  const erased = new Set(parts.archive.erasedLeaves)
  const verdictTables = parseDerivationTables(parts.tables, digest)
  await using forms = parts.openForms((pem) => roots.add(`${pem.trim()}\n`))
  // What an incident is derived from is judged to find it, and is written after.
  const tools = { forms, judge: judgedOnce(forms.judge) }
  const gathered = asked.kind === 'incident' ? await gather(asked.incident, { ...parts, ...tools }) : undefined
  if (gathered !== undefined && gathered.kind !== 'derived') return gathered
  const chosen = asked.kind === 'incident' ? [] : await chooseMeasurements(asked, parts)
  const name = gathered === undefined ? measurementsBundleName(chosen) : incidentBundleName(gathered.incident)
  await refuseTaken(join(parent, form === 'zip' ? `${name}.zip` : name))
  await parts.logPublished()
  const sequenced = await parts.log.sequence()
  await parts.attest()
  const checkpoint = await checkpointToGive(parts.logFolder, { log: parts.log, least: sequenced?.size ?? 0 })
  if (checkpoint === undefined) throw new Fault('Cannot write bundle: the log has no checkpoint')
  const leaves = (gathered?.measurements ?? chosen).map(({ leaf }) => leaf)
  const stamps = await readStamps(parts.logFolder, { last: Math.max(...leaves), size: checkpoint.size })
  const about = { size: checkpoint.size, stamped: new Set(stamps.map(({ size }) => size)) }
  const subject = await collect({ gathered, chosen }, { ...parts, ...about })
  const measurements: BundledMeasurement[] = []
  await using writing = await Writing.open(parent, name, parts.disk)
  const { bag } = writing
  const index = await writeBundle(bag, subject, {
    ...parts,
    checkpoint,
    stamps,
    policy: await readPolicyText(parts.logFolder),
    ...tools,
    devices: gathered?.devices ?? new DeviceNumbers(),
    roots: () => [...roots].toSorted().join(''),
    program: await describeProgram({
      rules: verdictTables.verdicts.rulesVersion,
      detection: detectionVersion(parts.settings, verdictTables.weigh.causes.digest, digest),
    }),
    onMeasurement: (line, judged) => measurements.push(bundled(line, judged)),
    makeExhibits: (what) => parts.makeExhibits(what, findingOf({ asked, gathered, subject, measurements })),
  })
  const written = await writing.finish(parent, form)
  // An erasure looks through the bundles that exist by then; this one may have come between.
  const now = new Set(parts.archive.erasedLeaves)
  if (leaves.some((leaf) => now.has(leaf) && !erased.has(leaf))) await removeErased(written.path)
  return { kind: 'made', index, withdrawn: gathered?.incident.withdrawn === true, files: bag.files.length, ...written }
}

function findingOf({
  asked,
  gathered,
  subject,
  measurements,
}: {
  readonly asked: BundleAsked
  readonly gathered: Gathered | undefined
  readonly subject: BundleSubject
  readonly measurements: readonly BundledMeasurement[]
}): BundledFinding {
  if (asked.kind !== 'incident') return { kind: 'measurements', asked, measurements }
  if (gathered === undefined) throw new Fault('Cannot make exhibit: nothing was gathered of the incident')
  return {
    kind: 'incident',
    incident: gathered.incident,
    revisions: subject.incident?.revisions ?? [],
    measurements,
  }
}

/** A line with what was judged of it; nothing where it was not judged or its bytes are not held. */
export function bundled(line: BundleMeasurement, judged: JudgedForm | undefined): BundledMeasurement {
  if (judged === undefined || line.id === null || line.channel === null || line.origin === null)
    return { line, measured: undefined, targets: [] }
  const provenance = { id: parseSha256(line.id), channel: line.channel, origin: line.origin }
  const measured = measuredOf({ ...judged, leafIndex: line.leaf, provenance })
  return {
    line,
    measured: line.device === undefined ? measured : { ...measured, device: numberedDevice(line.device) },
    targets: targetsOf(judged.observations),
  }
}

/** Names that the probe asked for of the service itself, by name where any exchange carried one. */
function targetsOf(rows: readonly Observation[]): readonly string[] {
  const own = rows.filter(
    (row) => row.side === 'probe' && (!('role' in row) || row.role === undefined || row.role === 'target'),
  )
  const named = own.flatMap((row) =>
    row.kind === 'http' ? (row.host ?? []) : row.kind === 'tls' || row.kind === 'quic' ? (row.name ?? []) : [],
  )
  if (named.length > 0) return [...new Set(named)]
  const others = own.flatMap((row) => {
    switch (row.kind) {
      case 'dns':
        // Which resolver the connection has is asked by a name of no service.
        return row.part === 'resolver' ? [] : row.name
      case 'tcp':
        return row.name ?? row.address
      case 'tunnel':
        return row.address ?? []
      case 'throughput':
        return row.name ?? []
      case 'http':
      case 'tls':
      case 'quic':
        return []
    }
  })
  return [...new Set(others)]
}

interface Judging {
  readonly judge: JudgeForm
  readonly forms: ShownForms
}

function gather(id: string, parts: MakeParts & Judging): Promise<Gathered | NotGathered> {
  const { archive, warehouse, incidents, tables, settings, judge, forms, now, signal, onGathered, others } = parts
  return gatherDerivation(id, {
    ...{ archive, warehouse, incidents, tables, settings, judge, forms, now, signal },
    leafOf: (one) => archive.leafOf(one),
    publicOf: openLeafDigests(archive),
    ...defined({ onProgress: onGathered, others }),
  })
}

function collect(
  { gathered, chosen }: { readonly gathered: Gathered | undefined; readonly chosen: readonly ChosenMeasurement[] },
  parts: MakeParts & { readonly size: number; readonly stamped: ReadonlySet<number> },
): Promise<BundleSubject> {
  return gathered === undefined ? collectMeasurements(chosen, parts) : collectIncident(gathered, parts)
}

/** Removes a bundle that holds what was erased while it was written, or that rests on it. Throws InputError. */
async function removeErased(path: string): Promise<never> {
  // The erasure may have removed it already.
  await rm(path, { recursive: true, force: true })
  throw new InputError('Cannot write bundle: a measurement of it was erased meanwhile', {
    code: 'bundle.erased',
    path: '--out',
    expected: 'the same command again',
  })
}

/** A bag that is removed again unless it was finished. */
class Writing implements AsyncDisposable {
  readonly bag: BagFolder
  readonly #disk: Disk
  #finished = false

  private constructor(bag: BagFolder, disk: Disk) {
    this.bag = bag
    this.#disk = disk
  }

  static async open(parent: string, name: string, disk: Disk): Promise<Writing> {
    return new Writing(await BagFolder.open(parent, name, disk), disk)
  }

  async finish(parent: string, form: BundlePlace['form']): Promise<Pick<MadeBundle, 'path' | 'bytes' | 'sha512'>> {
    const { bag } = this
    if (form === 'zip') {
      const { path, size, sha512 } = await zipBag(bag, parent, this.#disk)
      return { path, bytes: size, sha512 }
    }
    const path = await bag.finish()
    this.#finished = true
    const manifest = bag.files.find((file) => file.path === 'manifest-sha512.txt')
    return { path, bytes: bag.files.reduce((sum, { size }) => sum + size, 0), sha512: manifest?.sha512 ?? '' }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#finished) await this.bag.discard()
  }
}
