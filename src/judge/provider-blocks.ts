import { parseAddress } from '../model/address.ts'

/**
 * IPv4 blocks of providers that answer from many far-apart blocks, for measurements that tell no networks (before
 * 2020). `whole`: the list covers what the provider answers from, so an address outside it is not the provider's.
 * Ids are those of `data/providers.json`. Source: the operators' published ranges, from memory (check).
 * Wrong when: a block has changed hands since.
 */
const BLOCKS = [
  {
    id: 'google',
    whole: true,
    blocks:
      '64.233.160.0/19 66.102.0.0/20 66.249.64.0/19 72.14.192.0/18 74.125.0.0/16 108.177.0.0/17 142.250.0.0/15 ' +
      '172.217.0.0/16 172.253.0.0/16 173.194.0.0/16 209.85.128.0/17 216.58.192.0/19 216.239.32.0/19',
  },
  {
    id: 'meta',
    whole: true,
    blocks:
      '31.13.24.0/21 31.13.64.0/18 45.64.40.0/22 57.144.0.0/14 66.220.144.0/20 69.63.176.0/20 69.171.224.0/19 ' +
      '74.119.76.0/22 102.132.96.0/20 103.4.96.0/22 129.134.0.0/16 157.240.0.0/16 163.70.128.0/17 173.252.64.0/18 ' +
      '179.60.192.0/22 185.60.216.0/22 204.15.20.0/22',
  },
  {
    id: 'twitter',
    whole: true,
    blocks:
      '69.195.160.0/19 104.244.40.0/21 185.45.4.0/22 192.133.76.0/22 199.16.156.0/22 199.59.148.0/22 199.96.56.0/21',
  },
  { id: 'telegram', whole: true, blocks: '91.105.192.0/23 91.108.0.0/18 95.161.64.0/20 149.154.160.0/20' },
  {
    id: 'cloudflare',
    whole: true,
    blocks:
      '103.21.244.0/22 103.22.200.0/22 103.31.4.0/22 104.16.0.0/12 108.162.192.0/18 131.0.72.0/22 141.101.64.0/18 ' +
      '162.158.0.0/15 172.64.0.0/13 173.245.48.0/20 188.114.96.0/20 190.93.240.0/20 197.234.240.0/22 198.41.128.0/17',
  },
  {
    id: 'fastly',
    whole: true,
    blocks:
      '23.235.32.0/20 43.249.72.0/22 103.244.50.0/24 103.245.222.0/23 104.156.80.0/20 146.75.0.0/16 151.101.0.0/16 ' +
      '157.52.64.0/18 167.82.0.0/17 172.111.64.0/18 185.31.16.0/22 199.27.72.0/21 199.232.0.0/16',
  },
  {
    id: 'akamai',
    whole: false,
    blocks:
      '2.16.0.0/13 23.0.0.0/12 23.32.0.0/11 23.64.0.0/14 23.72.0.0/13 23.192.0.0/11 88.221.0.0/16 92.122.0.0/15 ' +
      '95.100.0.0/15 96.6.0.0/15 96.16.0.0/15 104.64.0.0/10 172.224.0.0/12 173.222.0.0/15 184.24.0.0/13 ' +
      '184.50.0.0/15 184.84.0.0/14',
  },
  {
    id: 'amazon',
    whole: false,
    blocks:
      '3.0.0.0/9 13.32.0.0/15 13.35.0.0/16 13.224.0.0/14 13.248.0.0/14 15.197.0.0/16 18.128.0.0/9 34.192.0.0/10 ' +
      '35.152.0.0/13 35.160.0.0/12 44.192.0.0/10 46.51.128.0/17 46.137.0.0/16 50.16.0.0/14 52.0.0.0/10 52.64.0.0/12 ' +
      '52.84.0.0/14 52.192.0.0/11 54.64.0.0/11 54.144.0.0/12 54.160.0.0/11 54.192.0.0/10 65.8.0.0/14 75.101.128.0/17 ' +
      '76.223.0.0/17 79.125.0.0/17 99.84.0.0/16 99.86.0.0/16 107.20.0.0/14 108.138.0.0/15 108.156.0.0/14 ' +
      '143.204.0.0/16 174.129.0.0/16 176.34.0.0/16 184.72.0.0/15 204.236.128.0/17 205.251.192.0/18',
  },
  {
    id: 'microsoft',
    whole: false,
    blocks:
      '13.64.0.0/11 13.107.0.0/16 20.33.0.0/16 20.40.0.0/13 20.48.0.0/12 20.64.0.0/10 20.128.0.0/16 40.64.0.0/10 ' +
      '51.104.0.0/15 52.96.0.0/12 52.112.0.0/14 52.128.0.0/10 65.52.0.0/14 104.40.0.0/13 131.253.0.0/16 ' +
      '134.170.0.0/16 137.116.0.0/14 157.54.0.0/15 168.61.0.0/16 191.232.0.0/13 204.79.195.0/24 204.79.196.0/23 ' +
      '207.46.0.0/16',
  },
] as const

/** A provider by its address. */
export interface Owner {
  readonly id: string
  readonly whole: boolean
}

interface Block {
  readonly base: number
  readonly mask: number
  readonly owner: Owner
}

const numberOf = (bytes: readonly number[]): number => bytes.reduce((value, byte) => value * 256 + byte, 0)

/** Blocks by their first byte, and by every first byte that a wide block spans. */
const BY_FIRST_BYTE = new Map<number, Block[]>()
for (const { id, whole, blocks } of BLOCKS)
  for (const text of blocks.split(' ')) {
    const [address = '', length = '32'] = text.split('/')
    const bytes = parseAddress(address) ?? []
    const bits = Number(length)
    const block = { base: numberOf(bytes), mask: 2 ** (32 - bits), owner: { id, whole } }
    const first = bytes[0] ?? 0
    for (let byte = first; byte < first + Math.max(1, 2 ** (8 - bits)); byte++)
      BY_FIRST_BYTE.set(byte, [...(BY_FIRST_BYTE.get(byte) ?? []), block])
  }

/** The provider in whose blocks an IPv4 address lies, where one is listed. */
export function providerOfAddress(address: string): Owner | undefined {
  if (address.includes(':')) return undefined
  const bytes = parseAddress(address)
  if (bytes === undefined) return undefined
  const value = numberOf(bytes)
  return BY_FIRST_BYTE.get(bytes[0] ?? -1)?.find(({ base, mask }) => value >= base && value < base + mask)?.owner
}
