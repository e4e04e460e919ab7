import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeCanonical } from '../../core/evidence/canonical-json.ts'
import { encodeRoCrate, type CratePart } from '../../core/evidence/bundle/ro-crate.ts'
import type { LeafRecord } from '../../core/evidence/log/leaf-record.ts'
import { defined } from '../../core/model/defined.ts'
import {
  BUNDLE_FORMAT,
  bundleSchema,
  type BundleExtra,
  type BundleIndex,
  type Program,
  type Redactions,
} from '../../core/model/incident/bundle.ts'
import { toPlainJson } from '../../core/model/incident/bundle-wire.ts'
import { Fault } from '../../core/model/errors.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import { encodeIncident } from '../../core/model/incident/incident-wire.ts'
import type { Operator } from '../../core/model/operator.ts'
import { formatInstantUtc, instant, type Instant } from '../../core/model/units.ts'
import { PACKAGE_ROOT } from '../../runtime/files/package-root.ts'
import type { CustodyBook } from '../custody/custody-book.ts'
import type { TransparencyLog } from '../log/contract.ts'
import type { BagFolder, WrittenFile } from './bag-folder.ts'
import { sealBag } from './seal-bag.ts'
import { writeLog, type BundledStamp, type LogParts } from './write-log.ts'
import {
  writeMeasurements,
  type ChosenMeasurement,
  type MeasurementsParts,
  type WrittenMeasurements,
} from './write-measurements.ts'

/** An entry of the log that a bundle carries as it was logged. */
export interface BundledEntry {
  readonly leafIndex: number
  readonly bytes: Uint8Array
}

/** What a bundle is about, gathered: nothing in it was chosen by its outcome. */
export interface BundleSubject {
  readonly about: BundleIndex['about']
  readonly simulated: boolean
  readonly measurements: readonly ChosenMeasurement[]
  readonly incident?: {
    /** All revisions of the incident, oldest first. */
    readonly revisions: readonly Incident[]
    /** `data/derivation.json`, canonical. */
    readonly derivation: string
  }
  readonly revisions: readonly BundledEntry[]
  readonly events: readonly BundledEntry[]
  readonly custody: readonly BundledEntry[]
}

/** What is known of a bundle when its exhibit is made: everything but the exhibit itself. */
export interface ExhibitAbout {
  readonly index: Omit<BundleIndex, 'without'>
  readonly program: Program
  readonly redactions: Redactions
  readonly stamps: readonly BundledStamp[]
  /** Files of `data/` so far, as the index of annexes lists them, and their bytes. */
  readonly files: readonly WrittenFile[]
  readonly read: (path: string) => Promise<Uint8Array>
}

export interface BundleWriteTools extends LogParts, Omit<MeasurementsParts, 'publicOf'> {
  readonly log: LogParts['log'] & Pick<TransparencyLog, 'sequence' | 'origin'>
  readonly custody: Pick<CustodyBook, 'record'>
  /** Files of `data/tables/` by name, except the roots. */
  readonly tables: ReadonlyMap<string, Uint8Array>
  /** Roots that judging read so far, as PEM: asked when everything was judged. */
  readonly roots: () => string
  readonly now: Instant
  readonly program: Program
  readonly operator: Operator | undefined
  /** Who makes the bundle, as custody says it, for what, and by whose authority. */
  readonly actor: string
  readonly purpose: string
  readonly authority?: string
  /** Papers by file name; undefined where they cannot be made. */
  readonly makeExhibits: (about: ExhibitAbout) => Promise<ReadonlyMap<string, Uint8Array> | undefined>
  /** `VERIFY.html`; undefined where it cannot be made. */
  readonly readVerifyPage: () => Promise<Uint8Array | undefined>
}

/** How to verify by hand: the same text in every bundle. */
const BY_HAND = join(PACKAGE_ROOT, 'docs/bundle/VERIFY.md')

