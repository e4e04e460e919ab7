import { BlockList, isIP } from 'node:net'

/** Addresses that lead nowhere outside: this machine, this link, a private network. */
const LOCAL = new BlockList()
for (const [address, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
] as const)
  LOCAL.addSubnet(address, bits, 'ipv4')
for (const [address, bits] of [
  ['::1', 128],
  ['fe80::', 10],
  ['fc00::', 7],
] as const)
  LOCAL.addSubnet(address, bits, 'ipv6')

/**
 * Whether a sender's address is not worth a search in its measurement: private ones appear in forged DNS answers, which
 * are evidence, and a document of ours says 127.0.0.1 in every copy.
 */
export const isLocalAddress = (address: string): boolean => {
  const family = isIP(address)
  return family !== 0 && LOCAL.check(address, family === 4 ? 'ipv4' : 'ipv6')
}
