import type { Address, DnsObservation } from '../../model/measured/observation.ts'
import { addressKey, type Case } from '../case.ts'
import { ground, type Finding } from '../finding.ts'
import { sameNetwork } from '../network.ts'
import { isOfListed } from './listed-resolver.ts'

/** Two answers have nothing in common: no address, and no network. One of them may be a denial. */
function unlike(a: readonly Address[], b: readonly Address[], it: Case): boolean {
  if (a.length === 0 && b.length === 0) return false
  return !a.some((one) =>
    b.some((other) => addressKey(one.address) === addressKey(other.address) || sameNetwork(one, other, it.tables)),
  )
}

/**
 * What further answers add to what the lookup's own showed: a second one to one question, or a public resolver's. Two
 * unlike answers to one question arrive when a machine on the way answers faster than the resolver. On its own that is
 * noted; if the person's lookup differs from the control, it names the mechanism, also where only the question to a
 * public resolver was answered twice: a resolver within the home lets only the first answer through. Wrong when: a
 * resolver behind a load balancer answers twice; the provider's resolver lies while someone else injects.
 */
export function withSecondAnswer(
  it: Case,
  found: Finding | undefined,
  rows: readonly DnsObservation[],
): Finding | undefined {
  if (found === undefined) return undefined
  const late = secondOf(it, rows, false) ?? secondOf(it, rows, true)
  if (late === undefined) return withListed(it, found, rows)
  const said = ground(
    'dns.second-answer',
    found.state === 'interfered' ? 'decisive' : 'context',
    { name: late.name },
    late,
  )
  const mechanism = found.state === 'interfered' ? ({ mechanism: 'dns.injected' } as const) : {}
  return { ...found, ...mechanism, grounds: [...found.grounds, said] }
}

/** A later answer unlike the first to the same question: same name, type and resolver. */
function secondOf(it: Case, rows: readonly DnsObservation[], listed: boolean): DnsObservation | undefined {
  const asked = rows.filter((row) => row.resolver === 'udp' && isOfListed(row) === listed)
  const first = asked.filter(({ duplicate }) => !duplicate)
  return asked.find(
    (row) =>
      row.duplicate &&
      first.some(
        (one) =>
          one.name === row.name &&
          one.queryType === row.queryType &&
          one.resolverAddress === row.resolverAddress &&
          unlike(one.answers, row.answers, it),
      ),
  )
}

/**
 * Notes a public resolver's one answer that is unlike those of the control and of encrypted resolvers: forged on the way
 * to it, maybe. Users of the connection's resolver are not affected by that, so that it changes no finding. Wrong when:
 * the name has servers in many networks, and that resolver gets one that no other gets.
 */
function withListed(it: Case, found: Finding, rows: readonly DnsObservation[]): Finding {
  const own = found.state === 'reachable'
  const genuine = [
    ...it.control.dns,
    ...rows.filter(({ resolver }) => resolver === 'doh' || resolver === 'dot' || (own && resolver === 'system')),
  ].flatMap(({ answers }) => answers.filter(({ family }) => family === 4))
  if (genuine.length === 0) return found
  const row = rows.find(
    (one) =>
      isOfListed(one) &&
      !one.duplicate &&
      (one.answers.length > 0 || one.failure?.code === 'dns_nxdomain_error' || one.failure?.code === 'dns_no_answer') &&
      unlike(one.answers, genuine, it),
  )
  if (row === undefined) return found
  const said = ground('dns.public-answer-differs', 'context', { name: row.name, resolver: row.resolverAddress }, row)
  return { ...found, grounds: [...found.grounds, said] }
}