/** Writes everything of a bundle into a bag and seals it; nothing has its final name yet. */
export async function writeBundle(
  bag: BagFolder,
  subject: BundleSubject,
  tools: BundleWriteTools,
): Promise<BundleIndex> {
  const { measurements, revisions, events, custody } = subject
  const entries = [...revisions, ...events, ...custody]
  const leaves = [...measurements.map(({ leaf }) => leaf), ...entries.map(({ leafIndex }) => leafIndex)]
  const records = await writeLog(bag, leaves, tools)
  const written = await writeMeasurements(bag, measurements, {
    ...tools,
    publicOf: (leaf) => recordOf(records, leaf).public,
  })
  await writeEntries(bag, 'revisions', { entries: revisions, records })
  await writeEntries(bag, 'events', { entries: events, records })
  await writeEntries(bag, 'custody', { entries: custody, records })
  if (subject.incident !== undefined) {
    const shown = subject.incident.revisions.map((one) => toPlainJson(encodeIncident(one)))
    await bag.put('data/incident.json', encodeCanonical(shown))
    await bag.put('data/derivation.json', subject.incident.derivation)
  }
  for (const [name, bytes] of tools.tables) await bag.put(`data/tables/${name}`, bytes)
  await bag.put('data/tables/roots.pem', tools.roots())
  await bag.put('data/redactions.json', encodeCanonical(written.redactions))
  await bag.put('data/program.json', encodeCanonical(tools.program))
  await bag.put('data/VERIFY.md', await readFile(BY_HAND))
  const about = indexOf(bag, subject, { written, tools })
  const without = await writePapers(bag, { index: about, redactions: written.redactions }, tools)
  const index = bundleSchema.parse({ ...about, without })
  await bag.put('data/bundle.json', encodeCanonical(index))
  await bag.put('data/ro-crate-metadata.json', encodeCanonical(crateOf(bag, index, { written, tools })))
  await sealBag(bag, {
    ...tools,
    info: {
      organization: organizationOf(tools),
      madeAt: tools.now,
      program: `kuager ${tools.program.version}`,
    },
    draft: {
      actor: tools.actor,
      reason: tools.purpose,
      ...defined({ authority: tools.authority }),
      detail: {
        measurements: index.counts.measurements,
        erased: index.counts.erased,
        fields_redacted: written.redactions.fields.length,
        public_form: written.redactions.public_form,
      },
    },
  })
  return index
}

function recordOf(records: ReadonlyMap<number, LeafRecord>, leaf: number): LeafRecord {
  const record = records.get(leaf)
  if (record === undefined) throw new Fault(`Cannot bundle leaf ${leaf}: the log gave no record of it`)
  return record
}

interface EntriesOf {
  readonly entries: readonly BundledEntry[]
  readonly records: ReadonlyMap<number, LeafRecord>
}

/** Entries as they were logged. Throws Fault for one whose leaf is of other bytes: a bundle would not verify. */
async function writeEntries(bag: BagFolder, folder: string, { entries, records }: EntriesOf): Promise<void> {
  for (const { leafIndex, bytes } of entries) {
    const found = hash('sha256', bytes)
    if (recordOf(records, leafIndex).public !== found)
      throw new Fault(`Cannot bundle leaf ${leafIndex}: its bytes are not those that were logged`)
    await bag.put(`data/${folder}/${leafIndex}.json`, bytes)
  }
}

interface Known {
  readonly written: WrittenMeasurements
  readonly tools: BundleWriteTools
}

function indexOf(bag: BagFolder, subject: BundleSubject, { written, tools }: Known): Omit<BundleIndex, 'without'> {
  const { span, counts } = written
  return {
    format: BUNDLE_FORMAT,
    name: bag.name,
    made_at_utc: formatInstantUtc(instant(Math.floor(tools.now / 1000) * 1000)),
    simulated: subject.simulated,
    about: subject.about,
    log: { origin: tools.log.origin, size: tools.checkpoint.size },
    counts: {
      ...counts,
      revisions: subject.revisions.length,
      events: subject.events.length,
      custody: subject.custody.length,
    },
    span:
      span === undefined ? null : { since_utc: formatInstantUtc(span.since), until_utc: formatInstantUtc(span.until) },
    operator: tools.operator === undefined ? null : { name: tools.operator.name },
  }
}

