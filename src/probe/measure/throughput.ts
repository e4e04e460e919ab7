import type { Roled, TransferOutcome } from '../../core/model/measured/operation.ts'
import { transferBytes } from '../../net/http/transfer.ts'
import { netTools, type RunContext } from './context.ts'
import { LIMITS } from '../plan/limits.ts'
import type { EndpointPlan } from '../plan/plan.ts'

/** Pairs of one direction at one address at most. */
const MOST_PAIRS = 3
/** A first pair that differs by less is not repeated. */
const RATIO = 2
/** Milliseconds that a slow half lasts: what is over sooner is the start of a connection, and no verdict rests on it. */
const LONG = 1_000
/** A half with fewer bytes than this is an answer of some words, and no measure of a rate. */
const FEWEST_BYTES = 32 * 1024

const rateOf = ({ bytes, duration }: TransferOutcome): number => bytes / Math.max(1, duration)

/**
 * Whether the halves tell rates that are far apart, the target being the slower, and for long enough to be judged; or the
 * target's half broke before it moved anything, as on a connection too slow for its own handshake: another round tells. A refused chain stays refused.
 */
function isContrast(target: TransferOutcome, innocent: TransferOutcome): boolean {
  if (innocent.bytes < FEWEST_BYTES || innocent.failure !== undefined) return false
  if (target.failure !== undefined && target.failure.stage !== 'verify' && target.duration < LONG) return true
  return target.duration >= LONG && rateOf(innocent) > RATIO * rateOf(target)
}

/**
 * Bounded throughput pairs: the same path of the same address, once under the target's name and once under a control
 * name, in a newly drawn order; two more pairs if the halves of the first differ widely and its slow half lasted a
 * second. Transfers of a run go one at a time, so that they do not slow each other; none begins once the run's budget
 * is over.
 */
export function measureThroughput(
  context: RunContext,
  plan: EndpointPlan,
  to: { readonly address: string; readonly direction: 'down' | 'up' },
): Promise<readonly Roled<TransferOutcome>[]> {
  const { host, port, path } = plan.endpoint
  const innocent = context.cover.namesFor(host, to.address)
  const half = async (role: 'target' | 'innocent', round: number): Promise<Roled<TransferOutcome>> => {
    const isTarget = role === 'target'
    const { outcome } = await transferBytes(
      to.direction,
      {
        address: to.address,
        port,
        serverName: isTarget ? host : innocent(),
        host: port === 443 ? host : `${host}:${port}`,
        path,
        bytes: context.settings.transferBytes,
        verify: isTarget,
      },
      netTools(context, LIMITS.transfer),
    )
    return { role, round, outcome }
  }
  return context.locks.run('transfer', async () => {
    const rows: Roled<TransferOutcome>[] = []
    for (let round = 0; round < MOST_PAIRS; round++) {
      // A contrast that can no longer be confirmed does not count, and is not reported.
      if (context.budget.isOver) return []
      const order = context.chance.shuffled(['target', 'innocent'] as const)
      for (const role of order) rows.push(await half(role, round))
      const [target, other] = (['target', 'innocent'] as const).map(
        (role) => rows.findLast((row) => row.role === role)?.outcome,
      )
      if (target === undefined || other === undefined || !isContrast(target, other)) break
    }
    return rows
  })
}
