import type { Address, DnsObservation } from '../../model/measured/observation.ts'
import type { Case, Hop } from '../case.ts'
import { ground, type Finding } from '../finding.ts'

/** Addresses as a sentence lists them. */
export const list = (answers: readonly Address[]): string => answers.map((answer) => answer.address).join(', ')

/** The helper resolves the first host alone. */
export const controlRow = (it: Case, hop: Hop): DnsObservation | undefined =>
  it.control.dns.find((row) => row.name === hop.host) ?? (hop.index === 0 ? it.control.dns[0] : undefined)

/** What the control, else an encrypted resolver of the run, answered: a ground, where either did. */
export function controlSays(
  name: string,
  control: DnsObservation | undefined,
  encrypted: readonly DnsObservation[],
): Finding['grounds'] {
  if (control !== undefined && control.answers.length > 0)
    return [ground('dns.control-answered', 'control', { name, addresses: list(control.answers) }, control)]
  const other = encrypted.find((row) => row.answers.length > 0)
  return other === undefined
    ? []
    : [ground('dns.other-resolver-answered', 'control', { name, resolver: other.resolver }, other)]
}
