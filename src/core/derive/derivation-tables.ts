import { makeCauseTable } from '../detect/cause/table.ts'
import { causeTableSchema, ownersSchema } from '../model/tables/cause-table.ts'
import { InputError } from '../model/errors.ts'
import { parseTable, parseTables, type DERIVATION_TABLES, type Digest } from '../model/tables/parse-tables.ts'
import { networksSchema, type Tables } from '../model/tables/tables.ts'
import type { WeighTables } from './weigh-shown.ts'

/** Every table that a published incident rests on; people and their hours are none of them. */
export interface DerivationTables {
  readonly verdicts: Tables
  readonly weigh: WeighTables
}

const FINGERPRINTS = /^fingerprints-([1-9]\d{0,3})\.csv$/

/**
 * The tables from their bytes, by name: those of `DERIVATION_TABLES`, and fingerprints in the order of their numbers. Files
 * of other names are passed over. Throws InputError that names the table for one that is missing or broken.
 */
export function parseDerivationTables(files: ReadonlyMap<string, Uint8Array>, digest: Digest): DerivationTables {
  const fingerprints = [...files]
    .flatMap(([name, bytes]) => {
      const number = FINGERPRINTS.exec(name)?.[1]
      return number === undefined ? [] : [{ name, bytes, number: Number(number) }]
    })
    .toSorted((a, b) => a.number - b.number)
  const verdicts = parseTables({ json: files, fingerprints }, digest)
  const read = (name: (typeof DERIVATION_TABLES)[number]): Uint8Array => {
    const bytes = files.get(name)
    if (bytes !== undefined) return bytes
    throw new InputError(`Cannot read table "${name}": it is missing`, {
      code: 'table.invalid',
      path: name,
      expected: 'every table that the incident rests on',
    })
  }
  const causes = read('causes.json')
  const { owners } = parseTable('owners.json', read('owners.json'), ownersSchema)
  const { networks } = parseTable('networks.json', read('networks.json'), networksSchema)
  const byService = new Map(owners.map(({ service, owner }) => [service, owner]))
  const byNetwork = new Map(networks.map(({ asn, owner }) => [asn, owner]))
  return {
    verdicts,
    weigh: {
      causes: makeCauseTable(parseTable('causes.json', causes, causeTableSchema), digest(causes)),
      serviceOwner: (service) => byService.get(service),
      networkOwner: (asn) => byNetwork.get(asn),
      comparisons: verdicts.services.filter(({ comparison }) => comparison === true).map(({ id }) => id),
    },
  }
}
