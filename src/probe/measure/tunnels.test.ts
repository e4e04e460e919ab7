import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { after, before, describe, it } from 'node:test'
import type { Responders } from '../../core/model/tables/responders.ts'
import { serviceSchema, type Check, type Service } from '../../core/model/tables/service.ts'
import { openLocalResponders } from '../../../test/kit/net/local-responders.ts'
import { testContext } from '../../../test/kit/probe/probe-context.ts'
import { planRun } from '../plan/plan.ts'
import { chanceOf } from './chance.ts'
import { measureTunnelEndpoint } from './tunnels.ts'

const protocolService = (check: Check): Service =>
  serviceSchema.parse({
    id: `protocol-${check}`,
    name: check,
    tests: [],
    tier: 'C',
    endpoints: [
      { host: `${check}.responder.invalid`, use: 'tunnel', checks: [check], source: 'test', checked_at: '2026-11-25' },
    ],
  })

describe('measureTunnelEndpoint()', () => {
  let open: Awaited<ReturnType<typeof openLocalResponders>>
  before(async () => {
    open = await openLocalResponders()
  })
  after(() => open[Symbol.asyncDispose]())

  const measure = async (check: Check, responders: Responders) => {
    const { context } = testContext({
      services: [protocolService(check)],
      tiers: new Set(['C'] as const),
      responders,
    })
    const [plan] = planRun(
      context.settings,
      chanceOf((length) => randomBytes(length)),
    )
    const run = await measureTunnelEndpoint(context, plan!.endpoints[0]!) // one service of one endpoint is planned
    return run.tunnels
      .map(({ transport, shape, failure }) => `${transport} ${shape} ${failure?.code ?? 'ok'}`)
      .toSorted()
  }

  it('makes one exchange of each protocol and one shaped one where both pass', async () => {
    assert.deepEqual(await measure('openvpn', open.responders), [
      'tcp protocol ok',
      'tcp shaped ok',
      'udp protocol ok',
      'udp shaped ok',
    ])
    assert.deepEqual(await measure('wireguard', open.responders), ['udp protocol ok', 'udp shaped ok'])
    assert.deepEqual(await measure('tor', open.responders), ['tcp protocol ok', 'tcp shaped ok'])
  })

  it('repeats both where the protocol alone is met with silence', async () => {
    // A responder under another key never answers an initiation, but answers the shaped question.
    const { wireguard } = open.responders
    const stranger = { ...open.responders, wireguard: { ...wireguard, publicKey: randomBytes(32) } }
    assert.deepEqual(await measure('wireguard', stranger), [
      'udp protocol generic_timeout_error',
      'udp protocol generic_timeout_error',
      'udp shaped ok',
      'udp shaped ok',
    ])
  })

  it('is left out of a run without responders', () => {
    const { context } = testContext({ services: [protocolService('tor')], tiers: new Set(['C'] as const) })
    assert.deepEqual(planRun(context.settings, context.chance), [])
  })

  it('calls a closed port refused for both halves', async () => {
    const socket = createSocket('udp4')
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
    const { port } = socket.address()
    await new Promise<void>((resolve) => socket.close(() => resolve()))
    const closed = { ...open.responders, wireguard: { ...open.responders.wireguard, port } }
    const rows = await measure('wireguard', closed)
    assert.deepEqual([...new Set(rows)], ['udp protocol connection_refused', 'udp shaped connection_refused'])
  })
})
