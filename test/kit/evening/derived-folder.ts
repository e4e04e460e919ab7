import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rederive, type Rederived, type RederiveParts } from '../../../src/core/derive/rederive.ts'
import { defaultSettings } from '../../../src/core/detect/chain/default-settings.ts'
import { runCommand } from '../../../src/cli/main.ts'
import { folderOutages } from '../../../src/app/folder/outages.ts'
import { defined } from '../../../src/core/model/defined.ts'
import { openFolder, type OpenFolder } from '../../../src/app/folder/open.ts'
import type { BundleMeasurement, BundleObservations, BundleVerdict } from '../../../src/core/model/incident/bundle.ts'
import { encodeIncident } from '../../../src/core/model/incident/incident-wire.ts'
import { isMeasurement } from '../../../src/core/model/measured/named-measurements.ts'
import type { Incident } from '../../../src/core/model/incident/incident.ts'
import { formatInstantUtc, instant, parseSha256, type Sha256 } from '../../../src/core/model/units.ts'
import { encodeVerdict } from '../../../src/core/model/measured/verdict-wire.ts'
import { parseJson } from '../../../src/core/ooni/json.ts'
import { publicForm } from '../../../src/core/ooni/publish/public-form.ts'
import { openPublisher } from '../../../src/pipeline/publish/publish.ts'
import { judgePublic } from '../../../src/core/derive/judge-public.ts'
import { parseDerivationTables } from '../../../src/core/derive/derivation-tables.ts'
import {
  gatherDerivation,
  type Gathered,
  type GatherParts,
  type NotGathered,
} from '../../../src/pipeline/bundle/gather.ts'
import { openLeafDigests } from '../../../src/pipeline/bundle/leaf-digests.ts'
import { digest } from '../../../src/pipeline/judge/judge-bytes.ts'
import { formJudge } from '../../../src/pipeline/judge/judged-once.ts'
import type { Archived } from '../../../src/store/archive/contract.ts'
import { openCertificates } from '../../../src/runtime/certificates.ts'
import { readDerivationFiles } from '../../../src/runtime/tables/derivation-files.ts'
import { testWorld } from '../servers/world.ts'
import { fillEvening } from './evening.ts'

/** A data folder of simulated measurements, detected, of which incidents are derived again. */
export interface DerivedFolder extends AsyncDisposable {
  readonly folder: OpenFolder
  /** Incidents as published. */
  incidents(): Promise<readonly Incident[]>
  gather(id: string, over?: Partial<GatherParts>): Promise<Gathered | NotGathered>
  /** Digest of the public form that a leaf carries. */
  readonly publicOf: (leaf: number) => Promise<Sha256>
  /** What a bundle of it would hold, in memory: public forms and files alone. */
  bundled(gathered: Gathered): Promise<BundledParts>
}

/** The parts of a bundle as plain values, to be changed by a test before they are derived from. */
export interface BundledParts {
  readonly tables: Map<string, Uint8Array>
  readonly program: { rules: string; detection: string }
  measurements: BundleMeasurement[]
  readonly raw: Map<number, Uint8Array>
  verdicts: BundleVerdict[]
  observations: BundleObservations[]
  derivation: DerivationJson
  readonly revisions: Map<number, unknown>
}

/** `derivation.json` as a test changes it. */
export interface DerivationJson extends Record<string, unknown> {
  readonly settings: unknown
  readonly result: {
    probes: number
    readonly start: { lo95_utc: string | null }
    readonly cause: { word: string; readonly items: Record<string, unknown>[] }
    rules_version: string
    readonly measurements: readonly number[]
  }
}

/** Simulates with the options of `kuager simulate`, imports and detects. */
export const openDerivedFolder = (...options: readonly string[]): Promise<DerivedFolder> =>
  openDetected(async (_, run) => {
    await run('simulate', '--out', 'made', ...options)
    await run('import', 'made/measurements')
    await run('detect')
  })

/** The same with answers of others in the folder, files of `others/` by name. */
export const openFolderWithOthers = (
  others: Readonly<Record<string, string>>,
  ...options: readonly string[]
): Promise<DerivedFolder> =>
  openDetected(async (cwd, run) => {
    await run('simulate', '--out', 'made', ...options)
    await run('import', 'made/measurements')
    await mkdir(join(cwd, 'data', 'others'))
    for (const [name, text] of Object.entries(others)) await writeFile(join(cwd, 'data', 'others', name), text)
    await run('detect')
  })

/** The evening of evening.ts. */
export const openDerivedEvening = (): Promise<DerivedFolder> => openDetected((cwd) => fillEvening(cwd))

/** Imports measurements, a line of JSON each, and detects. */
export const openDerivedLines = (lines: string): Promise<DerivedFolder> =>
  openDetected(async (cwd, run) => {
    await writeFile(join(cwd, 'made.jsonl'), lines)
    await run('import', 'made.jsonl')
    await run('detect')
  })

type Run = (...command: readonly string[]) => Promise<void>

