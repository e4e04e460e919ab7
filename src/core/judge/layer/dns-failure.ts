import { isBogon } from '../../model/address.ts'
import type { FailureCode } from '../../model/measured/failure.ts'
import type { Mechanism } from '../../model/measured/mechanism.ts'
import type { DnsObservation } from '../../model/measured/observation.ts'
import { controlAnswered, controlPageOpens, type Case, type Hop } from '../case.ts'
import { controlRow, controlSays, list } from './dns-control.ts'
import { finding, ground, type Finding, type Halving } from '../finding.ts'
import { laterHop } from './later-hop.ts'
import { beyondChance, type HalvesTally } from '../kuager/chance.ts'
import { isNetworkFailure, isTimeout } from '../line.ts'

/** Mechanism of a resolver's failure; some failure words tell none. */
export function dnsMechanism(code: FailureCode): Mechanism | undefined {
  if (isTimeout(code)) return 'dns.timeout'
  if (code === 'dns_nxdomain_error') return 'dns.nxdomain'
  if (code === 'dns_refused_error') return 'dns.refused'
  if (code === 'dns_servfail_error' || code === 'dns_server_misbehaving' || code === 'dns_temporary_failure')
    return 'dns.servfail'
  if (code === 'dns_no_answer') return 'dns.empty'
  return code === 'dns_bogon_error' ? 'dns.bogon' : undefined
}

/** Judges a lookup of the person's own resolver that gave no address. `rows`: at least one. */
export function judgeDnsFailure(it: Case, hop: Hop, rows: readonly DnsObservation[]): Finding {
  const failed = rows.find((row) => row.failure !== undefined && row.queryType !== 'AAAA') ?? rows[0]! // not empty
  const code: FailureCode = failed.failure?.code ?? 'dns_no_answer'
  const name = failed.name
  const mechanism = dnsMechanism(code)
  const said = ground('dns.failed', 'decisive', { name, failure: code }, failed)
  const control = controlRow(it, hop)
  const detail = { hop: hop.index, mechanism }
  if (code === 'dns_bogon_error') return judgeBogonWord(it, hop, said, control)
  // The lookup says that it succeeded, and no address of it can be read: nothing was seen to fail.
  if (failed.failure === undefined)
    return finding('dns', 'inconclusive', 'dns.failure-no-control', {
      hop: hop.index,
      grounds: [ground('dns.answered', 'decisive', { name, addresses: '' }, failed)],
      missing: ['operations'],
    })
  if (!isNetworkFailure(code))
    return finding('dns', 'inconclusive', 'line.own-failure', {
      hop: hop.index,
      mechanism: 'fault.client',
      grounds: [ground('line.own-failure', 'decisive', { failure: code }, failed)],
    })
  if (it.brokenResolver !== undefined && code !== 'dns_nxdomain_error')
    return finding('dns', 'inconclusive', 'line.resolver-broken', {
      hop: hop.index,
      mechanism: 'fault.client',
      grounds: [
        ground('line.resolver-broken', 'decisive', { failure: code }, it.brokenResolver),
        { ...said, role: 'context' },
      ],
      settled: true,
    })
  const others = hop.dns.filter((row) => row.name === name && !rows.includes(row))
  const halvings: Halving[] = []
  if (others.length > 0 && others.every((row) => row.answers.length === 0)) halvings.push('every-resolver')
  if (code === 'android_dns_cache_no_data') halvings.push('bare-android-error')
  const context = others
    .filter((row) => row.answers.length > 0)
    .slice(0, 1)
    .map((row) => ground('dns.other-resolver-answered', 'context', { name, resolver: row.resolver }, row))
  const once = it.otherLookups === undefined || !isPassing(code) ? undefined : lostLookup(hop, name, it.otherLookups)
  if (once !== undefined)
    return finding('dns', 'inconclusive', 'dns.failure-once', {
      ...detail,
      grounds: [said, ...once],
      missing: ['second-measurement'],
    })
  if (control !== undefined && control.failure === undefined && control.answers.length > 0) {
    if (control.answers.every((answer) => answer.family === 6) && code !== 'dns_nxdomain_error')
      return finding('dns', 'inconclusive', 'line.own-failure', {
        hop: hop.index,
        mechanism: 'fault.client',
        grounds: [said, ground('line.no-ipv6', 'decisive')],
      })
    const answered = ground('dns.control-answered', 'control', { name, addresses: list(control.answers) }, control)
    const grounds = [said, answered, ...context]
    return finding('dns', 'interfered', 'dns.failure-control-resolves', { ...detail, grounds, halvings })
  }
  if (hop.index > 0 && controlPageOpens(it.control)) {
    const later = laterHop(it, hop)
    const opened = ground('http.control-answered', 'control', { status: it.control.http?.status }, it.control.http)
    const grounds = [said, opened, ...later.grounds, ...context]
    const weaker = [...halvings, ...later.halvings]
    return finding('dns', 'interfered', 'dns.failure-control-resolves', { ...detail, grounds, halvings: weaker })
  }
  const encrypted = others.find((row) => (row.resolver === 'doh' || row.resolver === 'dot') && row.answers.length > 0)
  if (control === undefined && encrypted !== undefined && it.otherLookups !== undefined)
    return finding('dns', 'interfered', 'dns.failure-control-resolves', {
      ...detail,
      grounds: [
        said,
        ground('dns.other-resolver-answered', 'control', { name, resolver: encrypted.resolver }, encrypted),
      ],
      halvings: [...halvings, 'no-outside-control'],
    })
  if (control === undefined)
    return finding('dns', 'inconclusive', 'dns.failure-no-control', {
      ...detail,
      grounds: [said, ...context],
      missing: [it.control.present ? 'control.dns' : 'control'],
    })
  const failure = control.failure?.code ?? 'dns_no_answer'
  const tooFailed = ground('dns.control-failed', 'control', { name, failure }, control)
  const state = controlAnswered(it.control) ? 'inconclusive' : 'unreachable'
  return finding('dns', state, 'dns.failure-control-too', { ...detail, grounds: [said, tooFailed] })
}

