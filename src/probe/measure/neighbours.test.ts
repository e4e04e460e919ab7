import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ControlAnswer } from '../../core/model/measured/service-run.ts'
import { millis } from '../../core/model/units.ts'
import { confirmedAbroad, silentAbroad } from './neighbours.ts'

const answer = (json: unknown): ControlAnswer => ({ kind: 'answer', address: 'x', json, at: millis(0) })

describe('what a control says of addresses', () => {
  it('tells those it reached from those it did not, on the port asked, and those not tried from both', () => {
    const told = answer({
      tcp_connect: {
        '192.0.2.1:443': { status: true, failure: null },
        '192.0.2.2:443': { status: false, failure: 'generic_timeout_error' },
        '[2001:db8::1]:443': { status: false, failure: 'connection_refused_error' },
        '192.0.2.3:80': { status: false, failure: 'generic_timeout_error' },
        'no address:443': { status: false },
        '192.0.2.4:443': null,
      },
    })
    assert.deepEqual([...confirmedAbroad(told, 443)], ['192.0.2.1'])
    assert.deepEqual([...silentAbroad(told, 443)], ['192.0.2.2', '2001:db8::1'])
  })

  it('is nothing where none answered or the answer has another shape', () => {
    const none: ControlAnswer = { kind: 'none', address: 'x', failure: 'generic_timeout_error', at: millis(0) }
    for (const said of [undefined, none, answer(null), answer({ tcp_connect: [] }), answer({ tcp_connect: 7 })]) {
      assert.equal(silentAbroad(said, 443).size, 0)
      assert.equal(confirmedAbroad(said, 443).size, 0)
    }
  })
})
