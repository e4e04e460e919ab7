import { createHmac, timingSafeEqual } from 'node:crypto'
import { HOUR_MS } from '../../core/model/duration.ts'
import type { Clock } from '../../runtime/clock.ts'

/** No one reads and fills in the form faster. */
const EARLIEST_MS = 3000
/** A page that was left open over night has to be sent again. */
const LATEST_MS = 12 * HOUR_MS

export interface FormTickets {
  /** For a form that is shown now. `pressed`: its reader pressed once already, so it may come back at once. */
  make(pressed?: boolean): string
  /** Whether a form comes back in good time. */
  isDue(ticket: string): boolean
}

/**
 * Says of a form when it was shown: a time, whether it may come back at once, and their HMAC. It says nothing of whom,
 * is kept nowhere, and ends with the process.
 */
export function openFormTickets(clock: Clock, key: Uint8Array): FormTickets {
  const mac = (text: string): Buffer => createHmac('sha256', key).update(text).digest().subarray(0, 16)
  return {
    make(pressed = false) {
      const text = `${clock.now().toString(36)}.${pressed ? 1 : 0}`
      return `${text}.${mac(text).toString('base64url')}`
    },
    isDue(ticket) {
      const [at = '', pressed = '', given = ''] = ticket.length > 80 ? [] : ticket.split('.')
      const bytes = Buffer.from(given, 'base64url')
      const right = mac(`${at}.${pressed}`)
      if (bytes.length !== right.length || !timingSafeEqual(bytes, right)) return false
      const age = clock.now() - Number.parseInt(at, 36)
      return age >= (pressed === '1' ? 0 : EARLIEST_MS) && age <= LATEST_MS
    },
  }
}
