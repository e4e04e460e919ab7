import type { LineNote } from '../../model/measured/measurement.ts'
import type { Ground } from '../../model/measured/verdict.ts'
import { finding, ground, type Finding } from '../finding.ts'
import type { RuleId } from '../rules.ts'

/**
 * What the owner's connection itself explains: then no verdict on the service is given. Undefined if the connection
 * lets a service be judged. Source: docs/methods/judging.md, our own probe's line.
 */
export function judgeLine(line: LineNote): Finding | undefined {
  const settled = (rule: RuleId, said: Ground): Finding =>
    finding('app', 'inconclusive', rule, { mechanism: 'fault.client', grounds: [said], settled: true })
  switch (line.state) {
    case 'ok':
    case 'no-ipv6':
      return undefined
    case 'down':
      return settled('line.down', ground('line.nothing-works', 'decisive'))
    case 'captive-portal':
      return settled('line.captive-portal', ground('line.captive-portal', 'decisive', { host: line.portalHost ?? '' }))
    case 'resolver-broken':
      return settled('line.resolver-broken', ground('line.resolver-fails', 'decisive'))
    case 'tunnelled':
      return settled('line.tunnelled', ground('line.tunnelled', 'decisive'))
    case 'network-changed':
      return settled('line.network-changed', ground('line.network-changed', 'decisive'))
    case 'clock-wrong':
      return settled('line.clock-wrong', ground('line.clock-off', 'decisive', { seconds: offset(line) }))
    case 'unstable': {
      const tried = line.canaries.reduce((sum, one) => sum + one.tried, 0)
      const passed = line.canaries.reduce((sum, one) => sum + one.passed, 0)
      return settled('line.unstable', ground('line.unstable', 'decisive', { tested: tried, failed: tried - passed }))
    }
  }
}

const offset = ({ clockOffset }: LineNote): number | undefined =>
  clockOffset === undefined ? undefined : Math.abs(Math.round(clockOffset))
