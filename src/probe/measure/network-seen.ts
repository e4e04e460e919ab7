import { addressFamily } from '../../core/model/address.ts'
import { defined } from '../../core/model/defined.ts'
import type { NetworkSeen } from '../../core/model/measured/service-run.ts'
import { parseAsn, parseCountryCode } from '../../core/model/units.ts'
import { TEST_VERSION } from '../../core/ooni/encode/measurement.ts'
import { isRecord } from '../../core/ooni/decode/decoder.ts'
import { postJson, type ControlPostOptions } from './control-abroad.ts'
import type { RunSettings } from './contract.ts'
import { LIMITS } from '../plan/limits.ts'

export const UNKNOWN_NETWORK: NetworkSeen = {
  asn: parseAsn(0),
  country: parseCountryCode('ZZ'),
  name: '',
  from: 'unknown',
}

/** A network, and the owner's addresses where the asked side told them; those stay in memory. */
export interface Seen {
  readonly network?: NetworkSeen
  readonly ownAddresses: readonly string[]
}

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
export function readCheckIn(json: unknown): Seen {
  if (!isRecord(json)) return { ownAddresses: [] }
  const network = readNetwork(
    { asn: json['probe_asn'], cc: json['probe_cc'], name: json['probe_network_name'] },
    'collector',
  )
  return { ...defined({ network }), ownAddresses: readClientAddress(json['x_client']) }
}

/** The address as the asked side sees it; none where it does not say, or says no address. */
export function readClientAddress(client: unknown): readonly string[] {
  const address = isRecord(client) ? textOf(client['address']) : ''
  return addressFamily(address) === undefined ? [] : [address]
}

type CheckInOptions = Pick<ControlPostOptions, 'signal' | 'onBytes' | 'family'>

const checkIn = async (url: string, settings: RunSettings, options: CheckInOptions): Promise<Seen> => {
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
      // No URL is of this category: none is wanted, and a list would cost the owner's allowance.
      web_connectivity: { category_codes: ['NONE'] },
      x_client: true,
    },
    { limit: LIMITS.checkIn, extraRoots: settings.extraRoots, ...options },
  )
  return status === 200 ? readCheckIn(json) : { ownAddresses: [] }
}

/**
 * Asks the collectors in turn which network the line is on; the first that knows is asked again over the other
 * family, so that both public addresses of the owner are known and can be erased: what a server said over IPv4 goes to
 * a collector over IPv6, which cannot find it. Empty where none knows. Throws where the run ends.
 */
export async function askCollectors(
  settings: RunSettings,
  options: Pick<CheckInOptions, 'signal' | 'onBytes'> & {
    /** Whether the line has a way out over a family. */
    readonly carries: (family: 4 | 6) => Promise<boolean>
  },
): Promise<Seen> {
  const { carries, ...asking } = options
  for (const url of settings.collectorUrls.slice(0, 3)) {
    const seen = await unlessFailed(() => checkIn(url, settings, asking), asking.signal)
    if (seen === undefined || (seen.network === undefined && seen.ownAddresses.length === 0)) continue
    const [address] = seen.ownAddresses
    const host = new URL(url).hostname.replace(/^\[|\]$/g, '')
    if (address === undefined || addressFamily(host) !== undefined) return seen
    const family = addressFamily(address) === 4 ? 6 : 4
    if (!(await carries(family))) return seen
    const other = await unlessFailed(() => checkIn(url, settings, { ...asking, family }), asking.signal)
    return { ...seen, ownAddresses: [...seen.ownAddresses, ...(other?.ownAddresses ?? [])] }
  }
  return { ownAddresses: [] }
}

/** A collector that cannot be reached is met again, and reported, when measurements are delivered. */
async function unlessFailed(ask: () => Promise<Seen>, signal: AbortSignal): Promise<Seen | undefined> {
  try {
    return await ask()
  } catch {
    signal.throwIfAborted()
    return undefined
  }
}

/** What a control says of the asking address. */
export function readControlClient(client: unknown): NetworkSeen | undefined {
  if (!isRecord(client)) return undefined
  return readNetwork({ asn: client['asn'], cc: client['cc'], name: client['name'] }, 'control')
}
