import type { Endpoint, Tier } from '../model/tables/service.ts'
import type { Network } from '../model/tables/tables.ts'
import type { Asn } from '../model/units.ts'

/** A service of the list: what pages say of it. */
export interface ListedService {
  readonly id: string
  readonly name: string
  readonly tier?: Tier
  readonly endpoints?: readonly Endpoint[]
  /** Measured to tell whether a line works at all. */
  readonly comparison?: true | undefined
}

/**
 * Whether pages show a service also where it was not measured: it is of tier A and has a host that runs of every 15
 * minutes measure.
 */
export const isAlwaysShown = ({ tier = 'A', endpoints }: ListedService): boolean =>
  tier === 'A' && (endpoints === undefined || endpoints.some(({ core }) => core === true))

/** Names, and the order in which services are shown; see `isAlwaysShown`. */
export interface Names {
  readonly services: readonly ListedService[]
  networkName(asn: Asn): string | undefined
  /** All that the table knows of a network; absent: it is not asked. */
  network?(asn: Asn): Network | undefined
  /** All networks of the table; absent: only those that were measured are known. */
  readonly networks?: readonly Network[]
}

/** What our own probe measures besides the list: where results are delivered to (src/probe/deliver/collector-service.ts). */
const OWN_NAMES: ReadonlyMap<string, string> = new Map([['collector', 'Kuager']])

/** Name of a service: from the list, the host of `web:<host>`, or the test of `test:<name>`. */
export const serviceName = (names: Pick<Names, 'services'>, service: string): string =>
  names.services.find(({ id }) => id === service)?.name ??
  OWN_NAMES.get(service) ??
  service.replace(/^(?:web|test):/, '')
