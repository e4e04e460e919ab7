import { addressFamily } from '../../core/model/address.ts'
import { MINUTE_MS } from '../../core/model/duration.ts'
import { wrongOption } from '../../core/model/errors.ts'
import { millis } from '../../core/model/units.ts'

/** Limits of a check of the list of services: of one connection, handshake or lookup, and of the whole. */
export const CHECK_LIMITS = { one: millis(8_000), whole: 20 * MINUTE_MS } as const

/** From where a check was made, where its operator says nothing. */
export const SOMEWHERE = 'an unrestricted network'

/** Reads from where a check is made: words, no address, because they are published. Throws InputError. */
export function readPlace(text: string, option: string): string {
  const words = text.trim()
  const isAddress = words.split(/[\s,;()[\]]+/).some((word) => addressFamily(word) !== undefined || word.includes('.'))
  if (/^[^\p{C}]{1,60}$/u.test(words) && !isAddress) return words
  throw wrongOption(option, 'not a place', 'a country or a network in words, without an address')
}
