import { MINUTE_MS } from '../../../model/duration.ts'
import type { BundleMeasurement } from '../../../model/incident/bundle.ts'
import { COUNTED_STANDINGS } from '../../../model/standing.ts'
import { parseInstant } from '../../../model/units.ts'
import { isSimulatedOrigin } from '../../log/checkpoint.ts'
import type { BundleParts } from '../bundle-parts.ts'
import { AT, loggedAt, OF_INCIDENT, rawPath } from '../source/bundle-paths.ts'
import type { BundleSource } from '../source/bundle-source.ts'
import type { BundleLogParts } from '../log-parts.ts'
import type { StepFindings } from './findings.ts'

/** How far ahead a clock may go before a bundle is said to be from the future. */
const CLOCK_SKEW_MS = 10 * MINUTE_MS

interface Described {
  readonly source: BundleSource
  readonly log: BundleLogParts
  /** Name in `bag-info.txt`. */
  readonly bagName: string | undefined
  readonly now: number
}

/** Whether the index files agree with the files and with one another. Their forms were checked when they were read. */
export function checkDescription(parts: BundleParts, described: Described, find: StepFindings): void {
  checkIndex(parts, described, find)
  checkLeaves(parts, described, find)
  checkTakenOut(parts, described, find)
  checkSenders(parts, find)
  const { index, measurements } = parts
  find.fact('description', { measurements: measurements.length })
  if (index?.simulated === true) find.note('simulated')
  const last = parts.incident?.at(-1)
  if (last?.['withdrawn'] === true) find.note('withdrawn', `revision ${Number(last['revision'])}`)
}

function checkIndex(parts: BundleParts, { source, log, bagName, now }: Described, find: StepFindings): void {
  const { index, measurements } = parts
  if (index === undefined) return
  const differs = (field: string): void => find.fail('not-agreeing', `${AT.index}: ${field}`)
  if (index.name !== bagName) differs('name')
  const madeAt = parseInstant(index.made_at_utc)
  if (madeAt > now + CLOCK_SKEW_MS) find.fail('future', index.made_at_utc)
  // Nothing is in a bundle that came after it was made.
  if (measurements.some(({ received_at_utc: at }) => at !== null && parseInstant(at) > madeAt + CLOCK_SKEW_MS))
    differs('made_at_utc')
  const { checkpoint } = log
  if (checkpoint !== undefined) {
    if (index.log.origin !== checkpoint.origin) differs('log/origin')
    if (index.log.size !== checkpoint.size) differs('log/size')
    if (index.simulated !== isSimulatedOrigin(checkpoint.origin)) differs('simulated')
  }
  const filesOf = (folder: string): number =>
    [...source.files.keys()].filter((path) => path.startsWith(`data/${folder}/`)).length
  const count = (wanted: (one: BundleMeasurement) => boolean): number => measurements.filter(wanted).length
  const counts = {
    measurements: measurements.length,
    apart: count(({ role }) => role === 'apart'),
    erased: count(({ state }) => state === 'erased'),
    form_changed: count(({ state }) => state === 'form-changed'),
    revisions: filesOf('revisions'),
    events: filesOf('events'),
    custody: filesOf('custody'),
  }
  for (const [name, found] of Object.entries(counts))
    if (Object.entries(index.counts).some(([own, stated]) => own === name && stated !== found))
      find.fail('count', `${AT.index}: ${name}`)
  for (const extra of ['exhibit.pdf', 'VERIFY.html'] as const)
    if (source.files.has(`data/${extra}`) === index.without.includes(extra)) differs(`without: ${extra}`)
  // In three languages, or in none.
  for (const lang of ['kk', 'ru'])
    if (source.files.has(`data/exhibit-${lang}.pdf`) !== source.files.has('data/exhibit.pdf'))
      find.fail('not-agreeing', `data/exhibit-${lang}.pdf`)
  const ofIncident = index.about.kind === 'incident'
  for (const path of Object.values(OF_INCIDENT)) if (source.files.has(path) && !ofIncident) differs(path)
  const last = parts.incident?.at(-1)
  if (index.about.kind === 'incident' && last !== undefined) {
    if (parts.incident?.some((one) => index.about.kind === 'incident' && one['id'] !== index.about.incident) === true)
      differs('about/incident')
    if (last['revision'] !== index.about.revision) differs('about/revision')
  }
  // Else the conclusion that is derived again would be another one than the bundle is about.
  const { derivation } = parts
  if (derivation === undefined || index.about.kind !== 'incident') return
  if (derivation.incident !== index.about.incident) find.fail('not-agreeing', `${OF_INCIDENT.derivation}: incident`)
  // Of a withdrawn incident nothing stands that could come out, and of a standing one something must.
  if ((derivation.result === null) !== (last?.['withdrawn'] === true))
    find.fail('not-agreeing', `${OF_INCIDENT.derivation}: result`)
  if (derivation.simulated !== index.simulated) find.fail('not-agreeing', `${OF_INCIDENT.derivation}: simulated`)
}

