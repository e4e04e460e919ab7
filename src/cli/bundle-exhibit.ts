import { webcrypto } from 'node:crypto'
import { makeExhibit } from '../casework/exhibit/make-exhibit.ts'
import type { AnnexFile, ComparedSeries, ExhibitFinding, LogFacts } from '../casework/exhibit/finding.ts'
import type { Attachment } from '../casework/typst/set-paper.ts'
import { MeasuredSet, type Measured } from '../derive/measured.ts'
import { widestOf, windowOf } from '../derive/window.ts'
import { parseCheckpoint } from '../evidence/checkpoint.ts'
import { verifyReply } from '../evidence/time-stamp/verify-reply.ts'
import { evaluatePolicy, parsePolicy } from '../evidence/witness/policy.ts'
import type { Incident } from '../model/incident.ts'
import type { Operator } from '../model/operator.ts'
import { formatAsn, instant, parseInstant, type Instant } from '../model/units.ts'
import type { BundledFinding } from '../pipeline/bundle/make-bundle.ts'
import type { ExhibitAbout } from '../pipeline/bundle/write-bundle.ts'
import { codeOf } from '../site/check-codes.ts'
import type { Names } from '../site/matrix-view.ts'
import { sha256, verifyEd25519 } from '../sys/ed25519.ts'
import { LANGS, type Lang } from '../text/lang.ts'

export interface ExhibitParts {
  readonly names: Names
  readonly operator: Operator | undefined
  readonly comparisons: readonly string[]
}

/** File names of the exhibit by language: the one without a language is that of international bodies. */
const FILES: Readonly<Record<Lang, string>> = { en: 'exhibit.pdf', kk: 'exhibit-kk.pdf', ru: 'exhibit-ru.pdf' }

/** Exhibits of a bundle by file name, in three languages; undefined where papers cannot be set here. */
export async function makeExhibits(
  about: ExhibitAbout,
  finding: BundledFinding,
  parts: ExhibitParts,
): Promise<ReadonlyMap<string, Uint8Array> | undefined> {
  const told = await findingOf(about, finding, parts)
  const attachments = await attachmentsOf(about)
  const made = new Map<string, Uint8Array>()
  for (const lang of LANGS) {
    const printed = await makeExhibit(told, { lang, attachments })
    if (printed.kind === 'missing') return undefined
    made.set(FILES[lang], printed.pdf)
  }
  return made
}

/** Everything that papers say of a bundle, from its files and what was judged of its measurements. */
export async function findingOf(
  about: ExhibitAbout,
  { incident, measurements }: BundledFinding,
  parts: ExhibitParts,
): Promise<ExhibitFinding> {
  const { index, program, redactions } = about
  const measured = measurements.flatMap((one) => one.measured ?? [])
  const set = new MeasuredSet(measured)
  const own = measurements.filter(({ line }) => line.role === 'series')
  const networkName = parts.names.networkName(incident.asn)
  return {
    incident,
    serviceName: serviceName(incident.service, parts.names),
    ...(networkName === undefined ? {} : { networkName }),
    id: index.name,
    madeAt: parseInstant(index.made_at_utc),
    readings: set.readings(seriesOf(incident), aroundOf(incident)),
    measurements: measurements.map(({ line }) => line),
    targets: [...new Set(own.flatMap(({ targets }) => targets))].toSorted(),
    software: softwareOf(measured),
    compared: comparedOf(incident, set, parts),
    ...(parts.operator === undefined ? {} : { operator: parts.operator }),
    program,
    log: await logFacts(about),
    redactions,
    // A bundle is only made where the derivation says what is published (pipeline/derive/gather.ts).
    rederived: 'same',
    annexes: about.files.map(annexOf),
    code: await codeOf(incident),
  }
}

/** What the weighing looks at before an incident, and as much after it. */
const AROUND_MS = 3 * 3_600_000

function aroundOf(incident: Incident): { readonly since: Instant; readonly until: Instant } {
  const { from, until } = widestOf(incident)
  return { since: instant(from - AROUND_MS), until: instant(until + AROUND_MS) }
}

