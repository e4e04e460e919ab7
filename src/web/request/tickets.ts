import { randomBytes, timingSafeEqual } from 'node:crypto'
import { HOUR_MS } from '../../core/model/duration.ts'
import type { Clock } from '../../runtime/clock.ts'
import { openShortHmac } from '../../runtime/sender/short-hmac.ts'

/** People read the form before they send it; programs do not. */
const LEAST_MS = 3000
/** A form may lie open for half a day. */
const MOST_MS = 12 * HOUR_MS
const TIME_BYTES = 6
/** Random bytes of a ticket's id. */
export const TICKET_ID_BYTES = 9
const MAC_BYTES = 15
const LENGTH = TIME_BYTES + 1 + TICKET_ID_BYTES + MAC_BYTES
/** Base64url of that many bytes, without filling. */
const TEXT = /^[\w-]{42}$/

type ReadTicket = { readonly kind: 'good' | 'early'; readonly id: string } | { readonly kind: 'stale' | 'foreign' }

/**
 * Tickets of forms. The key is made at the start and only in memory: after a restart every open form has to be sent
 * again.
 */
export interface Tickets {
  /** `pressed`: its reader pressed once already, so it may come back at once. */
  issue(pressed: boolean): string
  read(ticket: string | undefined): ReadTicket
}

/** Opens the tickets of one desk, with a key of its own. */
export function openTickets(clock: Pick<Clock, 'now'>): Tickets {
  const hmac = openShortHmac(randomBytes(32))
  const macOf = (head: Uint8Array): Buffer => hmac(head).subarray(0, MAC_BYTES)
  return {
    issue(pressed) {
      const head = Buffer.alloc(TIME_BYTES + 1 + TICKET_ID_BYTES)
      head.writeUIntBE(clock.now(), 0, TIME_BYTES)
      head[TIME_BYTES] = pressed ? 1 : 0
      randomBytes(TICKET_ID_BYTES).copy(head, TIME_BYTES + 1)
      return Buffer.concat([head, macOf(head)]).toString('base64url')
    },
    read(ticket) {
      if (ticket === undefined || !TEXT.test(ticket)) return { kind: 'foreign' }
      const bytes = Buffer.from(ticket, 'base64url')
      const head = bytes.subarray(0, LENGTH - MAC_BYTES)
      if (bytes.length !== LENGTH || !timingSafeEqual(macOf(head), bytes.subarray(LENGTH - MAC_BYTES)))
        return { kind: 'foreign' }
      const age = clock.now() - head.readUIntBE(0, TIME_BYTES)
      if (age > MOST_MS) return { kind: 'stale' }
      const isEarly = age < LEAST_MS && head[TIME_BYTES] !== 1
      return { kind: isEarly ? 'early' : 'good', id: head.toString('base64url', TIME_BYTES + 1) }
    },
  }
}
