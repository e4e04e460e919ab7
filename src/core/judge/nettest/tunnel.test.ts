import assert from 'node:assert/strict'
import { it } from 'node:test'
import { SCENARIOS } from '../../../../test/scenarios/every-scenario.ts'
import { openCertificates } from '../../../runtime/certificates.ts'
import { loadTables } from '../../../runtime/tables/tables.ts'
import { observe } from '../../observe/observe.ts'
import { decodeMeasurement } from '../../ooni/decode/decode.ts'
import { judge } from '../judge.ts'

it('a kind of Tor target that is not known whole is halved', () => {
  const ratioOf = (name: string): number => {
    const decoded = decodeMeasurement(SCENARIOS.find((one) => one.name === name)?.measurement)
    if (decoded.kind === 'aside') return assert.fail(decoded.reason)
    return judge(decoded.head, observe(decoded, openCertificates()), loadTables()).log10Lr
  }
  assert.equal(ratioOf('tor: no directory connects while the bridges do'), 1)
  assert.equal(ratioOf('tor: eight bridges in ten are silent, and of the other two nothing is known'), 0.5)
})
