import type { Hono } from 'hono'
import { savedCheckEntry } from '../../core/evidence/saved-check/digest.ts'
import { savedCheckDigestSchema } from '../../core/model/people/saved-check.ts'
import { parseSha256 } from '../../core/model/units.ts'
import type { SenderRate } from '../../web/request/sender-rate.ts'
import { urls } from '../urls.ts'
import { addPaidPost, LATER, RETRY_S, type PaidPostOptions } from './paid-post.ts'

/** An entry that stands for a check in the log. */
export interface LoggedCheck {
  readonly leafIndex: number
  /** Its leaf record, as it is logged. */
  readonly leaf: Uint8Array
  readonly isNew: boolean
}

/** The service behind the route; made in app/observatory/saved-checks.ts. */
export interface SavedChecks {
  /** How often one part of the network may send. */
  readonly rate: SenderRate
  /** Takes one of what all senders have together; gives the seconds to wait where nothing is left, else 0. */
  takeOfAll(): number
  /** Logs an entry, durable when resolved; undefined where there is no log. */
  log(entry: Uint8Array): Promise<LoggedCheck | undefined>
}

/** Takes digests of checks that people keep into the log (docs/formats/saved-check.md, "Logging one"). */
export function addSavedChecks(
  site: Hono,
  { savedChecks, ...options }: PaidPostOptions & { readonly savedChecks: SavedChecks },
): void {
  addPaidPost(
    site,
    {
      path: urls.savedChecks(),
      schema: savedCheckDigestSchema,
      purpose: 'saved-check',
      noun: 'digest',
      form: '{"sha256": 64 hexadecimal digits, "work": a solution}',
      mostBytes: 4096,
      roomBytes: 8 * 2 ** 20,
      service: 'log',
      said: {
        busy: 'Too many digests from everybody together',
        fault: 'The digest could not be logged',
        logged: 'a saved check could not be logged',
      },
      async take(c, { sha256 }, { from: { socket, forwardedFor }, hurried, busy, refuse }) {
        // After the work: a sender without it uses up nothing of what everyone behind the same address has.
        const { wait } = socket === undefined ? { wait: 0 } : savedChecks.rate.take({ socket, forwardedFor }, 1)
        if (wait > 0) return hurried(wait)
        const waitOfAll = savedChecks.takeOfAll()
        if (waitOfAll > 0) return busy(waitOfAll)
        const entry = savedCheckEntry(parseSha256(sha256))
        const logged = await savedChecks.log(new TextEncoder().encode(entry))
        if (logged === undefined)
          return refuse({ status: 404, code: 'log.none', wait: RETRY_S }, 'There is no log yet', LATER)
        const { leafIndex, leaf, isNew } = logged
        const receipt = urls.logProof(leafIndex)
        const body = { leaf_index: leafIndex, entry, leaf: new TextDecoder().decode(leaf), receipt }
        return c.json(body, isNew ? 201 : 200)
      },
    },
    options,
  )
}