/** Failures that one lost packet or an overloaded resolver makes, and the next question does not. */
const isPassing = (code: FailureCode): boolean =>
  isTimeout(code) ||
  code === 'dns_temporary_failure' ||
  code === 'dns_servfail_error' ||
  code === 'dns_server_misbehaving'

/** Names that one run asks for, about: the chance that all tries of one of them are lost is shared among so many. */
const NAMES_OF_A_RUN = 100

/**
 * What speaks for a lost lookup: the same resolver answered another question for the name; or the lookups failed no
 * more often than those of other names on the line. Undefined where the failure is more than that: a refusal is an
 * answer, and a second answer to a question that had failed is no answer of the resolver to another one.
 */
function lostLookup(hop: Hop, name: string, others: HalvesTally): Finding['grounds'] | undefined {
  const own = hop.dns.filter(
    (row) =>
      row.name === name &&
      !row.duplicate &&
      row.queryType !== 'AAAA' &&
      (row.resolver === 'system' || row.resolver === 'udp'),
  )
  if (own.some(({ failure }) => failure?.code === 'dns_refused_error')) return undefined
  const again = own.find((row) => row.answers.length > 0)
  if (again !== undefined)
    return [ground('dns.other-resolver-answered', 'control', { name, resolver: again.resolver }, again)]
  return beyondChance(own.length, others, NAMES_OF_A_RUN) ? undefined : []
}

/** A client that refuses bogons tells the word alone: the answer is not kept. Judged as a bogon answer is. */
function judgeBogonWord(
  it: Case,
  hop: Hop,
  said: Finding['grounds'][number],
  control: DnsObservation | undefined,
): Finding {
  const name = hop.host ?? ''
  const genuine = control?.answers.some((answer) => !isBogon(answer.address)) === true
  const detail = { hop: hop.index, mechanism: 'dns.bogon' } as const
  if (genuine || it.service !== undefined)
    return finding('dns', 'interfered', 'dns.bogon', {
      ...detail,
      grounds: [said, ...(genuine ? controlSays(name, control, []) : [])],
      halvings: ['no-fingerprint'],
    })
  return finding('dns', 'inconclusive', 'dns.failure-no-control', {
    ...detail,
    grounds: [said],
    missing: [it.control.present ? 'control.dns' : 'control'],
  })
}
