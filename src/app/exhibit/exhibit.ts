import { makeExhibit } from '../../casework/exhibit/make-exhibit.ts'
import type { ComparedSeries, ExhibitFinding } from '../../casework/exhibit/finding.ts'
import { defined } from '../../core/model/defined.ts'
import { HOUR_MS } from '../../core/model/duration.ts'
import type { Attachment } from '../../documents/typst/set-paper.ts'
import { MeasuredSet, isCounted } from '../../core/derive/measured.ts'
import { widestOf, windowOf } from '../../core/derive/window.ts'
import { successorOf, type Incident } from '../../core/model/incident/incident.ts'
import { formatAsn, instant, parseInstant, type Instant, type Asn } from '../../core/model/units.ts'
import type {
  BundledFinding,
  BundledIncident,
  BundledMeasurement,
  BundledMeasurements,
} from '../../pipeline/bundle/make-bundle.ts'
import type { ExhibitAbout } from '../../pipeline/bundle/write-bundle.ts'
import { decodeReview, reviewAt, type IncidentReview, type ReviewAct } from '../../core/model/incident/review.ts'
import { parseCustodyEvent } from '../../core/evidence/custody/custody-event.ts'
import { WorkerLost } from '../../runtime/worker-pool.ts'
import { openPrinting } from './printing.ts'
import { codeOf } from '../../site/code/codes.ts'
import { LANGS, type Lang } from '../../core/text/lang.ts'
import { groundOf, exhibitServiceName, type ExhibitParts } from './ground.ts'
import type { Names } from '../../core/text/names.ts'
import type { AloneFinding, OneJudged } from '../../casework/exhibit/alone-finding.ts'
import { HALVINGS } from '../../core/model/measured/verdict.ts'

/** File names of the exhibit by language: the one without a language is that of international bodies. */
export const EXHIBIT_FILES: Readonly<Record<Lang, string>> = {
  en: 'exhibit.pdf',
  kk: 'exhibit-kk.pdf',
  ru: 'exhibit-ru.pdf',
}

/** Exhibits of a bundle by file name, in three languages; undefined where papers cannot be set here. */
export async function makeExhibits(
  about: ExhibitAbout,
  finding: BundledFinding,
  parts: ExhibitParts,
): Promise<ReadonlyMap<string, Uint8Array> | undefined> {
  const told =
    finding.kind === 'incident' ? await findingOf(about, finding, parts) : await aloneOf(about, finding, parts)
  const attachments = await attachmentsOf(about, finding.kind)
  const made = new Map<string, Uint8Array>()
  await using printing = openPrinting()
  for (const lang of LANGS) {
    const printed = await makeExhibit(told, { lang, attachments, print: printing.print }).catch(ifLost)
    if (printed?.kind !== 'printed') return undefined
    made.set(EXHIBIT_FILES[lang], printed.pdf)
  }
  return made
}

/** Evidence is not lost for a paper that cannot be set in its time: the bundle says that it has no exhibit. */
function ifLost(error: unknown): undefined {
  if (error instanceof WorkerLost) return undefined
  throw error
}

/** Acts of people in the files of a bundle, as they stand when it is made. */
async function reviewOf({ files, read, index }: ExhibitAbout, incident: string): Promise<IncidentReview> {
  const leafOf = ({ path }: { readonly path: string }): number =>
    Number(/^data\/custody\/(\d{1,15})\.json$/.exec(path)?.[1] ?? NaN)
  const acts: ReviewAct[] = []
  for (const file of files.filter((one) => leafOf(one) >= 0).toSorted((a, b) => leafOf(a) - leafOf(b))) {
    const act = decodeReview(parseCustodyEvent(await read(file.path)))
    if (act?.incident === incident) acts.push(act)
  }
  return reviewAt(acts, parseInstant(index.made_at_utc))
}

/** Everything that papers say of the bundle of an incident, from its files and what was judged of its measurements. */
export async function findingOf(
  about: ExhibitAbout,
  { incident, revisions, measurements }: Omit<BundledIncident, 'kind'>,
  parts: ExhibitParts,
): Promise<ExhibitFinding> {
  const set = new MeasuredSet(measurements.flatMap((one) => one.measured ?? []))
  const own = measurements.filter(({ line }) => line.role === 'series')
  const networkName = parts.names.networkName(incident.asn)
  return {
    incident,
    serviceName: exhibitServiceName(incident.service, parts.names),
    ...defined({ networkName }),
    ...(await groundOf(about, { measurements, own }, parts)),
    readings: set.readings(seriesOf(incident), aroundOf(incident)),
    revisions,
    compared: comparedOf(incident, set, parts),
    // A bundle is only made where the derivation says what is published (pipeline/bundle/gather.ts); of an incident in
    // whose place another one stands it says nothing.
    rederived: successorOf(incident) === undefined ? 'same' : 'not-done',
    code: await codeOf(incident),
    review: await reviewOf(about, incident.id),
  }
}

