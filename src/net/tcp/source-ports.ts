import { randomInt } from 'node:crypto'
import { LRUCache } from 'lru-cache'

/** Dynamic ports of RFC 6335 §6; every system's own choice lies among them or just below. */
const FIRST = 49_152
const LAST = 65_535
/** Destinations that are remembered; the one asked longest ago is forgotten. */
const MOST_DESTINATIONS = 4_096
/** Ports of one destination that are remembered: three quarters of all. */
const MOST_PORTS = 12_288

const used = new LRUCache<string, Set<number>>({ max: MOST_DESTINATIONS })

/**
 * A source port that this process has not used towards the destination: a middlebox that punishes a flow remembers
 * address and port (residual blocking), and a second use would inherit the punishment of the first.
 */
export function freshSourcePort(address: string, port: number): number {
  const key = `${address} ${port}`
  const taken = used.get(key) ?? new Set<number>()
  used.set(key, taken)
  if (taken.size >= MOST_PORTS) taken.clear()
  for (;;) {
    const choice = randomInt(FIRST, LAST + 1)
    if (taken.has(choice)) continue
    taken.add(choice)
    return choice
  }
}
