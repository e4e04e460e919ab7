import type { Controls } from '../../core/model/tables/controls.ts'
import { registrableDomain } from '../../core/model/hostname.ts'
import type { Chance } from './chance.ts'

/**
 * Draws control names for the control halves of pairs with a host: never one of the registered domain of the host, so
 * that a rule against the service's whole domain does not hit the control too. Where every name is of that domain, any.
 */
export function innocentsFor(host: string, controls: Controls, chance: Chance): () => string {
  const own = registrableDomain(host)
  const names = controls.innocent.map((one) => one.host)
  const foreign = names.filter((name) => registrableDomain(name) !== own)
  const choice = foreign.length > 0 ? foreign : names
  return () => choice[chance.below(choice.length)]! // the schema asks for one name at least
}
