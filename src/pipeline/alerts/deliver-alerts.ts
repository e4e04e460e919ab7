import { DAY_MS, HOUR_MS, SECOND_MS } from '../../core/model/duration.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import { millis, type Millis } from '../../core/model/units.ts'
import { backoff } from '../../runtime/backoff.ts'
import type { IncidentStore } from '../../store/incidents/contract.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Log } from '../../runtime/log.ts'
import type { WebhookOutcome } from '../../runtime/post/webhook.ts'
import type { AlertJournal } from './alert-journal.ts'

/** How often the journal of incidents is checked for new revisions. */
const LOOK_MS = 5 * SECOND_MS
/** First pause after a failure, doubled with each further one up to the longest. */
const FIRST_PAUSE_MS = 5 * SECOND_MS
const LONGEST_PAUSE_MS = HOUR_MS
/** Longest pause that a receiver may ask for: what waits longer is nearly given up. */
const LONGEST_ASKED_MS = DAY_MS
/**
 * A revision that failed for so long is given up; so is one that is so old and fails when nothing was taken for so
 * long.
 */
export const GIVE_UP_MS = 3 * DAY_MS

export interface AlertsOptions {
  readonly incidents: Pick<IncidentStore, 'current' | 'revisions'>
  readonly journal: AlertJournal
  /** How the receiver is called in the log: without what may be a secret in its address. */
  readonly receiver: string
  /** Sends one revision. */
  readonly post: (revision: Incident, signal: AbortSignal) => Promise<WebhookOutcome>
  readonly clock: Clock
  /** A number in [0, 1). */
  readonly random: () => number
  /** Waits; rejects or resolves when the signal aborts. */
  readonly wait: (delay: Millis, signal: AbortSignal) => Promise<void>
  readonly log: Log
}

/**
 * Sends every revision that is published from now on to one receiver, each incident's in their order, until the signal
 * aborts. At least once: a revision counts as sent when the receiver has said so and that is on the disk. A receiver
 * that is slow or away holds up only itself. Rejects only where the disk or the journal of incidents breaks.
 */
export async function deliverAlerts(options: AlertsOptions, signal: AbortSignal): Promise<void> {
  const refused = new Map<string, Refused>()
  let failures = 0
  while (!signal.aborted) {
    const pause = await deliverOnce(options, { failures, refused }, signal)
    failures = pause === undefined ? 0 : failures + 1
    if (!signal.aborted) await options.wait(pause ?? millis(LOOK_MS), signal).catch(() => undefined)
  }
}

/** An incident whose next revision the receiver does not want: tried again separately, while others continue. */
interface Refused {
  readonly failures: number
  /** Milliseconds of the monotonic clock. */
  readonly notBefore: number
}

interface Trouble {
  /** Passes in a row that ended because the receiver was away. */
  readonly failures: number
  /** By id of the incident. */
  readonly refused: Map<string, Refused>
}

/** One pass over what is to be sent; gives how long to wait where the receiver is away. */
async function deliverOnce(
  options: AlertsOptions,
  { failures, refused }: Trouble,
  signal: AbortSignal,
): Promise<Millis | undefined> {
  const { incidents, journal, clock } = options
  const due = (await incidents.current()).filter(({ id, revision }) => revision > journal.settled(id))
  for (const { id } of due.toSorted((a, b) => a.revisedAt - b.revisedAt)) {
    if ((refused.get(id)?.notBefore ?? 0) > clock.monotonic()) continue
    const revisions = (await incidents.revisions(id)).filter(({ revision }) => revision > journal.settled(id))
    for (const revision of revisions) {
      if (signal.aborted) return undefined
      const posted = await options.post(revision, signal)
      if (signal.aborted && !isTaken(posted)) return undefined
      if (await settle(revision, posted, options)) {
        refused.delete(id)
        continue
      }
      if (!isRefused(posted)) return pauseAfter(posted, failures, options)
      // This revision alone may be to blame, and others are not to wait for it.
      const before = refused.get(id)?.failures ?? 0
      refused.set(id, {
        failures: before + 1,
        notBefore: clock.monotonic() + pauseAfter(posted, before, options),
      })
      break
    }
  }
  return undefined
}

const isTaken = (posted: WebhookOutcome): boolean =>
  posted.kind === 'answered' && posted.status >= 200 && posted.status < 300
/** The receiver read it and does not want it; not "later" (408, 425, 429) and not "you" (401, 403, 404, 410). */
const isRefused = (posted: WebhookOutcome): boolean =>
  posted.kind === 'answered' && [400, 406, 409, 413, 415, 422].includes(posted.status)

/** Writes down what became of a revision; gives whether it is settled. */
async function settle(incident: Incident, posted: WebhookOutcome, options: AlertsOptions): Promise<boolean> {
  const { id, revision } = incident
  const { journal, clock, log, receiver } = options
  const at = clock.now()
  if (isTaken(posted)) {
    await journal.note({ id, revision, state: 'sent', at })
    return true
  }
  const since = journal.failingSince(id, revision)
  // While the receiver is away only the first in the row is tried: the others grow old waiting.
  const waiting = Math.max(journal.silentSince ?? at, incident.revisedAt)
  if (since === undefined) await journal.note({ id, revision, state: 'failing', at })
  const found = posted.kind === 'answered' ? `status ${posted.status}` : posted.why
  if (at - Math.min(since ?? at, waiting) < GIVE_UP_MS) {
    if (since === undefined) log.warn({ receiver, id, revision, found }, 'an alert was not taken and is tried again')
    return false
  }
  await journal.note({ id, revision, state: 'given-up', at })
  log.error({ receiver, id, revision, found }, 'an alert was not taken for three days and is given up')
  return true
}

/** Doubled with every failure, between half and the whole of it, and not before the receiver asked for it. */
function pauseAfter(posted: WebhookOutcome, failures: number, { random }: AlertsOptions): Millis {
  const pause = backoff(failures + 1, { first: FIRST_PAUSE_MS, longest: LONGEST_PAUSE_MS, jitter: [0.5, 1], random })
  const asked = posted.kind === 'answered' ? (posted.retryAfter ?? 0) * SECOND_MS : 0
  return millis(Math.max(Math.min(asked, LONGEST_ASKED_MS), pause))
}
