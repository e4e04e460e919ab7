import type { AloneFinding, OneJudged } from '../../../src/casework/exhibit/alone-finding.ts'
import { MINUTE_MS } from '../../../src/core/model/duration.ts'
import { instant } from '../../../src/core/model/units.ts'
import { sampleFinding } from './exhibit-sample.ts'

const BEGAN = Date.UTC(2026, 2, 5, 15)

/** So many invented measurements of one service on one network, a minute apart: of four two open, one does not, one decides nothing. */
export const sampleJudged = (count: number, change: Partial<OneJudged> = {}): readonly OneJudged[] =>
  Array.from({ length: count }, (_, at): OneJudged => ({
    leaf: 1000 + at,
    startedAt: instant(BEGAN + at * MINUTE_MS),
    service: 'YouTube',
    network: 'Example Rail (AS64500)',
    kind: at % 4 === 2 ? 'interfered' : at % 4 === 3 ? 'inconclusive' : 'reachable',
    ...(at % 4 === 2 ? { mechanism: 'tls.timeout.sni' } : {}),
    device: `device ${at % 3}`,
    apart: false,
    missing: at % 8 === 2 ? ['pair'] : [],
    halved: at % 12 === 2 ? ['inferred-control'] : [],
    ...change,
  }))

/** What the exhibit of measurements alone says of an invented hour; any part of it may be changed. */
export function sampleAlone(change: Partial<AloneFinding> = {}): AloneFinding {
  const { incident: _, serviceName: __, networkName: ___, compared, rederived, code, ...ground } = sampleFinding()
  void [compared, rederived, code]
  return {
    ...ground,
    id: 'kuager-measurements-0123456789ab',
    simulated: true,
    chosen: { kind: 'named' },
    judged: sampleJudged(20),
    measurements: ground.measurements.slice(0, 21).map((line) => ({ ...line, role: 'named' })),
    ...change,
  }
}
