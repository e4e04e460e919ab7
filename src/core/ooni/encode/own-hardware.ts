import { SCRUBBED, type Erase } from '../publish/erase-address.ts'

/** An address of hardware as systems write it: `02:42:ac:11:00:02`. */
const MAC = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/i

/** An eraser of addresses of hardware however they are written: with colons, dashes, dots, percent signs or nothing. */
export function hardwareEraserOf(addresses: readonly string[]): Erase {
  const patterns = addresses
    .filter((one) => MAC.test(one) && !/^(?:00:){5}00$|^(?:ff:){5}ff$/i.test(one))
    .map((one) => one.split(':').join('(?::|-|\\.|_|%3a|%2d)?'))
  if (patterns.length === 0) return (text) => text
  const pattern = new RegExp(`(?<![0-9a-f])(?:${patterns.join('|')})(?![0-9a-f])`, 'gi')
  return (text) => text.replace(pattern, SCRUBBED)
}
