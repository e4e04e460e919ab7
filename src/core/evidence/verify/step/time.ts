import { MINUTE_MS } from '../../../model/duration.ts'
import { InputError } from '../../../model/errors.ts'
import type { BundleMeasurement } from '../../../model/incident/bundle.ts'
import { parseInstant, type Instant } from '../../../model/units.ts'
import { checkpointSigners, parseCheckpoint, type Checkpoint } from '../../log/checkpoint.ts'
import { verifyConsistency } from '../../log/merkle.ts'
import type { Subtle } from '../../time-stamp/subtle.ts'
import { verifyReply } from '../../time-stamp/verify-reply.ts'
import { decodeUtf8 } from '../source/bounded-json.ts'
import type { BundleSource } from '../source/bundle-source.ts'
import type { BundleTools } from '../bundle-tools.ts'
import { parseHashes } from './hash-lines.ts'
import type { BundleLogParts } from '../log-parts.ts'
import type { StepFindings } from './findings.ts'

const FOLDER = 'data/log/stamped/'
const MOST_SMALL = 1_000_000
/** Stamps that are looked at: each costs a few signatures. */
const MOST_STAMPS = 1000
/** How far the clock of an observatory may be ahead of an authority's. */
const CLOCKS_APART_MS = 10 * MINUTE_MS

export interface TimeTools extends BundleTools {
  /** WebCrypto's; where the machine has none, stamps are not checked. */
  readonly subtle?: Subtle
  /** SHA-256 of the roots of authorities that the reader trusts, in hexadecimal; absent or none: none was named. */
  readonly trustedRoots?: ReadonlySet<string>
}

export interface Timed {
  readonly source: BundleSource
  readonly log: BundleLogParts
  readonly measurements: readonly BundleMeasurement[]
}

/** A stamp whose every part holds: by then the authority had seen this tree of the log. */
interface SeenStamp {
  readonly size: number
  readonly at: Instant
}

/**
 * Whether every time stamp is one of its authority's over a signed checkpoint with which the bundle's tree begins. The
 * roots of authorities are in the bundle, chosen by its maker: without one that the reader trusts the step is not checked,
 * and with one only stamps under it date anything.
 */
export async function checkTime(
  { source, log, measurements }: Timed,
  tools: TimeTools,
  find: StepFindings,
): Promise<void> {
  const replies = [...source.files.keys()].filter((path) => path.startsWith(FOLDER) && path.endsWith('.tsr'))
  if (replies.length === 0) {
    find.skip('no-stamps')
    return
  }
  if (tools.subtle === undefined) {
    find.skip('no-tool')
    return
  }
  const seen: SeenStamp[] = []
  const others = new Set<string>()
  const checkpoints = new Map<string, Uint8Array | undefined>()
  for (const path of replies.slice(0, MOST_STAMPS)) {
    const [, digits = '', authority = ''] = /^(\d+)-([a-z0-9_-]+)\.tsr$/.exec(path.slice(FOLDER.length)) ?? []
    if (!checkpoints.has(digits)) checkpoints.set(digits, await stampedCheckpoint(source, { digits, log }, tools, find))
    const stamped = checkpoints.get(digits)
    if (stamped === undefined) continue
    const good = await find.attempt('stamp-refused', path, async () => {
      const claim = {
        reply: await source.read(path, MOST_SMALL),
        query: await source.read(`${FOLDER}${digits}-${authority}.tsq`, MOST_SMALL),
        sha256: tools.digest(stamped),
        chainPem: decodeUtf8(await source.read(`data/log/authorities/${authority}.pem`, MOST_SMALL)),
        at: tools.now,
      }
      return verifyReply(claim, { subtle: tools.subtle! }) // asked above
    })
    if (good === undefined) continue
    if (!good.ok) find.fail('stamp-refused', `${path}: ${good.problem}`)
    else {
      if (isTrusted(good.root.sha256, tools)) seen.push({ size: Number(digits), at: good.genTime })
      else others.add(good.root.sha256)
      find.fact('stamp', {
        authority,
        at: good.genTime,
        size: Number(digits),
        root: good.root.name,
        sha256: good.root.sha256,
      })
    }
  }
  if (replies.length > MOST_STAMPS) find.fail('too-many-files', FOLDER)
  if (!namesRoots(tools)) find.skip('no-root')
  else if (seen.length === 0 && others.size > 0) find.fail('root-untrusted', [...others].join(' '))
  else for (const root of others) find.note('other-root', root)
  sayWhen(seen, measurements, find)
}

const namesRoots = ({ trustedRoots }: TimeTools): boolean => (trustedRoots?.size ?? 0) > 0
/** Whether a root counts: one that the reader named, or any where none was named. */
const isTrusted = (root: string, tools: TimeTools): boolean =>
  !namesRoots(tools) || tools.trustedRoots?.has(root) === true

/** Until when the log held every measurement at the latest, and whether one claims to have come after its own stamp. */
function sayWhen(seen: readonly SeenStamp[], measurements: readonly BundleMeasurement[], find: StepFindings): void {
  const inTime = seen.toSorted((a, b) => a.at - b.at)
  for (const { leaf, received_at_utc: received } of measurements) {
    const covering = inTime.find(({ size }) => size > leaf)
    if (covering !== undefined && received !== null && parseInstant(received) > covering.at + CLOCKS_APART_MS)
      find.fail('received-after', `leaf ${leaf}`)
  }
  const last = measurements.at(-1)?.leaf ?? -1
  const whole = inTime.find(({ size }) => size > last)
  if (whole !== undefined) find.fact('since', { at: whole.at, size: whole.size })
  else if (seen.length > 0) find.note('not-covered')
}

/** Bytes of a stamped checkpoint that is the log's, and with which the tree of the bundle's checkpoint begins. */
async function stampedCheckpoint(
  source: BundleSource,
  { digits, log }: { readonly digits: string; readonly log: BundleLogParts },
  tools: BundleTools,
  find: StepFindings,
): Promise<Uint8Array | undefined> {
  const path = `${FOLDER}${digits}.checkpoint`
  const read = await find.attempt('file-form', path, async () => {
    const bytes = await source.read(path, MOST_SMALL)
    const head = parseCheckpoint(bytes)
    if (head.size !== Number(digits))
      throw new InputError('Cannot read stamped checkpoint', {
        code: 'bundle.stamped',
        path,
        expected: 'its size as its name',
      })
    return { bytes, head }
  })
  if (read === undefined) return undefined
  const { bytes, head } = read
  if (head.origin !== log.checkpoint?.origin) find.fail('origin', path)
  else if (checkpointSigners(head, log.keys, tools.verify).length === 0) find.fail('bad-signature', path)
  const hashes = await find.attempt('file-form', `${FOLDER}${digits}.consistency`, async () =>
    parseHashes(await source.read(`${FOLDER}${digits}.consistency`, MOST_SMALL)),
  )
  if (hashes === undefined || log.checkpoint === undefined) return undefined
  if (begins(head, log.checkpoint, hashes, tools)) return bytes
  find.fail('not-consistent', path)
  return undefined
}

const begins = (older: Checkpoint, newer: Checkpoint, path: readonly Uint8Array[], { digest }: BundleTools): boolean =>
  verifyConsistency(
    {
      olderSize: BigInt(older.size),
      newerSize: BigInt(newer.size),
      olderRoot: older.root,
      newerRoot: newer.root,
      path,
    },
    digest,
  )
