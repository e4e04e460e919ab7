import type { Impact } from './incident.ts'

/** What is known of the people affected without an assumption. */
export interface KnownBounds {
  /** Distinct devices that the restriction touched: each belongs to someone. */
  readonly devices: number
  /** Everybody who could have been affected. */
  readonly atMost: number
  /** Whose number that is: the users of the networks, or all internet users where a network has no figure. */
  readonly of: 'networks' | 'country'
}

/**
 * Bounds by Manski: what was counted, and everyone else unknown. Nothing about people who did not measure is assumed.
 * Read from the inputs that an estimate lists; undefined for one that lists too few. Source: Manski, Partial
 * Identification of Probability Distributions (2003).
 *
 * Wrong when several devices of one person measure on one network: `devices` counts devices, and is shown as that.
 */
export function knownBounds({ inputs }: Impact): KnownBounds | undefined {
  const of = (kind: string): ReadonlyMap<string, number> =>
    new Map(
      inputs
        .filter(({ what }) => what.startsWith(`${kind}:`))
        .map(({ what, value }) => [what.slice(kind.length), value]),
    )
  const failed = of('probes-failed')
  const users = of('network-users')
  const everybody = inputs.find(({ what }) => what === 'internet-users')?.value
  if (failed.size === 0 || everybody === undefined) return undefined
  const devices = [...failed.values()].reduce((sum, one) => sum + one, 0)
  const figures = [...failed.keys()].map((network) => users.get(network))
  if (figures.some((one) => one === undefined)) return { devices, atMost: everybody, of: 'country' }
  const sum = figures.reduce<number>((total, one) => total + (one ?? 0), 0)
  return { devices, atMost: Math.min(everybody, sum), of: 'networks' }
}
