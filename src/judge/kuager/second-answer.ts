import type { Address, DnsObservation } from '../../model/observation.ts'
import type { Case } from '../case.ts'
import { ground, type Finding } from '../finding.ts'
import { addressKey } from '../case.ts'
import { sameNetwork } from '../network.ts'

/** Two answers have nothing in common: no address, and no network. One of them may be a denial. */
function unlike(a: readonly Address[], b: readonly Address[], it: Case): boolean {
  if (a.length === 0 && b.length === 0) return false
  return !a.some((one) =>
    b.some((other) => addressKey(one.address) === addressKey(other.address) || sameNetwork(one, other, it.tables)),
  )
}

/**
 * What a second answer to one question adds to what the lookup showed. Two unlike answers arrive where somebody on the
 * way answers faster than the resolver. By itself that is noted; where the person's lookup differs from the control, it
 * names the mechanism. Wrong when: a resolver behind a load balancer answers twice.
 */
export function withSecondAnswer(
  it: Case,
  found: Finding | undefined,
  rows: readonly DnsObservation[],
): Finding | undefined {
  if (found === undefined) return undefined
  const first = rows.filter((row) => !row.duplicate && row.resolver === 'udp')
  const late = rows.find(
    (row) =>
      row.duplicate &&
      first.some(
        (one) => one.name === row.name && one.queryType === row.queryType && unlike(one.answers, row.answers, it),
      ),
  )
  if (late === undefined) return found
  const said = ground(
    'dns.second-answer',
    found.state === 'interfered' ? 'decisive' : 'context',
    { name: late.name },
    late,
  )
  const mechanism = found.state === 'interfered' ? ({ mechanism: 'dns.injected' } as const) : {}
  return { ...found, ...mechanism, grounds: [...found.grounds, said] }
}
