import type { HttpObservation, TlsObservation } from '../model/measured/observation.ts'
import { addressKey, onOwnPath, type Case, type Hop } from './case.ts'
import { finding, ground, type Finding } from './finding.ts'
import { provesName } from './layer/interception.ts'
import { isAnswered } from './layer/page.ts'
import { sentTo } from './sent-to.ts'

/** Layers that an exchange passes before its name is proved. */
const BELOW: ReadonlySet<Finding['layer']> = new Set(['dns', 'tcp', 'tls'])
/** Direct evidence from a certificate or a page: another exchange that completed does not take it away. */
const STANDS: ReadonlySet<Finding['rule']> = new Set(['tls.interception-issuer', 'http.fingerprint'])

type Proof = TlsObservation | HttpObservation

/**
 * A difference that other rows of the same measurement contradict is no evidence: it becomes inconclusive
 * (`rows.contradict`). An exchange under a verified name contradicts a difference of its own hop
 *
 * * of DNS, where no recorded lookup gave the address it went to: then the lookups are not the ones that were used;
 * * of TCP, wherever it went: the rule says that no connection to this port was made. So does one at an address of
 *   another origin, where the resolver of the line gave an address that nothing was tried at;
 * * of TLS, at the address that the difference is about.
 *
 * A difference at a step of a chain needs requests that the input, or an earlier step, leads to.
 *
 * Such rows come from a damaged or edited document. Wrong when: a client resolves by a way that it does not record, and
 * the resolver of the line lies; then a true difference of DNS stays inconclusive.
 */
export function withoutContradictions(findings: readonly Finding[], it: Case): readonly Finding[] {
  const { hops } = it
  return findings.map((one) => {
    if (one.state !== 'interfered' || STANDS.has(one.rule)) return one
    const hop = hops.find(({ index }) => index === one.hop)
    if (hop !== undefined && isAdrift(hop, hops)) return contradicted(one, undefined)
    if (!BELOW.has(one.layer)) return one
    const proof = hop === undefined ? undefined : proofs(it, hop, one).find((row) => contradicts(row, one, hop))
    return proof === undefined ? one : contradicted(one, proof)
  })
}

/**
 * An address that the resolver of the line gave and nothing was tried at: an answer, or the rows of it, were lost. A
 * family of which no address was tried is none that the client uses, and what the line explains was tried too.
 */
function hasUntried({ dns, tcp }: Hop, ignored: Case['ignored']): boolean {
  const tried = [...tcp, ...ignored].flatMap((row) => (row.kind === 'tcp' ? addressKey(row.address) : []))
  const isLost = (address: string): boolean =>
    !tried.includes(addressKey(address)) && tried.some((one) => one.includes(':') === address.includes(':'))
  return dns.some(({ resolver, answers }) => resolver === 'system' && answers.some(({ address }) => isLost(address)))
}

/** Exchanges in which the server proved the name of the hop: of the person's own path, or of any that may have been. */
function proofs({ tables, ignored }: Case, hop: Hop, { layer }: Finding): readonly Proof[] {
  const isOurs = layer === 'tcp' && hasUntried(hop, ignored) ? (): boolean => true : onOwnPath
  const shaken = hop.tls.filter(
    (row) =>
      row.role === 'target' &&
      isOurs(row) &&
      (row.port === undefined || hop.port === undefined || row.port === hop.port) &&
      (row.name === undefined || row.name === hop.host) &&
      provesName(row, tables),
  )
  const answered = hop.http.filter(
    (row) =>
      (row.role ?? 'target') === 'target' &&
      row.scheme === 'https' &&
      !row.overQuic &&
      isOurs(row) &&
      row.failure === undefined &&
      isAnswered(row),
  )
  return [...shaken, ...answered]
}

function contradicts(proof: Proof, one: Finding, hop: Hop): boolean {
  switch (one.layer) {
    case 'dns':
      return proof.origin === 'unknown'
    case 'tcp':
      return true
    case 'tls': {
      // Pairs weigh their own exchanges that pass, and slowness is no failure.
      const weighed = one.rule === 'tls.slow-by-name' || one.grounds.some(({ fact }) => fact === 'pair.rounds')
      if (proof.kind !== 'http' || weighed) return false
      const { source } = one.grounds.find(({ role }) => role === 'decisive') ?? {}
      const about = hop.tls.find((row) => row.source === source)?.address
      const at = proof.address ?? onlyAddress(hop)
      return about === undefined || at === undefined ? about === at : addressKey(at) === addressKey(about)
    }
    default:
      return false
  }
}

/** Old clients do not say where a request went: it is known if all handshakes of the hop went to one address. */
function onlyAddress(hop: Hop): string | undefined {
  const [first, ...others] = hop.tls.filter(onOwnPath)
  return others.every(({ address }) => address === first?.address) ? first?.address : undefined
}

/** A step whose requests are for something else than the input, or to which no earlier step leads. */
const isAdrift = (hop: Hop, hops: readonly Hop[]): boolean =>
  hop.adrift === true ||
  (hop.index > 0 && !hops.some(({ index, http }) => index < hop.index && http.some((row) => sentTo(row) !== undefined)))

function contradicted(one: Finding, proof: Proof | undefined): Finding {
  const name = proof === undefined ? undefined : proof.kind === 'http' ? proof.host : proof.name
  const said =
    proof === undefined
      ? ground('rows.adrift', 'decisive')
      : ground('rows.contradict', 'decisive', { name: name ?? '', address: proof.address ?? '' }, proof)
  return finding(one.layer, 'inconclusive', 'rows.contradict', {
    hop: one.hop,
    grounds: [
      said,
      ...one.grounds
        .filter(({ fact }) => fact !== 'ratio.halved')
        .map((other) => (other.role === 'decisive' ? { ...other, role: 'context' as const } : other)),
    ],
    missing: ['second-measurement'],
    settled: true,
  })
}
