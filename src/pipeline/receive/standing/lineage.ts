import { hash, randomBytes } from 'node:crypto'
import type { Asn } from '../../../core/model/units.ts'
import type { Registry } from '../../../store/registry/contract.ts'

/**
 * A lineage is the keys of one person: those of one invitation on all its networks, or of one first key, with all their
 * successors. On a network it counts as one device, and it is revoked as a whole (docs/methods/adversaries.md).
 */

/** At a succession after so many days a lineage continues under a new number: nothing links a person for longer. */
export const LINEAGE_DAYS = 100

/** Begins a lineage and gives its number: the one given, else a random one. */
export function beginLineage(registry: Registry, today: number, number = randomLineage()): string {
  registry.saveLineage({ number, bornOn: today })
  return number
}

/** 128 random bits in hexadecimal digits. */
export const randomLineage = (): string => randomBytes(16).toString('hex')

/** The lineage in which an heir continues: the elder's, or what that continues as once it is too old. */
export function lineageOfHeir(registry: Registry, elder: string | undefined, today: number): string {
  const lineage = elder === undefined ? undefined : registry.lineage(elder)
  if (lineage === undefined) return beginLineage(registry, today)
  if (today - lineage.bornOn <= LINEAGE_DAYS) return lineage.number
  if (lineage.next !== undefined) return lineageOfHeir(registry, lineage.next, today)
  const next = beginLineage(registry, today)
  registry.saveLineage({ ...lineage, next })
  return next
}

/** The numbers under which a lineage went and continues, as far as any of its keys is remembered. */
export function wholeLineage(registry: Registry, number: string): ReadonlySet<string> {
  const all = registry.lineages()
  const found = new Set([number])
  for (let before = 0; before < found.size;) {
    before = found.size
    for (const { number: one, next } of all)
      if (next !== undefined && (found.has(one) || found.has(next))) found.add(one).add(next)
  }
  return found
}

/**
 * The label by which a lineage counts on a network: without the registry it is not known which labels of different
 * networks are one person's.
 */
export const deviceLabel = (lineage: string, asn: Asn): string =>
  `d${hash('sha256', `kuager-device\n${lineage}\n${asn}`).slice(0, 16)}`
