import { kuagerDocument } from '../kit/measured/kuager-document.ts'
import type { Json } from '../kit/measured/measurement.ts'
import type { Scenario } from './scenario.ts'

const WHOLE = { bytes: 66_100, whole: true, silent: false, silence: 0 }
const STOPPED = { bytes: 14_200, whole: false, silent: true, silence: 11.4 }
const [FIRST, SECOND, THIRD] = [64503, 64504, 64509]

const stopped = (asn: number, more: Json = {}): Json => ({
  asn,
  flows: [STOPPED, STOPPED],
  opens_afterwards: true,
  comes_abroad: true,
  ...more,
})
const whole = (asn: number): Json => ({ asn, flows: [WHOLE, WHOLE] })
const withFlows = (flows: readonly Json[], line: Json = {}): Json =>
  kuagerDocument({ service: 'line', line: { x_flows: flows, ...line }, endpoints: [] })

const fires = (name: string, flows: readonly Json[]): Scenario => ({
  name: `kuager: ${name}`,
  measurement: withFlows(flows),
  kind: 'inconclusive',
  layer: 'tcp',
  mechanism: 'tcp.freeze.as',
  rule: 'tcp.freeze.as',
})
const quiet = (name: string, flows: readonly Json[]): Scenario => ({
  name: `kuager: ${name}`,
  measurement: withFlows(flows),
  kind: 'not-judged',
  rule: 'test.not-judged',
})

/** Flows from our own servers, by the network of their addresses: no service is judged by them. */
export const KUAGER_FLOWS: readonly Scenario[] = [
  fires('flows of one hosting network stop after 14 KB, twice, and those of another come whole', [
    stopped(FIRST),
    whole(SECOND),
  ]),
  fires('flows of both servers in one hosting network stop, and a third network’s come whole', [
    stopped(FIRST),
    whole(THIRD),
    stopped(FIRST),
  ]),
  quiet('flows from three networks come whole', [whole(FIRST), whole(SECOND), whole(THIRD)]),
  quiet('flows of every network stop: the line', [stopped(FIRST), stopped(SECOND)]),
  quiet('flows of an overloaded server stop abroad, too', [stopped(FIRST, { comes_abroad: false }), whole(SECOND)]),
  quiet('flows stop, and no other server could look from abroad', [
    { asn: FIRST, flows: [STOPPED, STOPPED], opens_afterwards: true },
    whole(SECOND),
  ]),
  quiet('flows stop, and no new connection is answered', [stopped(FIRST, { opens_afterwards: false }), whole(SECOND)]),
  quiet('a flow stops once and comes the second time', [stopped(FIRST, { flows: [STOPPED, WHOLE] }), whole(SECOND)]),
  quiet('there was one look alone', [stopped(FIRST, { flows: [STOPPED] }), { asn: SECOND, flows: [WHOLE] }]),
  quiet('a flow of the network for comparison stops in the second round', [
    stopped(FIRST),
    { asn: SECOND, flows: [WHOLE, STOPPED] },
  ]),
  quiet('flows of one network are reset', [
    stopped(FIRST, { flows: [STOPPED, { ...STOPPED, silent: false }] }),
    whole(SECOND),
  ]),
  quiet('flows of one network stop after 2 KB', [
    stopped(FIRST, { flows: [STOPPED, { ...STOPPED, bytes: 2_000 }] }),
    whole(SECOND),
  ]),
  quiet('flows of one network stop after 44 KB', [
    stopped(FIRST, { flows: [STOPPED, { ...STOPPED, bytes: 45_000 }] }),
    whole(SECOND),
  ]),
  quiet('flows of one network are slow and still run at the end', [
    stopped(FIRST, { flows: [STOPPED, { ...STOPPED, silence: 0.4 }] }),
    whole(SECOND),
  ]),
  quiet('of two servers in one network one is whole', [stopped(FIRST), whole(FIRST), whole(SECOND)]),
  quiet('the network of the server is not known', [stopped(0), whole(SECOND)]),
  quiet('there is no other network to compare with', [stopped(FIRST)]),
  quiet('the network for comparison is not known', [stopped(FIRST), whole(0)]),
  {
    name: 'kuager: flows of one network stop on a line that is unstable',
    measurement: withFlows([stopped(FIRST), whole(SECOND)], { state: 'unstable' }),
    kind: 'inconclusive',
    mechanism: 'fault.client',
    rule: 'line.unstable',
  },
]
