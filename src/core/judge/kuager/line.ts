import { isAbroadFiltered, type AbroadLook } from '../../model/measured/abroad-look.ts'
import type { LineNote } from '../../model/measured/measurement.ts'
import type { Ground } from '../../model/measured/verdict.ts'
import { finding, ground, type Finding } from '../finding.ts'
import type { RuleId } from '../rules.ts'

/**
 * What the owner's connection itself explains: then no verdict on the service is given. Undefined if the connection
 * lets a service be judged. Source: docs/methods/judging.md, our own probe's line.
 */
export function judgeLine(line: LineNote): Finding | undefined {
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
    case 'abroad-filtered':
      return filtered(line)
    case 'network-changed':
      return settled('line.network-changed', ground('line.network-changed', 'decisive'))
    case 'clock-wrong':
      return settled('line.clock-wrong', ground('line.clock-off', 'decisive', { seconds: offset(line) }))
    case 'unstable':
      return unstable(line)
  }
}

const settled = (rule: RuleId, said: Ground): Finding =>
  finding('app', 'inconclusive', rule, { mechanism: 'fault.client', grounds: [said], settled: true })

function unstable({ canaries }: LineNote): Finding {
  const tried = canaries.reduce((sum, one) => sum + one.tried, 0)
  const passed = canaries.reduce((sum, one) => sum + one.passed, 0)
  return settled('line.unstable', ground('line.unstable', 'decisive', { tested: tried, failed: tried - passed }))
}

/**
 * Only what is at home is reached. That may be the network's doing or a balance that has run out, so that no mechanism is
 * named; a state without the looks that show it is only an unstable connection.
 */
function filtered(line: LineNote): Finding {
  const looks = line.abroad ?? []
  if (!isAbroadFiltered(looks)) return unstable(line)
  const sum = (count: (look: AbroadLook) => number): number => looks.reduce((all, look) => all + count(look), 0)
  const said = ground('line.abroad-filtered', 'decisive', {
    home: sum(({ home }) => home.passed),
    tested: sum(({ home }) => home.tried),
    abroad: sum(({ abroad }) => abroad.tried),
  })
  return finding('app', 'inconclusive', 'line.abroad-filtered', { grounds: [said], settled: true })
}

const offset = ({ clockOffset }: LineNote): number | undefined =>
  clockOffset === undefined ? undefined : Math.abs(Math.round(clockOffset))
