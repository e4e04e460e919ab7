import type { HttpObservation, TlsObservation } from '../../model/measured/observation.ts'
import { controlAnswered, controlPageOpens, endpointKey, isDownForControl, type Case, type Hop } from '../case.ts'
import { laterHop } from './later-hop.ts'
import { ground, type Finding, type Halving } from '../finding.ts'
import { isDnsFailure } from '../line.ts'

export type ControlOutcome =
  | { readonly kind: 'passed'; readonly grounds: Finding['grounds']; readonly halvings: readonly Halving[] }
  /** `isDown`: at an address that the control itself was given, and its page does not open either. */
  | { readonly kind: 'failed'; readonly grounds: Finding['grounds']; readonly isDown: boolean }
  | { readonly kind: 'absent'; readonly grounds: Finding['grounds'] }

/** What the helper shows of a handshake with this hop's name: its own rows first, else its page over https. */
export function tlsControl(it: Case, hop: Hop, failed: readonly TlsObservation[]): ControlOutcome {
  const name = hop.host ?? ''
  const rows = failed.flatMap((row) => {
    const control =
      row.address === undefined || row.port === undefined
        ? undefined
        : it.control.tls.get(endpointKey(row.address, row.port))
    return control === undefined || !sameName(control, hop) ? [] : [control]
  })
  const all = [...it.control.tls.values()].filter((row) => sameName(row, hop))
  const own = rows.find((row) => row.failure === undefined)
  // On the very addresses that failed the helper fails too: the edge is broken, even if other addresses work.
  const edge = own === undefined ? rows[0] : undefined
  if (edge !== undefined) {
    const values = { name, failure: edge.failure?.code }
    return {
      kind: 'failed',
      grounds: [ground('tls.control-failed', 'control', values, edge)],
      isDown: isDownForControl(it, all),
    }
  }
  const passed = own ?? all.find((row) => row.failure === undefined)
  if (passed !== undefined)
    return { kind: 'passed', grounds: [ground('tls.control-completed', 'control', { name }, passed)], halvings: [] }
  const page = it.control.http
  if (hop.index > 0 && controlPageOpens(it.control)) {
    const later = laterHop(it, hop)
    const opened = ground('http.control-answered', 'control', { status: page?.status }, page)
    return { kind: 'passed', grounds: [opened, ...later.grounds], halvings: later.halvings }
  }
  const refused = all[0]
  if (hop.index === 0 && refused !== undefined) {
    const values = { name, failure: refused.failure?.code }
    return {
      kind: 'failed',
      grounds: [ground('tls.control-failed', 'control', values, refused)],
      isDown: isDownForControl(it, all),
    }
  }
  if (hop.index === 0 && hop.scheme === 'https' && page !== undefined) {
    if (controlAnswered(it.control))
      return { kind: 'passed', grounds: [ground('tls.control-assumed', 'control', { name }, page)], halvings: [] }
    const values = { name, failure: page.failure?.code }
    return {
      kind: 'failed',
      grounds: [ground('tls.control-failed', 'control', values, page)],
      isDown: !isUnresolved(page),
    }
  }
  return { kind: 'absent', grounds: [] }
}

/** A helper that could not resolve the name says nothing of a probe that could. */
export const isUnresolved = (page: HttpObservation): boolean =>
  page.failure !== undefined && isDnsFailure(page.failure.code)

const sameName = (control: TlsObservation, hop: Hop): boolean =>
  control.name === undefined || hop.host === undefined || control.name === hop.host