/** What the weighing looks at before an incident, and as much after it. */
const AROUND_MS = 3 * HOUR_MS

function aroundOf(incident: Incident): { readonly since: Instant; readonly until: Instant } {
  const { from, until } = widestOf(incident)
  return { since: instant(from - AROUND_MS), until: instant(until + AROUND_MS) }
}

const seriesOf = ({ service, asn, simulated }: Incident) => ({ service, asn, simulated })
/**
 * What was measured separately, in the window of the incident: the same service elsewhere, other services on the same
 * network.
 */
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
      name: exhibitServiceName(service, names),
      ...numbers,
    }
  })
  const order: readonly ComparedSeries['kind'][] = ['comparison', 'network', 'service']
  return compared.toSorted(
    (a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || b.measured - a.measured || (a.name < b.name ? -1 : 1),
  )
}

/** The proof, for a person who has only the paper. */
async function attachmentsOf(
  { read, files }: ExhibitAbout,
  kind: BundledFinding['kind'],
): Promise<readonly Attachment[]> {
  const attach = async ({ path, ...described }: Attached): Promise<Attachment> => ({
    ...described,
    name: path.slice(path.lastIndexOf('/') + 1),
    bytes: await read(path),
  })
  const fits = ({ path }: Attached): boolean =>
    files.some((one) => one.path === path && one.size > 0 && one.size <= MOST_ATTACHED)
  return Promise.all([...ATTACHED[kind], ...OF_LOG].filter(fits).map(attach))
}

type Attached = Omit<Attachment, 'bytes' | 'name'> & { readonly path: string }

/** A larger file is only in the bundle: a paper is sent by mail. */
const MOST_ATTACHED = 4 * 1024 ** 2

const OF_LOG: readonly Attached[] = [
  {
    path: 'data/log/checkpoint',
    media: 'text/plain',
    description: 'Signed state of the log that holds the evidence',
    relationship: 'supplement',
  },
  { path: 'data/log/keys.txt', media: 'text/plain', description: 'Keys of the log', relationship: 'supplement' },
]

const ATTACHED: Readonly<Record<BundledFinding['kind'], readonly Attached[]>> = {
  incident: [
    {
      path: 'data/incident.json',
      media: 'application/json',
      description: 'The incident, every revision',
      relationship: 'source',
    },
    {
      path: 'data/derivation.json',
      media: 'application/json',
      description: 'What the incident is derived from, and what came out',
      relationship: 'data',
    },
  ],
  measurements: [
    {
      path: 'data/measurements.jsonl',
      media: 'text/plain',
      description: 'The measurements, with their numbers in the log',
      relationship: 'source',
    },
    {
      path: 'data/verdicts.jsonl',
      media: 'text/plain',
      description: 'What was judged of each measurement',
      relationship: 'data',
    },
  ],
}

/** Later than every measurement. */
const NEVER = instant(Date.UTC(2200, 0, 1))

/** Everything that the documents say about a bundle with only measurements. */
async function aloneOf(
  about: ExhibitAbout,
  { asked, measurements }: BundledMeasurements,
  parts: ExhibitParts,
): Promise<AloneFinding> {
  const set = new MeasuredSet(measurements.flatMap(({ measured }) => measured ?? []))
  const ever = { since: instant(0), until: NEVER }
  return {
    ...(await groundOf(about, { measurements, own: measurements }, parts)),
    simulated: about.index.simulated,
    chosen: asked.kind === 'named' ? { kind: 'named' } : { kind: 'period', since: asked.since, until: asked.until },
    judged: measurements.flatMap((one) => judgedOf(one, parts.names) ?? []),
    readings: set.series.flatMap((series) => set.readings(series, ever)),
  }
}

function judgedOf({ line, measured }: BundledMeasurement, names: Names): OneJudged | undefined {
  if (measured === undefined) return undefined
  const { head, service, verdict, provenance } = measured
  const { kind, mechanism, missing, grounds } = verdict
  return {
    leaf: line.leaf,
    startedAt: head.startedAt,
    service: exhibitServiceName(service, names),
    network: networkName(head.probeAsn, names),
    kind,
    ...defined({ mechanism }),
    device: measured.device,
    apart: line.role === 'apart' || !isCounted(provenance),
    missing,
    halved: grounds.flatMap(({ fact, values }) =>
      fact === 'ratio.halved' ? (HALVINGS.find((one) => one === values['why']) ?? []) : [],
    ),
  }
}

function networkName(asn: Asn, names: Names): string {
  const name = names.networkName(asn)
  return name === undefined ? formatAsn(asn) : `${name} (${formatAsn(asn)})`
}
