import { addressFamily } from '../../model/address.ts'
import type { Service } from '../../model/tables/service.ts'
import type { Tables } from '../../model/tables/tables.ts'
import { ground, type Finding } from '../finding.ts'
import type { Fared, JudgedEndpoint } from './endpoint.ts'

/** Made once a list. */
const DOUBTED = new WeakMap<readonly Service[], ReadonlySet<string>>()

function doubtedHosts(services: readonly Service[]): ReadonlySet<string> {
  const known = DOUBTED.get(services)
  if (known !== undefined) return known
  const listed = services.flatMap(({ endpoints }) => endpoints)
  const made = new Set(listed.filter(({ confidence }) => confidence === 'low').map(({ host }) => host))
  DOUBTED.set(services, made)
  return made
}

/**
 * Interference at a host of which the list itself is not sure is no interference with the service: the host may be dead
 * or another's. Source: docs/methods/judging.md, our own probe, the service.
 */
export function withoutDoubted(all: readonly Fared[], { services }: Tables): readonly Fared[] {
  const doubted = doubtedHosts(services)
  return all.map((one) => {
    if (one.state !== 'interfered') return one
    const host = namesOf(one.endpoint).find((name) => doubted.has(name))
    if (host === undefined) return one
    return lowered(one, 'host.unverified', (found) => ({
      ...found,
      grounds: [...found.grounds, ground('host.unverified', 'context', { host })],
    }))
  })
}

/** The host, and names under test of its rows, which tell it too. */
const namesOf = ({ host, rows }: JudgedEndpoint): readonly string[] => [
  host,
  ...rows.flatMap((row) =>
    (row.kind === 'tls' || row.kind === 'quic') && row.role === 'target' && row.name !== undefined ? [row.name] : [],
  ),
]

/**
 * Data centres over IPv6, set apart where one over IPv4 was reached: an application goes to the same centres over IPv4, as
 * it does where one address of a name fails. `apart` are those that were not reached; they decide nothing and are not
 * counted among the members of the pool.
 */
export function byFamily(all: readonly Fared[]): {
  readonly counted: readonly Fared[]
  readonly apart: readonly Fared[]
} {
  const open = all.find((one) => isMember(one, 4) && one.state === 'reachable')
  const isApart = (one: Fared): boolean => open !== undefined && isMember(one, 6) && one.state !== 'reachable'
  const works = ground('tcp.other-address-works', 'context', { address: open?.endpoint.host })
  return {
    counted: all.filter((one) => !isApart(one)),
    apart: all
      .filter(isApart)
      .map((one) =>
        lowered(one, 'tcp.other-family-open', (found) => ({ ...found, grounds: [...found.grounds, works] })),
      ),
  }
}

/** Only data centres are listed by their address. */
const isMember = ({ endpoint }: Fared, family: 4 | 6): boolean => addressFamily(endpoint.host) === family

/** An endpoint whose interference decides nothing, by a rule that says why. */
function lowered(one: Fared, rule: Finding['rule'], say: (found: Finding) => Finding): Fared {
  const lower = (found: Finding): Finding =>
    found.state === 'interfered' ? say({ ...found, state: 'inconclusive', rule, log10Lr: 0 }) : found
  const findings = one.findings.map(lower)
  const at = one.deciding === undefined ? -1 : one.findings.indexOf(one.deciding)
  const deciding = findings[at] ?? (one.deciding && lower(one.deciding))
  return { ...one, findings, state: deciding?.state ?? one.state, ...(deciding && { deciding }) }
}
