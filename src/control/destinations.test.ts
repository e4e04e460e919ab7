import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { millis } from '../core/model/units.ts'
import { Destinations, MOST_PORTS } from './destinations.ts'

describe('Destinations', () => {
  const open = (now = { ms: 0 }): { readonly now: { ms: number }; readonly to: Destinations } => ({
    now,
    to: new Destinations(
      { burst: 400, perSecond: 10, most: 3, mostPorts: MOST_PORTS },
      { monotonic: () => millis(now.ms) },
    ),
  })

  it('lets no third party scan the ports of an address, in any spelling', () => {
    const { to, now } = open()
    const answers = Array.from({ length: 100 }, (_, port) => to.take(port % 2 ? '2A00::1' : '2a00:0:0::1', port + 1001))
    assert.equal(answers.filter((wait) => wait === 0).length, 8)
    assert.ok(answers.at(-1)! > 3000) // a hundred answers
    assert.equal(to.take('2a00::1', 1001), 0)
    now.ms = 3_700_000
    assert.equal(to.take('2a00::1', 99), 0)
  })

  it('lets no third party use up the ports on which services are asked', () => {
    const { to } = open()
    for (let port = 1000; port < 1100; port++) to.take('20.1.1.1', port)
    assert.deepEqual(
      [80, 443, 5222].map((port) => to.take('20.1.1.1', port)),
      [0, 0, 0],
    )
  })

  it('lets all ports of a service be asked again and again, and bounds how often', () => {
    const { to } = open()
    const answers = Array.from({ length: 500 }, (_, i) => to.take('20.1.1.1', [80, 443, 5222][i % 3]!)) // three ports
    assert.equal(answers.filter((wait) => wait === 0).length, 400)
  })

  it('remembers a bounded number of addresses', () => {
    const { to } = open()
    for (let port = 1; port <= 8; port++) to.take('20.1.1.1', port)
    for (const other of ['20.1.1.2', '20.1.1.3', '20.1.1.4']) to.take(other, 80)
    assert.equal(to.take('20.1.1.1', 9), 0) // the one asked longest ago is forgotten
  })
})
