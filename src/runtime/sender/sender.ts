import { BlockList, isIP } from 'node:net'
import { InputError } from '../../core/model/errors.ts'
import { plainAddress } from './sender-prefix.ts'

/** Finds whose measurement it is behind proxies that the operator trusts. The address is used and forgotten. */
export type SenderOf = (socketAddress: string | undefined, forwardedFor: string | undefined) => string | undefined

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 4 ? 'ipv4' : 'ipv6')

/**
 * Reads prefixes of proxies, such as `10.0.0.0/8` or a single address. From right to left the header
 * `x-forwarded-for` is believed as long as the one who added to it is trusted: what stands before is anyone's word.
 * Throws InputError for what is no prefix.
 */
export function openSenders(trustedProxies: readonly string[]): SenderOf {
  const trusted = new BlockList()
  for (const prefix of trustedProxies) addPrefix(trusted, prefix)
  const isTrusted = (address: string): boolean => isIP(address) !== 0 && trusted.check(address, familyOf(address))
  return (socketAddress, forwardedFor) => {
    if (socketAddress === undefined) return undefined
    let sender = plainAddress(socketAddress)
    const hops = forwardedFor === undefined || forwardedFor.length > 2000 ? [] : forwardedFor.split(',')
    while (isTrusted(sender)) {
      const before = plainAddress((hops.pop() ?? '').trim().replace(/^\[|\](?::\d+)?$/g, ''))
      const bare = isIP(before) === 0 ? before.replace(/:\d+$/, '') : before
      if (isIP(bare) === 0) break
      sender = bare
    }
    return isIP(sender) === 0 ? undefined : sender
  }
}

function addPrefix(list: BlockList, prefix: string): void {
  const [address = '', bits] = prefix.split('/')
  const family = isIP(address)
  const length = bits === undefined ? (family === 4 ? 32 : 128) : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN
  if (family === 0 || !(length <= (family === 4 ? 32 : 128)))
    throw new InputError('Cannot read --trusted-proxy: it is no prefix of addresses', {
      code: 'argument.invalid',
      path: '--trusted-proxy',
      expected: 'addresses such as 192.0.2.7 or 10.0.0.0/8',
    })
  list.addSubnet(address, length, familyOf(address))
}
