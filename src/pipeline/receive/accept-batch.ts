import { defined } from '../../core/model/defined.ts'
import { MINUTE_MS } from '../../core/model/duration.ts'
import type { Posted, Received } from '../../core/model/measured/submission.ts'
import { formatSubmittedBy, type SubmittedBy } from '../../core/model/standing.ts'
import { instant, type Asn, type Instant, type Sha256 } from '../../core/model/units.ts'
import type { Appended, Archive, SealedItem } from '../../store/archive/contract.ts'
import { SALT_BYTES } from '../../store/archive/record.ts'
import type { SeenValues } from '../../store/seen-values/contract.ts'
import { sightingOf } from '../publish/sighting.ts'
import { costOf, type CollectorLimits } from './collector-limits.ts'
import type { ArchivedValue } from '../judge/judge-archived.ts'
import type { FoundBody, ReceiveReply } from './receive-calls.ts'
import { formatReportId, measurementUidOf } from './report-id.ts'
import type { Spender } from './standing/allowance.ts'
import type { Standings } from './standing/standings.ts'

/** A body that waits for its answer. */
export interface Unanswered {
  readonly posted: Posted
  resolve(received: Received): void
}

/** Bodies of one call of a thread, and what it found each to be, in the same order. */
export interface FoundBatch {
  readonly batch: readonly Unanswered[]
  readonly reply: Pick<ReceiveReply, 'found' | 'sealed'>
  readonly now: Instant
}

export interface AcceptParts {
  readonly archive: Pick<Archive, 'append' | 'has'>
  readonly limits: Pick<CollectorLimits, 'take' | 'giveBack'>
  readonly standings: Pick<Standings, 'of' | 'durable'>
  /** Network of an address, if a table knows it. */
  readonly networkOf: (address: string) => Asn | undefined
  /** Gets what was added to the archive. */
  readonly onAdded: (added: readonly ArchivedValue[]) => void
  /** Which values of what servers write are common. */
  readonly seen: Pick<SeenValues, 'note'>
}

type Taken = FoundBody & { readonly kind: 'taken' }

/** A measurement on its way into the archive. */
interface Accepted {
  readonly waiting: Unanswered
  readonly found: Taken
  readonly by: SubmittedBy
  /** What its sender spent; absent if the archive has the measurement already. */
  readonly spent: { readonly spender: Spender; readonly bytes: number } | undefined
  readonly item: SealedItem
}

/**
 * From bodies that a thread has read and sealed to their answers. The order of the steps is the promise: what is
 * acknowledged is on disk. Each step says what a crash right after it leaves. Throws what the disk throws: then no body of
 * the batch that was not refused is acknowledged, and its sender sends it again.
 */
export async function acceptBatch(found: FoundBatch, parts: AcceptParts): Promise<void> {
  const { archive, limits, onAdded, seen } = parts
  const accepted: Accepted[] = []
  let appended: readonly Appended[]
  try {
    takeIn(found, await knownOf(found, archive), { parts, accepted })
    // What 1 has learned of the senders. Crash during it: as after 1.
    await parts.standings.durable()
    if (accepted.length === 0) return

    // 3. Bytes and leaves of all of them, in one synced write. Crash during it: recovery cuts off what is not whole; nothing
    // was acknowledged. Crash after it: a measurement that its sender does not know of; it is sent again and found.
    appended = await archive.append(accepted.map(({ item }) => item))
  } catch (error) {
    // Whichever write failed, that of a standing too: the sender has spent nothing.
    for (const { spent } of accepted) if (spent !== undefined) limits.giveBack(spent.spender, spent.bytes)
    throw error
  }

  // 4. The answers. Crash: as after 3.
  for (const [nth, one] of accepted.entries()) one.waiting.resolve(answerOf(one, appended[nth]!)) // one for each, in order

  // 5. To the judge, in memory. Crash: the next start judges the leaves that the warehouse lacks.
  const added = accepted.flatMap(({ item, found }, nth) => {
    const place = appended[nth]
    return place?.kind === 'added' ? [{ item, found, leafIndex: place.leafIndex }] : []
  })
  if (added.length === 0) return
  onAdded(
    added.map(({ item: { provenance, frame, size }, leafIndex }) => ({
      ...{ leafIndex, provenance, bytes: frame },
      expandsTo: size,
    })),
  )

  // 6. Values that were seen, for what may be published. Crash: a value counts as common later than it could, never sooner.
  const sightings = added.flatMap(({ item, found, leafIndex }) => sightingOf({ ...item, leafIndex }, found.brought))
  if (sightings.length > 0) seen.note(sightings)
}

