import { registrableDomain } from '../../model/hostname.ts'
import type { Case, Hop } from '../case.ts'
import { ground, type Finding, type Halving } from '../finding.ts'

/** Why a difference at a later hop of the chain weighs less. Source: docs/methods/judging.md, redirects. */
export function laterHop(it: Case, hop: Hop): { grounds: Finding['grounds']; halvings: readonly Halving[] } {
  if (hop.index === 0) return { grounds: [], halvings: [] }
  const first = it.hops.find((one) => one.index === 0)?.host
  const host = hop.host ?? ''
  const grounds = [ground('hop.later', 'context', { hop: hop.index + 1, host })]
  const elsewhere =
    first !== undefined && hop.host !== undefined && registrableDomain(first) !== registrableDomain(host)
  if (!elsewhere) return { grounds, halvings: ['later-hop'] }
  return {
    grounds: [...grounds, ground('hop.other-domain', 'context', { host })],
    halvings: ['later-hop', 'other-domain'],
  }
}
