import type { Names } from '../../core/text/names.ts'
import { loadNetworks } from '../../runtime/tables/networks.ts'
import { loadTables } from '../../runtime/tables/tables.ts'

/** Names of services and networks from the tables of the program. */
export function names(): Names {
  const { services } = loadTables()
  const networks = loadNetworks([])
  return { services, networkName: (asn) => networks.network(asn)?.name, network: (asn) => networks.network(asn) }
}