/** Ids of a batch that the archive has. Nothing is changed. */
async function knownOf({ reply }: FoundBatch, archive: Pick<Archive, 'has'>): Promise<ReadonlySet<Sha256>> {
  const ids = reply.found.flatMap((one) => (one.kind === 'taken' ? one.id : []))
  const known = await Promise.all(ids.map((id) => archive.has(id)))
  return new Set(ids.filter((_, nth) => known[nth] === true))
}

/** Steps 1 and 2 of each body; those that go on are added to `accepted`, the others are answered. */
function takeIn(
  { batch, reply, now }: FoundBatch,
  known: ReadonlySet<Sha256>,
  { parts, accepted }: { readonly parts: AcceptParts; readonly accepted: Accepted[] },
): void {
  const { limits } = parts
  let at = 0
  for (const [nth, found] of reply.found.entries()) {
    const waiting = batch[nth]! // one for each body
    if (found.kind === 'refused') {
      waiting.resolve(found)
      continue
    }
    const salt = reply.sealed.subarray(at, (at += SALT_BYTES))
    const frame = reply.sealed.subarray(at, (at += found.frameBytes))

    // 1. Standing of the sender, in the registry. Crash: a key is enrolled or has succeeded another without a measurement.
    // The same invitation or signature brings the same key to the same standing again.
    const by = standingOf(found, waiting.posted, { now, parts })
    if (by === undefined) {
      waiting.resolve(BAD_INVITATION)
      continue
    }

    // 2. Space of the sender's day, in memory. Crash: up to 1/256 of the space that unknown senders used that day is forgotten.
    // A measurement that the archive has already takes none: its sender only missed the answer.
    const { prefix } = waiting.posted
    const spender: Spender = prefix === undefined ? by : { ...by, prefix }
    const bytes = costOf({ frame: frame.length, size: found.size })
    const isNew = !known.has(found.id)
    const notNow = isNew ? limits.take(spender, bytes, now) : undefined
    if (notNow !== undefined) {
      waiting.resolve(notNow)
      continue
    }
    const { id, publicSha256, size, original } = found
    const provenance = { id, receivedAt: minuteOf(now), channel: 'collector', origin: formatSubmittedBy(by) } as const
    const item = { provenance, publicSha256, size, frame, salt, original }
    accepted.push({ waiting, found, by, spent: isNew ? { spender, bytes } : undefined, item })
  }
}

const BAD_INVITATION = {
  kind: 'refused',
  code: 'bad_invitation',
  message: 'The invitation is unknown, used up or too old',
} as const

/** Who sent it, which is stored with the bytes; undefined for a false invitation. */
function standingOf(
  { asn, key, pseudonym }: Taken,
  { sender, prefix, invitation, vouch }: Posted,
  { now, parts }: { readonly now: Instant; readonly parts: Pick<AcceptParts, 'networkOf' | 'standings'> },
): SubmittedBy | undefined {
  const senderAsn = sender === undefined ? undefined : parts.networkOf(sender)
  return parts.standings.of(
    {
      asn,
      ...(key === undefined || pseudonym === undefined ? {} : { key, pseudonym }),
      ...defined({ senderAsn, senderPrefix: prefix, invitation, vouch }),
    },
    now,
  )
}

/**
 * The time of receipt as it is stored and published. To the millisecond it would tell a watcher of the collector's
 * connections which of them brought a measurement, and so whose it is.
 */
const minuteOf = (at: Instant): Instant => instant(Math.floor(at / MINUTE_MS) * MINUTE_MS)

function answerOf({ found, by }: Accepted, appended: Appended): Received {
  if (appended.kind === 'barred')
    return { kind: 'refused', code: 'erased', message: 'This measurement was erased here and is not taken again' }
  return {
    kind: appended.kind,
    id: found.id,
    leafIndex: appended.leafIndex,
    measurementUid: measurementUidOf(found, found.id),
    reportId: formatReportId(found, found.id.slice(0, 16)),
    verification: found.verification,
    standing: by.standing,
  }
}
