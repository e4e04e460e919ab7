import { formatAsn, parseAsn, type Asn } from '../../core/model/units.ts'
import { rememberLastData } from '../last-data.ts'
import { lastDays } from '../query.ts'
import type { SiteOptions } from '../site-options.ts'

/** Fewer devices than this are not counted out to readers: the number would be about single people. */
export const FEWEST_SHOWN = 5

/** Days that are looked at, up to the newest data. */
const DAYS = 7

/** A network with how many devices measured it; `few`: at least one, and fewer than five. */
export interface GapNetwork {
  readonly asn: Asn
  readonly name: string
  readonly devices: 'none' | 'few' | number
}

/** Where probes are missing. */
export interface ProbeGaps {
  /** Fewest devices first, then by name. */
  readonly networks: readonly GapNetwork[]
}

/**
 * Networks of users with their devices of the last seven days: those that the table names, and those measured. Of a
 * network it is the most devices that measured one service, as in the public matrix: a sum over services would count one
 * person many times.
 */
export async function probeGaps(options: Pick<SiteOptions, 'warehouse' | 'clock' | 'names'>): Promise<ProbeGaps> {
  const { warehouse, names } = options
  const cells = await warehouse.matrix(lastDays(await rememberLastData(options)(), DAYS))
  const devices = new Map<Asn, number>()
  for (const { asn, probes } of cells) devices.set(asn, Math.max(devices.get(asn) ?? 0, probes))
  const simulated = cells.some((cell) => cell.simulated)
  const listed = (names.networks ?? [])
    .filter(({ use, country, asn }) => use === 'access' && country === 'KZ' && isInvented(asn) === simulated)
    .map(({ asn }) => parseAsn(asn))
  const isOfUsers = (asn: Asn): boolean =>
    asn !== 0 && !['hosting', 'corporate'].includes(names.network?.(asn)?.use ?? '')
  const all = [...new Set([...listed, ...[...devices.keys()].filter(isOfUsers)])]
  const networks = all.map((asn) => ({
    asn,
    name: names.networkName(asn) ?? formatAsn(asn),
    devices: shownOf(devices.get(asn) ?? 0),
  }))
  const order = ({ devices: shown }: GapNetwork): number => (shown === 'none' ? -1 : shown === 'few' ? 0 : shown)
  return { networks: networks.toSorted((a, b) => order(a) - order(b) || a.name.localeCompare(b.name) || a.asn - b.asn) }
}

const shownOf = (devices: number): GapNetwork['devices'] =>
  devices === 0 ? 'none' : devices < FEWEST_SHOWN ? 'few' : devices

/** Numbers of RFC 5398, which the simulator uses: no network of people has one. */
const isInvented = (asn: number): boolean => (asn >= 64_496 && asn <= 64_511) || (asn >= 65_536 && asn <= 65_551)