/** What a person reads and opens; gives which of them is not there. */
async function writePapers(
  bag: BagFolder,
  about: Pick<ExhibitAbout, 'index' | 'redactions'>,
  { readVerifyPage, makeExhibits, program, stamps }: BundleWriteTools,
): Promise<readonly BundleExtra[]> {
  const without: BundleExtra[] = []
  const page = await readVerifyPage()
  if (page === undefined) without.push('VERIFY.html')
  else await bag.put('data/VERIFY.html', page)
  const files = bag.files
  const exhibits = await makeExhibits({ ...about, program, stamps, files, read: (path) => bag.read(path) })
  if (exhibits === undefined) without.push('exhibit.pdf')
  else for (const [name, pdf] of exhibits) await bag.put(`data/${name}`, pdf)
  return without
}

const organizationOf = ({ operator, log }: BundleWriteTools): string =>
  (operator?.name.en ?? log.origin).replaceAll(/[\p{Cc}\s]+/gu, ' ').trim()

function crateOf(bag: BagFolder, index: BundleIndex, { written, tools }: Known): Record<string, unknown> {
  const { about, simulated } = index
  const what = about.kind === 'incident' ? `incident ${about.incident}, revision ${about.revision}` : 'measurements'
  const { operator, program, now } = tools
  return encodeRoCrate({
    name: `Evidence: ${what}`,
    description: `Measurements of internet services with the proofs that they were logged, and what was concluded from them${
      simulated ? '. Simulated: nothing in it was measured' : ''
    }.`,
    madeAt: now,
    ...defined({ span: written.span }),
    organization: organizationOf(tools),
    ...defined({ licence: operator?.licence }),
    program: { version: program.version, sourceSha256: program.source_sha256 },
    parts: describeParts(bag.files.map(({ path }) => path)),
  })
}

/** What a catalogue says of the files and folders of `data/`; others are in none of these folders. */
const PARTS: readonly CratePart[] = [
  { path: 'VERIFY.md', name: 'How to verify by hand', media: 'text/markdown' },
  { path: 'VERIFY.html', name: 'Verification in a browser, offline', media: 'text/html' },
  { path: 'exhibit.pdf', name: 'The finding on at most five pages', media: 'application/pdf' },
  { path: 'exhibit-kk.pdf', name: 'The finding, in Kazakh', media: 'application/pdf' },
  { path: 'exhibit-ru.pdf', name: 'The finding, in Russian', media: 'application/pdf' },
  { path: 'bundle.json', name: 'What the bundle is', media: 'application/json' },
  { path: 'measurements.jsonl', name: 'Index of measurements', media: 'application/jsonl' },
  { path: 'verdicts.jsonl', name: 'What was judged of each measurement', media: 'application/jsonl' },
  { path: 'observations.jsonl', name: 'What each measurement observed', media: 'application/jsonl' },
  { path: 'incident.json', name: 'The incident, every revision', media: 'application/json' },
  { path: 'derivation.json', name: 'What the incident is derived from', media: 'application/json' },
  { path: 'redactions.json', name: 'What was taken out', media: 'application/json' },
  { path: 'program.json', name: 'The program', media: 'application/json' },
  { path: 'raw/', name: 'Measurements, public form' },
  { path: 'revisions/', name: 'Revisions as logged' },
  { path: 'events/', name: 'Pre-registered lists of events as logged' },
  { path: 'custody/', name: 'Events of custody as logged' },
  { path: 'tables/', name: 'Tables that verdicts and incident rest on' },
  { path: 'log/', name: 'Log: keys, checkpoint, proofs, time stamps' },
]

/** Parts that are there, of the paths of a bag. */
const describeParts = (paths: readonly string[]): readonly CratePart[] =>
  PARTS.filter(({ path }) =>
    paths.some((one) => (path.endsWith('/') ? one.startsWith(`data/${path}`) : one === `data/${path}`)),
  )
