import { addressFamily, inBlock, isBogon, parseAddress, parseBlock, type AddressBlock } from '../core/model/address.ts'
import { InputError } from '../core/model/errors.ts'
import { isPort } from '../core/model/port.ts'

/** Which destinations this control contacts at all. */
export interface Reachable {
  /** Whether an address may be dialled: public, not this machine's own, or allowed for a test lab. */
  address(address: string): boolean
  /** Whether a port may be dialled. */
  port(port: number): boolean
  /** Whether an address counts as a bogon, which serves no one; those of an allowed test lab do not. */
  bogon(address: string): boolean
}

/**
 * Ports that no page of the web may be asked on: those of mail, shells, printers and chat, where bytes of an unknown
 * client do harm or look like an attack. Source: WHATWG Fetch, "bad port".
 */
const BAD_PORTS = new Set(
  (
    '1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 111 113 115 117 119 123 135 ' +
    '137 139 143 161 179 389 427 465 512 513 514 515 526 530 531 532 540 548 554 556 563 587 601 636 989 990 993 995 ' +
    '1719 1720 1723 2049 3659 4045 4190 5060 5061 6000 6566 6665 6666 6667 6668 6669 6679 6697 10080'
  )
    .split(' ')
    .map(Number),
)

/** Reads `192.0.2.0/24` or `2001:db8::/32`. Throws InputError otherwise. */
function readBlock(text: string): AddressBlock {
  const block = parseBlock(text)
  if (block === undefined)
    throw new InputError('Cannot read allowed addresses: not a block', {
      code: 'control.allow',
      path: '--allow',
      expected: 'a block such as 127.0.0.0/8',
    })
  return block
}

/** Blocks beyond OONI's bogons that lead inside, or to a relay that leads inside. Source: IANA special registries. */
const ALSO_REFUSED = ['192.88.99.0/24', '2001:2::/48', '2001:20::/28', '3fff::/20', '2002::/16', '2001::/32'].map(
  readBlock,
)
/** All of IPv6 that is routed: IPv4-mapped, NAT64 and every local form lie outside. Source: RFC 4291 §2.4. */
const GLOBAL_UNICAST = readBlock('2000::/3')

/**
 * The rule of one control. `allow` are blocks of a test lab, dialled although they are private or this machine's
 * own; `own` are the addresses of this machine, refused because what listens there may be for local use only.
 * Throws InputError for a block that cannot be read.
 */
export function reachableAddresses(options: {
  readonly allow: readonly string[]
  readonly own: readonly string[]
}): Reachable {
  const allowed = options.allow.map(readBlock)
  const own = new Set(options.own.map(keyOf))
  const isAllowed = (bytes: readonly number[]): boolean => allowed.some((block) => inBlock(bytes, block))
  return {
    bogon: (address) => {
      const bytes = parseAddress(address)
      return bytes === undefined || (isBogon(address) && !isAllowed(bytes))
    },
    address: (address) => {
      const bytes = address.includes('%') ? undefined : parseAddress(address)
      if (bytes === undefined) return false
      if (isAllowed(bytes)) return true
      if (isBogon(address) || own.has(keyOf(address))) return false
      if (addressFamily(address) === 6 && !inBlock(bytes, GLOBAL_UNICAST)) return false
      return !ALSO_REFUSED.some((block) => inBlock(bytes, block))
    },
    port: (port) => isPort(port) && !BAD_PORTS.has(port),
  }
}

const keyOf = (address: string): string => parseAddress(address.split('%', 1)[0] ?? '')?.join('.') ?? address
