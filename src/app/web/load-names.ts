import type { Names } from '../../core/text/names.ts'
import { InputError } from '../../core/model/errors.ts'
import { loadNetworks } from '../../runtime/tables/networks.ts'
import { loadTables } from '../../runtime/tables/tables.ts'
import type { Warehouse } from '../../store/warehouse/contract.ts'

/** Names of services and of networks from the tables. Throws InputError for a bad table. */
export async function loadNames(networkFiles: readonly string[] = []): Promise<Names> {
  const { services } = loadTables()
  const networks = loadNetworks(networkFiles)
  return {
    services,
    networkName: (asn) => networks.network(asn)?.name,
    network: (asn) => networks.network(asn),
    networks: networks.all,
  }
}

/** A public server shows real measurements only: a visitor must never take an invented one for real. */
export async function refuseSimulated(warehouse: Pick<Warehouse, 'hasSimulated'>, path: string): Promise<void> {
  if (await warehouse.hasSimulated())
    throw new InputError(`Cannot serve folder "${path}" in public: it holds simulated measurements`, {
      code: 'folder.simulated',
      path: 'folder',
      expected: 'a folder with real measurements only, or no --public',
    })
}