async function openDetected(make: (cwd: string, run: Run) => Promise<unknown>): Promise<DerivedFolder> {
  const cwd = await mkdtemp(join(tmpdir(), 'kuager-derive-'))
  let said = ''
  const world = { ...testWorld(cwd, (text) => (said += text)), env: { KUAGER_FOLDER: join(cwd, 'data') } }
  const run: Run = async (...command) => {
    assert.equal(await runCommand(command, world), 0, `${command.join(' ')}: ${said}`)
  }
  await make(cwd, run)
  const folder = await openFolder(world, join(cwd, 'data'), 'derive')
  const archive = await folder.archive()
  const incidents = await folder.incidents()
  const held = new Map<number, Archived>()
  const roots = new Set<string>()
  const leaves = new Map<Sha256, number>()
  for await (const one of archive.scan(0)) {
    held.set(one.leafIndex, one)
    if (one.kind === 'blob') leaves.set(one.provenance.id, one.leafIndex)
  }
  const publicOf = openLeafDigests(archive)
  const { verdicts: tables } = parseDerivationTables(readDerivationFiles(), digest)
  const publisher = openPublisher({ tables, seen: { secret: new Uint8Array(32), isCommon: () => false } })
  const certificates = openCertificates(undefined, (pem) => roots.add(`${pem.trim()}\n`))
  const judge = formJudge({ tables, certificates, digest })
  const formOf = (text: string | undefined): Uint8Array | undefined =>
    text === undefined ? undefined : new TextEncoder().encode(text)
  const readLeaf = async (leaf: number): Promise<Archived | undefined> => held.get(leaf)
  return {
    folder,
    publicOf,
    incidents: () => incidents.current(),
    gather: async (id, over = {}) => {
      const parts: GatherParts = {
        archive: { readLeaf },
        publicOf,
        forms: { logged: async (blob, own) => formOf(publisher.logged(blob, own)) },
        leafOf: (one) => archive.leafOf(one),
        warehouse: await folder.warehouse(),
        incidents,
        tables: readDerivationFiles(),
        settings: defaultSettings(),
        judge: async (bytes) => judge(bytes),
        now: instant(Date.now()),
        signal: new AbortController().signal,
        ...defined({ others: await folderOutages(folder.path, assert.fail)() }),
        ...over,
      }
      return gatherDerivation(id, parts)
    },
    bundled: async (gathered) => {
      const files = readDerivationFiles()
      const tables = parseDerivationTables(files, digest).verdicts
      const tools = { tables, certificates: openCertificates(), digest }
      const raw = new Map<number, Uint8Array>()
      const measurements: BundleMeasurement[] = []
      const verdicts: BundleVerdict[] = []
      const observations: BundleObservations[] = []
      for (const { leaf, role } of gathered.measurements) {
        const one = held.get(leaf)
        assert.ok(one?.kind === 'blob')
        const bytes = Buffer.from(publicForm(parseJson(one.bytes)))
        raw.set(leaf, bytes)
        const { id, receivedAt } = one.provenance
        measurements.push({
          ...{ leaf, id, role, state: 'held' },
          ...{ received_at_utc: formatInstantUtc(receivedAt), channel: 'file', origin: 'file' },
        })
        const judged = judgePublic(bytes, tools)
        if (judged.kind === 'aside') continue
        verdicts.push(asFile({ leaf, service: judged.service, verdict: encodeVerdict(judged.verdict) }))
        observations.push(asFile({ leaf, observations: judged.observations }))
      }
      const revisions = new Map<number, unknown>()
      const wanted = new Set([gathered.incident.id, ...gathered.others.map(({ incident }) => incident)])
      for (const one of await incidents.current())
        if (wanted.has(one.id))
          revisions.set(
            1_000_000 + revisions.size,
            logged(one, (id) => leaves.get(id)),
          )
      return {
        tables: new Map([...files, ['roots.pem', new TextEncoder().encode([...roots].toSorted().join(''))]]),
        program: { ...gathered.program },
        measurements,
        raw,
        verdicts,
        observations,
        derivation: asFile(gathered.derivation),
        revisions,
      }
    },
    async [Symbol.asyncDispose]() {
      await folder[Symbol.asyncDispose]()
      await rm(cwd, { recursive: true, force: true })
    },
  }
}

/** A value as it comes back from a file. */
const asFile = <T>(value: object): T => JSON.parse(JSON.stringify(value)) as T

/** A revision in the form that the log has of it (docs/formats/bundle.md). */
function logged(incident: Incident, leafOf: (id: Sha256) => number | undefined): unknown {
  const items = incident.cause.items.map((one) => ({
    ...one,
    source: isMeasurement(one.source) ? `leaf:${leafOf(parseSha256(one.source))}` : one.source,
  }))
  const leaves = incident.measurements.flatMap((id) => leafOf(id) ?? []).toSorted((a, b) => a - b)
  return asFile({ ...encodeIncident({ ...incident, cause: { ...incident.cause, items } }), measurements: leaves })
}

/** Derives from the parts of a bundle, with the machine of the tests, or by another function. */
export function rederiveBundled(parts: BundledParts, derive = rederiveHere): Promise<Rederived> {
  return derive({
    ...parts,
    raw: async (leaf) => parts.raw.get(leaf),
    verdicts: asLines(parts.verdicts),
    observations: asLines(parts.observations),
  })
}

const rederiveHere = (parts: RederiveParts): Promise<Rederived> =>
  rederive(parts, { digest, openCertificates: (roots) => openCertificates(roots) })

async function* asLines<T>(all: readonly T[]): AsyncGenerator<T> {
  yield* all
}
