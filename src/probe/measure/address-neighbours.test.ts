import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer as createHttp, type Server as HttpServer } from 'node:http'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { text } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { testContext } from '../../../test/kit/probe/probe-context.ts'
import { endpointOf } from '../../../test/kit/probe/probe-world.ts'
import { neighbourRows } from './address-neighbours.ts'
import type { EndpointPlan } from '../plan/plan.ts'

const planOf = (port: number): EndpointPlan => ({
  endpoint: endpointOf('service.example', port, ['tls']),
  checks: new Set(['tls']),
  begin: 'triple',
  pairsAt: { tls: 1, quic: 1 },
  asksEncrypted: false,
  asksControl: true,
})

describe('neighbourRows()', { skip: process.platform === 'linux' ? false : 'needs all of 127.0.0.0/8' }, () => {
  let everywhere: Server
  let helper: HttpServer
  let port = 0
  let url = ''
  /** Addresses that connections came to. */
  const reached: string[] = []
  let asked: unknown
  let confirmed: readonly string[] = []

  before(async () => {
    everywhere = createServer((socket) => {
      reached.push(socket.localAddress ?? '')
      socket.on('error', () => undefined)
      // An alert of TLS to any name: a server is there.
      socket.once('data', () => socket.end(Buffer.from([21, 3, 3, 0, 2, 2, 40])))
    })
    everywhere.listen(0, '0.0.0.0')
    await once(everywhere, 'listening')
    port = (everywhere.address() as AddressInfo).port // it listens on TCP
    helper = createHttp((request, response) => {
      void text(request).then((body) => {
        asked = JSON.parse(body)
        const tried = confirmed.map((address) => [`${address}:${port}`, { status: true, failure: null }] as const)
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify({ tcp_connect: Object.fromEntries<unknown>(tried) }))
      })
    })
    helper.listen(0, '127.0.0.1')
    await once(helper, 'listening')
    url = `http://127.0.0.1:${(helper.address() as AddressInfo).port}/` // it listens on TCP
  })
  after(() => {
    everywhere.close()
    helper.close()
    helper.closeAllConnections()
  })

  it('connects to and greets two addresses next to a silent one, and only those that the control has reached', async () => {
    confirmed = ['127.0.0.52', '127.0.0.47', '127.0.0.49']
    reached.length = 0
    const { context } = testContext({ controlUrls: [url] })
    using _ = context.control
    context.dialled.add('127.0.0.49') // under test itself
    const { connects, handshakes } = await neighbourRows(context, planOf(port), ['127.0.0.50'])
    assert.deepEqual(
      connects.map(({ role, outcome }) => `${role} ${outcome.address} ${outcome.failure?.code ?? 'ok'}`),
      ['neighbour 127.0.0.52 ok', 'neighbour 127.0.0.47 ok'],
    )
    assert.deepEqual(
      handshakes.map(({ role, outcome }) =>
        `${role} ${outcome.address} ${outcome.serverName} ${outcome.answered}`.replace(
          / (innocent|harmless)\S*/,
          ' a-control-name',
        ),
      ),
      ['neighbour 127.0.0.52 a-control-name true', 'neighbour 127.0.0.47 a-control-name true'],
    )
    assert.ok(!JSON.stringify(asked).includes('127.0.0.49'), 'no control is asked about an address under test')
    assert.deepEqual([...new Set(reached)].toSorted(), ['127.0.0.47', '127.0.0.52'])
  })

  it('touches no third party’s address if the control confirms none, or there is no control', async () => {
    confirmed = []
    reached.length = 0
    for (const controlUrls of [[url], []]) {
      const { context } = testContext({ controlUrls })
      using _ = context.control
      assert.deepEqual(await neighbourRows(context, planOf(port), ['127.0.0.50']), { handshakes: [], connects: [] })
    }
    assert.deepEqual(reached, [])
  })

  it('keeps within what a run may ask', async () => {
    confirmed = ['127.0.0.52']
    reached.length = 0
    const { context } = testContext({ controlUrls: [url] })
    using _ = context.control
    context.allowance.neighbourhoods = 0
    assert.deepEqual(await neighbourRows(context, planOf(port), ['127.0.0.50']), { handshakes: [], connects: [] })
    assert.deepEqual(reached, [])
  })
})
