import { addressFamily } from '../model/address.ts'
import type { NetworkSeen } from '../model/service-run.ts'
import { parseAsn, parseCountryCode } from '../model/units.ts'
import { TEST_VERSION } from '../ooni/encode/measurement.ts'
import { postJson } from './control-abroad.ts'
import type { RunSettings } from './contract.ts'
import { LIMITS } from './limits.ts'

export const UNKNOWN_NETWORK: NetworkSeen = {
  asn: parseAsn(0),
  country: parseCountryCode('ZZ'),
  name: '',
  from: 'unknown',
}

/** A network, and the owner's address where the asked side told it; that stays in memory. */
export interface Seen {
  readonly network: NetworkSeen
  readonly ownAddress?: string
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** A network as one of our servers words it; undefined where it does not know either. */
export function readNetwork(
  { asn, cc, name }: { readonly asn: unknown; readonly cc: unknown; readonly name: unknown },
  from: NetworkSeen['from'],
): NetworkSeen | undefined {
  try {
    const network = { asn: parseAsn(asn), country: parseCountryCode(cc), name: textOf(name).slice(0, 200), from }
    return network.asn === 0 ? undefined : network
  } catch {
    return undefined // a server's answer that makes no sense is no answer
  }
}

/** The answer of a check-in: OONI's keys, and ours with the address. */
export function readCheckIn(json: unknown): Partial<Seen> {
  if (!isRecord(json)) return {}
  const network = readNetwork(
    { asn: json['probe_asn'], cc: json['probe_cc'], name: json['probe_network_name'] },
    'collector',
  )
  const client = isRecord(json['x_client']) ? textOf(json['x_client']['address']) : ''
  return {
    ...(network === undefined ? {} : { network }),
    ...(addressFamily(client) === undefined ? {} : { ownAddress: client }),
  }
}

/** Asks the collectors in turn which network the line is on; undefined where none knows. Throws where the run ends. */
export async function askCollectors(
  settings: RunSettings,
  options: {
    readonly signal: AbortSignal
    readonly onBytes: (sent: number, received: number) => void
  },
): Promise<Partial<Seen>> {
  const { signal, onBytes } = options
  for (const url of settings.collectorUrls.slice(0, 3)) {
    try {
      const { status, json } = await postJson(
        `${url.replace(/\/+$/, '')}/api/v1/check-in`,
        {
          charging: true,
          on_wifi: true,
          platform: process.platform,
          probe_asn: 'AS0',
          probe_cc: 'ZZ',
          run_type: settings.kind === 'manual' ? 'manual' : 'timed',
          software_name: 'kuager',
          software_version: TEST_VERSION,
          web_connectivity: { category_codes: [] },
        },
        { signal, limit: LIMITS.checkIn, extraRoots: settings.extraRoots, onBytes },
      )
      const seen = status === 200 ? readCheckIn(json) : {}
      if (seen.network !== undefined || seen.ownAddress !== undefined) return seen
    } catch {
      signal.throwIfAborted()
      // A collector that cannot be reached is met again, and reported, when measurements are delivered.
    }
  }
  return {}
}

/** What a control says of the asking address. */
export function readControlClient(client: unknown): NetworkSeen | undefined {
  if (!isRecord(client)) return undefined
  return readNetwork({ asn: client['asn'], cc: client['cc'], name: client['name'] }, 'control')
}
