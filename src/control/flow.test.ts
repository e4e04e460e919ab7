import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { deflateSync } from 'node:zlib'
import { openControl } from '../../test/kit/net/control-world.ts'
import { FLOW } from '../core/model/measured/hosting-flow.ts'
import { FLOW_LIMITS } from './flow.ts'

describe('flows of a control', () => {
  it('are the same bytes for all, not to be shortened, on a connection that stays open', async () => {
    await using control = await openControl({ allow: [] })
    const bodies = await Promise.all(
      ['x-flow', 'x-flow?of=one'].map(async (path) => {
        const answer = await fetch(`${control.url}${path}`)
        assert.equal(answer.status, 200)
        assert.equal(answer.headers.get('connection'), 'keep-alive')
        assert.equal(answer.headers.get('content-encoding'), null)
        assert.equal(answer.headers.get('set-cookie'), null)
        return Buffer.from(await answer.arrayBuffer())
      }),
    )
    const [one, other] = bodies
    assert.ok(one !== undefined && other !== undefined)
    assert.equal(one.length, FLOW.bytes)
    assert.ok(one.equals(other))
    assert.ok(deflateSync(one).length >= FLOW.bytes)
    assert.equal((await fetch(`${control.url}x-flow`, { method: 'POST', body: 'x' })).status, 400)
    assert.deepEqual(control.log, [])
  })

  it('are bounded for each network, without a bound on its other questions', async () => {
    await using control = await openControl({ allow: [], proxied: true })
    const ask = async (path: string, from: string): Promise<Response> => {
      const answer = await fetch(`${control.url}${path}`, { headers: { 'x-forwarded-for': from } })
      await answer.arrayBuffer()
      return answer
    }
    for (let nth = 0; nth < FLOW_LIMITS.burst; nth++)
      assert.equal((await ask('x-flow', '192.0.2.1')).status, 200, String(nth))
    const refused = await ask('x-flow', '192.0.2.9')
    assert.equal(refused.status, 429)
    assert.ok(Number(refused.headers.get('retry-after')) > 0)
    assert.equal((await ask('', '192.0.2.1')).status, 200)
    assert.equal((await ask('x-flow', '198.51.100.1')).status, 200)
  })

  it('are sent to so many at one time, who may be slow', async () => {
    await using control = await openControl({ allow: [], proxied: true })
    let answered = 0
    const asked = Array.from({ length: 34 }, async (_, nth) => {
      const answer = await fetch(`${control.url}x-flow`, { headers: { 'x-forwarded-for': `10.${nth}.0.1` } })
      answered++
      await answer.arrayBuffer()
      return answer.status
    })
    const states = await Promise.all(asked)
    assert.equal(answered, 34)
    assert.ok(states.every((status) => status === 200 || status === 503))
    assert.equal((await fetch(`${control.url}x-flow`)).status, 200)
  })
})
