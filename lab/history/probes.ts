import { createRandom } from './random.ts'

/** A fictitious access network. */
export interface SimulatedNetwork {
  readonly asn: number
  readonly name: string
}

/** The documentation networks with invented names; data/networks.json holds the same. Source: RFC 5398. */
export const SIMULATED_NETWORKS: readonly SimulatedNetwork[] = [
  'Steppe Telecom',
  'Alatau Mobile',
  'Ertis Broadband',
  'Caspian Line',
  'Zhetysu Net',
  'Saryarqa Cable',
  'Turgai Wireless',
  'Balqash Fibre',
  'Mangystau Link',
  'Ile City Net',
  'Torgay Radio',
  'Aral Connect',
  'Burabai Home',
  'Syrdarya Access',
  'Qaratau Mobile',
  'Tobyl Online',
].map((name, i) => ({ asn: 64496 + i, name: `${name} (simulated)` }))

/** A volunteer's device. Its id stands in the truth only: a measurement has a pseudonym that changes with the month. */
export interface Probe {
  readonly id: string
  readonly number: number
  readonly network: SimulatedNetwork
  readonly platform: 'android' | 'linux' | 'windows' | 'macos'
  readonly networkType: 'mobile' | 'wifi' | 'wired'
  readonly hasIpv6: boolean
  /** Round trip to a server abroad, seconds. */
  readonly roundTrip: number
  /** Milliseconds by which its schedule lags the start of the history. */
  readonly phase: number
  /** From which its pseudonyms are drawn. */
  readonly secret: number
}

/** The devices on the first `networks` networks; every second one has no IPv6. */
export function createProbes(wanted: {
  readonly seed: number
  readonly networks: number
  readonly probesPerNetwork: number
  readonly intervalMinutes: number
}): readonly Probe[] {
  return SIMULATED_NETWORKS.slice(0, wanted.networks).flatMap((network, n) =>
    Array.from({ length: wanted.probesPerNetwork }, (_, i) => {
      const id = `AS${network.asn}-${i + 1}`
      const random = createRandom(wanted.seed, `probe ${id}`)
      const platform = random.pick(['android', 'android', 'linux', 'windows', 'macos'] as const)
      return {
        id,
        number: n * wanted.probesPerNetwork + i,
        network,
        platform,
        networkType:
          platform === 'android' ? random.pick(['mobile', 'wifi'] as const) : random.pick(['wifi', 'wired'] as const),
        hasIpv6: (n + i) % 2 === 0,
        roundTrip: random.between(0.06, 0.13),
        phase: Math.floor(random.next() * wanted.intervalMinutes * 60) * 1000,
        secret: random.below(2 ** 32),
      }
    }),
  )
}
