import { createHash, hash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { BAG_FILES } from '../../core/evidence/bundle/bag.ts'
import { LIMITS } from '../../core/evidence/verify/source/bundle-source.ts'
import { readLines } from '../../core/evidence/verify/source/read-lines.ts'
import { widestOf } from '../../core/derive/window.ts'
import { DAY_MS } from '../../core/model/duration.ts'
import { InputError } from '../../core/model/errors.ts'
import type { CustodyEvent } from '../../core/model/custody.ts'
import { frozenSchema } from '../../core/model/incident/coincidence.ts'
import { instant, parseAsn, parseInstant, parseSha256, type Instant, type Sha256 } from '../../core/model/units.ts'
import { homeDay } from '../../core/text/home-day.ts'
import { printable } from '../../core/text/printable.ts'
import { recordThinnings } from '../../pipeline/custody/record-thinnings.ts'
import { openPortionJudge } from '../../pipeline/judge/judge-blobs.ts'
import { vouchedFor } from '../../pipeline/log/outside/vouched.ts'
import { Keeper, LEAST_MONTHS, type Keeping, type KeptStudy, type KeptWindow } from '../../pipeline/thin/keep.ts'
import { thinArchive, type ThinParts, type ThinReport } from '../../pipeline/thin/thin-archive.ts'
import { systemClock } from '../../runtime/clock.ts'
import { isMissing } from '../../runtime/files/disk.ts'
import type { World } from '../../runtime/world.ts'
import { sidecarKey } from '../../store/archive/ship/object-keys.ts'
import { folderDetection } from '../folder/detection.ts'
import type { OpenFolder } from '../folder/open.ts'
import { BUNDLES_FOLDER } from '../observatory/bundles.ts'
import { openBundle } from './open-bundle.ts'

const INDEX = 'data/measurements.jsonl'
const ZIP = '.zip'
/** Detail of an event of custody that names a bundle by its content. */
const MANIFEST = 'manifest_sha512'

export interface ThinAsked extends Pick<ThinParts, 'act' | 'onLine' | 'onProgress'> {
  /** Only what was received so many months ago, or earlier. */
  readonly months: number
  /** Bundles that are not in the folder, as typed: what they hold stays. */
  readonly bundles: readonly string[]
  readonly fingerprintFiles: readonly string[]
}

/**
 * Thins the archive of a held folder, or counts what would be thinned. Throws InputError where it is not known what must
 * stay. After a crash the same call does the rest.
 */
export async function thinFolder(folder: OpenFolder, world: World, asked: ThinAsked): Promise<ThinReport> {
  const { months, act, fingerprintFiles, onLine, onProgress } = asked
  if (months < LEAST_MONTHS) throw new RangeError(`Cannot thin after ${months} months: ${LEAST_MONTHS} at least`)
  const archive = await folder.archive()
  // What is not detected yet may be an incident.
  await (await folderDetection(folder, world)).run('changed', { signal: world.signal })
  const keeping = await keepingOf(folder, world, asked)
  await using judge = openPortionJudge({ fingerprintFiles, background: true }, { isRead: true, keeps: true })
  const store = folder.archiveStore
  const custody = await folder.custody()
  try {
    return await thinArchive({
      ...{ archive, judge, act, signal: world.signal },
      keeper: new Keeper(keeping),
      dayOf: homeDay,
      now: () => systemClock.now(),
      async refuses({ number }) {
        if (store === undefined || (await store.head(sidecarKey(number))) !== undefined) return undefined
        return 'it is not whole on the object storage yet'
      },
      ...(onLine === undefined ? {} : { onLine }),
      ...(onProgress === undefined ? {} : { onProgress }),
    })
  } finally {
    // Also where it is interrupted: each segment is whole, and is done or not.
    if (act) await recordThinnings(archive, custody)
  }
}

/** So many months before a time, and up to three days more at the end of a month. */
export function monthsBefore(now: Instant, months: number): Instant {
  const at = new Date(now)
  const [year, month, day] = [at.getUTCFullYear(), at.getUTCMonth(), Math.min(28, at.getUTCDate())]
  return instant(Date.UTC(year, month - months, day))
}

/** Everything that decides what must stay. */
async function keepingOf(folder: OpenFolder, world: World, { months, bundles }: ThinAsked): Promise<Keeping> {
  const log = await folder.begunLog()
  const vouched = log && (await vouchedFor(folder.logFolder, { log, signal: world.signal }))
  if (log === undefined || vouched === undefined)
    throw new InputError('Cannot thin: the log has no valid cosignature, or no valid time stamp', {
      code: 'thin.unproven',
      path: '',
      expected:
        'witnesses and time stamps ("kuager log witness", "kuager log stamp"): nothing else shows that a log entry is older than its thinning',
    })
  const events: CustodyEvent[] = []
  for await (const { event } of (await folder.custody()).events()) events.push(event)
  const ids = new Set<Sha256>()
  const exported = events.filter(({ type, evidence: { kind } }) => type === 'exported' && kind === 'bundle')
  const held = new Set<unknown>()
  for (const name of await bundlesIn(folder.path))
    held.add(await takeIds(join(folder.path, BUNDLES_FOLDER, name), { ids, signal: world.signal }))
  for (const path of bundles) {
    const manifest = await takeIds(path, { ids, signal: world.signal, cwd: world.cwd })
    if (!exported.some(({ detail }) => detail[MANIFEST] === manifest)) throw notHandedOut(path)
    held.add(manifest)
  }
  const handedOut = exported.flatMap(({ evidence, detail }) => (held.has(detail[MANIFEST]) ? [] : [evidence.id]))
  const incidents = await incidentWindows(folder, handedOut, ids)
  const unknown = [...new Set(handedOut)].filter((name) => !incidents.named.has(name))
  if (unknown.length > 0)
    throw new InputError(
      `Cannot thin: it is not known what these bundles hold, which were handed out: ${unknown.map(printable).join(', ')}`,
      { code: 'thin.bundles', path: '--bundle', expected: 'each of them' },
    )
  const checks: Instant[] = []
  for await (const { receivedAt } of log.entries('saved-check')) checks.push(receivedAt)
  const studies: KeptStudy[] = []
  for await (const { bytes } of log.entries('frozen-events')) studies.push(...studiesOf(bytes))
  return {
    // A clock of ours that is ahead makes nothing recent old.
    before: monthsBefore(instant(Math.min(systemClock.now(), vouched.stampedAt)), months),
    proven: vouched.size,
    ...{ studies, checks, ids, incidents: incidents.windows },
    ...namedLeaves(events),
  }
}

/** Leaves that events of custody name: all of them but how they came, and how they went. */
function namedLeaves(events: readonly CustodyEvent[]): Pick<Keeping, 'leaves' | 'ranges'> {
  const leaves = new Set<number>()
  const ranges: { from: number; until: number }[] = []
  for (const { type, evidence } of events) {
    if (type === 'collected' || type === 'erased' || type === 'revoked') continue
    const [, from, last = from] = /^(\d{1,15})(?:-(\d{1,15}))?$/.exec(evidence.id) ?? []
    if (from === undefined) continue
    if (evidence.kind === 'measurement') leaves.add(Number(from))
    if (evidence.kind === 'measurements') ranges.push({ from: Number(from), until: Number(last) + 1 })
  }
  return { leaves, ranges }
}

/** Windows of all revisions of all incidents. Of one whose bundle was handed out everything before it stays. */
async function incidentWindows(
  folder: OpenFolder,
  handedOut: readonly string[],
  ids: Set<Sha256>,
): Promise<{ readonly windows: readonly KeptWindow[]; readonly named: ReadonlySet<string> }> {
  const incidents = await folder.incidents()
  const windows: KeptWindow[] = []
  const named = new Set<string>()
  for (const { id } of await incidents.current()) {
    const own = handedOut.filter((name) => name.startsWith(`kuager-${id.toLowerCase()}-r`))
    for (const name of own) named.add(name)
    for (const revision of await incidents.revisions(id)) {
      const { service, asn, measurements } = revision
      const { from, until } = widestOf(revision)
      windows.push({ service, asn, from: own.length > 0 ? instant(0) : from, until })
      for (const one of measurements) ids.add(one)
    }
  }
  return { windows, named }
}

/** What a pre-registered list asks about; nothing of an entry that cannot be read is left out, so it throws. */
function studiesOf(bytes: Uint8Array): readonly KeptStudy[] {
  const { plan } = frozenSchema.parse(JSON.parse(new TextDecoder().decode(bytes)))
  const { period, primary, secondary, negativeControls } = plan
  // Days of the study's zone, and its windows around events.
  const [from, until] = [parseInstant(period.since) - 2 * DAY_MS, parseInstant(period.until) + 3 * DAY_MS]
  return [primary, ...secondary, ...negativeControls].map(({ services, placebos = [], networks }) => ({
    ...{ from: instant(from), until: instant(until) },
    services: new Set([...services, ...placebos]),
    asns: new Set(networks.map(parseAsn)),
  }))
}

async function bundlesIn(folder: string): Promise<readonly string[]> {
  try {
    const names = await readdir(join(folder, BUNDLES_FOLDER))
    return names.filter((name) => name.endsWith(ZIP))
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

const notHandedOut = (path: string): InputError =>
  new InputError(`Cannot thin: "${printable(path)}" is no bundle that this folder has handed out`, {
    code: 'thin.other-bundle',
    path: '--bundle',
    expected: 'a bundle of which the chain of custody has the event "exported", unchanged',
  })

/**
 * Takes the ids of the measurements of a bundle, and gives the SHA-512 of its manifest, by which the event of custody
 * names it. Throws InputError for one that cannot be read, or whose list of measurements is not that of its manifest.
 */
async function takeIds(
  path: string,
  { ids, signal, cwd = '' }: { readonly ids: Set<Sha256>; readonly signal: AbortSignal; readonly cwd?: string },
): Promise<string> {
  const unread = (): InputError =>
    new InputError(`Cannot thin: bundle "${printable(path)}" cannot be read`, {
      code: 'thin.bundle',
      path: '--bundle',
      expected: 'a whole bundle; a file that is none must not be in the folder "bundles"',
    })
  await using opened = await openBundle(path, cwd, signal)
  if (opened.source === undefined) throw unread()
  const { source } = opened
  const digest = createHash('sha512')
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of source.chunks(INDEX)) {
      digest.update(chunk)
      yield chunk
    }
  }
  for await (const bytes of readLines(chunks())) {
    const line: unknown = JSON.parse(new TextDecoder().decode(bytes))
    if (typeof line !== 'object' || line === null || !('id' in line)) throw unread()
    if (typeof line.id === 'string') ids.add(parseSha256(line.id))
  }
  const manifest = await source.read(BAG_FILES.manifest, LIMITS.wholeBytes)
  const lines = new TextDecoder().decode(manifest).split('\n')
  if (!lines.includes(`${digest.digest('hex')}  ${INDEX}`)) throw unread()
  return hash('sha512', manifest)
}