const seriesOf = ({ service, asn, simulated }: Incident) => ({ service, asn, simulated })
const serviceName = (id: string, { services }: Names): string => services.find((one) => one.id === id)?.name ?? id

function softwareOf(measured: readonly Measured[]): ExhibitFinding['software'] {
  const named = Map.groupBy(measured, ({ head }) => `${head.softwareName} ${head.softwareVersion}`.trim())
  return [...named]
    .map(([name, all]) => ({ name, count: all.length }))
    .toSorted((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
}

/** What was measured beside, in the window of the incident: the same service elsewhere, other services on the same network. */
function comparedOf(
  incident: Incident,
  set: MeasuredSet,
  { names, comparisons }: ExhibitParts,
): readonly ComparedSeries[] {
  const { from, until } = windowOf(incident)
  const near = set.series.filter(({ service, asn }) => (service === incident.service) !== (asn === incident.asn))
  const counts = set.counts(near, { since: from, until: instant(until + 1) })
  const compared = counts.map(({ service, asn, ok, failed, probes }): ComparedSeries => {
    const numbers = { devices: probes, measured: ok + failed, failed }
    if (service === incident.service)
      return { kind: 'network', name: names.networkName(asn) ?? formatAsn(asn), ...numbers }
    return {
      kind: comparisons.includes(service) ? 'comparison' : 'service',
      name: serviceName(service, names),
      ...numbers,
    }
  })
  const order: readonly ComparedSeries['kind'][] = ['comparison', 'network', 'service']
  return compared.toSorted(
    (a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || b.measured - a.measured || (a.name < b.name ? -1 : 1),
  )
}

/** What stands behind the time of the evidence; a stamp that does not verify is not named. */
async function logFacts({ index, stamps, read }: ExhibitAbout): Promise<LogFacts> {
  const times: { readonly authority: string; readonly at: Instant }[] = []
  for (const { authority, query, reply, checkpoint, chain } of stamps) {
    const chainPem = typeof chain === 'string' ? chain : new TextDecoder().decode(chain)
    const claim = { reply, query, sha256: sha256(checkpoint), chainPem }
    const stamp = await verifyReply(claim, { subtle: webcrypto.subtle })
    if (stamp.ok) times.push({ authority, at: stamp.genTime })
  }
  const policy = parsePolicy(await read('data/log/policy.txt'), sha256)
  const checkpoint = parseCheckpoint(await read('data/log/checkpoint'))
  const keys = new TextDecoder().decode(await read('data/log/keys.txt'))
  return {
    origin: index.log.origin,
    size: index.log.size,
    keys: keys.split('\n').filter((line) => line !== ''),
    stamps: times,
    witnesses: evaluatePolicy(checkpoint, policy, verifyEd25519).cosigned.map(({ name }) => name),
    custodyEvents: index.counts.custody,
  }
}

/** A file of the bundle, with its leaf where its name is one. */
function annexOf({ path, sha512 }: { readonly path: string; readonly sha512: string }): AnnexFile {
  const leaf = /^data\/(?:raw|revisions|events|custody)\/(\d{1,15})\.json$/.exec(path)?.[1]
  return { path, sha512, ...(leaf === undefined ? {} : { leaf: Number(leaf) }) }
}

/** The proof, for whoever has the paper alone. */
async function attachmentsOf({ read }: ExhibitAbout): Promise<readonly Attachment[]> {
  const attach = async (path: string, described: Omit<Attachment, 'bytes' | 'name'>): Promise<Attachment> => ({
    ...described,
    name: path.slice(path.lastIndexOf('/') + 1),
    bytes: await read(path),
  })
  return [
    await attach('data/incident.json', {
      media: 'application/json',
      description: 'The incident, every revision',
      relationship: 'source',
    }),
    await attach('data/derivation.json', {
      media: 'application/json',
      description: 'What the incident is derived from, and what came out',
      relationship: 'data',
    }),
    await attach('data/log/checkpoint', {
      media: 'text/plain',
      description: 'Signed state of the log that holds the evidence',
      relationship: 'supplement',
    }),
    await attach('data/log/keys.txt', {
      media: 'text/plain',
      description: 'Keys of the log',
      relationship: 'supplement',
    }),
  ]
}