function checkLeaves({ measurements, judged }: BundleParts, { source, log }: Described, find: StepFindings): void {
  const named = new Set(measurements.map(({ leaf }) => leaf))
  const held = new Set<number>()
  for (const { leaf, state } of measurements) {
    if (state === 'held') held.add(leaf)
    if (source.files.has(rawPath(leaf)) !== (state === 'held'))
      find.fail(state === 'held' ? 'missing-file' : 'not-agreeing', rawPath(leaf))
    const record = log.leaves.get(leaf)?.record
    if (record === undefined) find.fail('no-leaf', `leaf ${leaf}`)
    else if (record.kind !== 'measurement') find.fail('not-agreeing', `${AT.measurements}: leaf ${leaf}`)
  }
  const filed = new Set<number>()
  for (const path of source.files.keys()) {
    const logged = loggedAt(path)
    if (logged === undefined) continue
    filed.add(logged.leaf)
    if (logged.kind === 'measurement' && !named.has(logged.leaf)) find.fail('not-agreeing', path)
  }
  for (const leaf of log.leaves.keys())
    if (!named.has(leaf) && !filed.has(leaf)) find.fail('not-agreeing', `${AT.leaves}: leaf ${leaf}`)
  for (const leaf of judged) if (!held.has(leaf)) find.fail('not-agreeing', `${AT.verdicts}: leaf ${leaf}`)
}

function checkTakenOut(
  { measurements, redactions }: BundleParts,
  { log }: Pick<Described, 'log'>,
  find: StepFindings,
): void {
  if (redactions === undefined) return
  const compare = (state: BundleMeasurement['state'], stated: readonly { readonly leaf: number }[]): void => {
    const leaves = new Set(stated.map(({ leaf }) => leaf))
    const own = new Set(measurements.filter((one) => one.state === state).map(({ leaf }) => leaf))
    for (const leaf of new Set([...own, ...leaves]))
      if (!own.has(leaf) || !leaves.has(leaf)) find.fail('not-agreeing', `${AT.redactions}: leaf ${leaf}`)
  }
  compare('erased', redactions.erased)
  compare('form-changed', redactions.form_changed)
  for (const { leaf, public: stated } of redactions.form_changed)
    if (log.leaves.get(leaf)?.record.public !== stated) find.fail('not-agreeing', `${AT.redactions}: leaf ${leaf}`)
  for (const { state, ...rest } of measurements) {
    const empty = rest.id === null && rest.received_at_utc === null && rest.channel === null && rest.origin === null
    const whole = rest.id !== null && rest.received_at_utc !== null && rest.channel !== null && rest.origin !== null
    if (state === 'erased' ? !empty : !whole) find.fail('not-agreeing', `${AT.measurements}: leaf ${rest.leaf}`)
  }
}

/**
 * An excluded sender counts nowhere, so that the role must follow only from the sender; and an id chooses which of many
 * verdicts are weighed: none may occur twice.
 */
function checkSenders({ index, measurements }: BundleParts, find: StepFindings): void {
  const ids = new Set<string>()
  const wrong = (leaf: number): void => find.fail('not-agreeing', `${AT.measurements}: leaf ${leaf}`)
  for (const { leaf, id, role, channel, origin } of measurements) {
    const counted = channel !== 'collector' || COUNTED_STANDINGS.some((standing) => standing === origin)
    if (role === 'apart' && channel !== null && counted) wrong(leaf)
    if (index !== undefined && (role === 'named') !== (index.about.kind === 'measurements') && role !== 'apart')
      wrong(leaf)
    if (id === null) continue
    if (ids.has(id)) wrong(leaf)
    ids.add(id)
  }
}
