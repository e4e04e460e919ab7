import assert from 'node:assert/strict'
import { connect, createServer, type AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import { openControl, type OpenControl } from '../../../test/kit/net/control-world.ts'
import { testContext } from '../../../test/kit/probe/probe-context.ts'
import { frozenNetworks, type HostingLook } from '../../core/model/measured/hosting-flow.ts'
import { millis, parseAsn, type Asn } from '../../core/model/units.ts'
import { chanceOf } from './chance.ts'
import { drawFlowServers, lookAtFlows } from './hosting-flows.ts'

const [HOME, OTHER] = [parseAsn(64509), parseAsn(64503)]
const networks = {
  lookup: (address: string): Asn => (address === '127.0.0.3' ? OTHER : HOME),
  network: () => undefined,
}

/** A path to a control on which the first connections stop after so many bytes, without an end. */
async function openPath(to: OpenControl, stops: { readonly connections: number; readonly after: number }) {
  let connections = 0
  const server = createServer((client) => {
    const isStopped = connections++ < stops.connections
    const { hostname, port } = new URL(to.url)
    const behind = connect(Number(port), hostname)
    let passed = 0
    for (const [one, other] of [
      [client, behind],
      [behind, client],
    ] as const) {
      one.on('error', () => other.destroy())
      // A server that closes is not heard on a path that has stopped.
      one.on('close', () => (isStopped && one === behind ? undefined : other.destroy()))
    }
    client.pipe(behind)
    behind.on('data', (chunk: Buffer) => {
      const part = isStopped ? chunk.subarray(0, Math.max(0, stops.after - passed)) : chunk
      passed += part.length
      if (part.length > 0) client.write(part)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.3', resolve))
  return {
    url: `http://127.0.0.3:${(server.address() as AddressInfo).port}/`, // it listens on TCP
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  }
}

async function look(stops: { readonly connections: number; readonly after: number }): Promise<readonly HostingLook[]> {
  await using control = await openControl({ allow: ['127.0.0.0/8'], networks })
  await using path = await openPath(control, stops)
  const urls = [control.url, path.url]
  const { context } = testContext({ controlUrls: urls })
  const looks = await lookAtFlows(context, urls, { onBytes: () => undefined, limit: millis(900) })
  return looks.toSorted((a, b) => b.asn - a.asn)
}

/** As if the limit had been that of a real run. */
const long = (looks: readonly HostingLook[]): readonly HostingLook[] =>
  looks.map((one) => ({
    ...one,
    flows: one.flows.map((flow) => ({ ...flow, silence: (flow.silence * 12) as typeof flow.silence })),
  }))

describe('lookAtFlows()', () => {
  it('asks once where all come whole', async () => {
    const looks = await look({ connections: 0, after: 0 })
    assert.deepEqual(
      looks.map(({ asn, flows }) => [asn, flows.map(({ ended }) => ended)]),
      [
        [HOME, ['whole']],
        [OTHER, ['whole']],
      ],
    )
  })

  it('asks all again where one falls silent, then a new connection and from abroad', async () => {
    const looks = await look({ connections: 2, after: 14_000 })
    const [home, other] = looks
    assert.deepEqual(
      home?.flows.map(({ ended }) => ended),
      ['whole', 'whole'],
    )
    assert.deepEqual(
      other?.flows.map(({ ended, bytes }) => [ended, bytes]),
      [
        ['silent', 14_000],
        ['silent', 14_000],
      ],
    )
    assert.deepEqual([other?.opensAfterwards, other?.comesAbroad], [true, true])
    assert.deepEqual(frozenNetworks(looks), [], 'no silence of seconds')
    assert.deepEqual(frozenNetworks(long(looks)), [{ asn: OTHER, other: HOME, bytes: 14_000 }])
  })

  it('tells a server that hangs for another server of ours, too', async () => {
    // Two flows, then one that shows a new connection, then the one from abroad.
    const looks = await look({ connections: 4, after: 14_000 })
    assert.deepEqual([looks[1]?.opensAfterwards, looks[1]?.comesAbroad], [true, false])
    assert.deepEqual(frozenNetworks(long(looks)), [])
  })

  it('asks nothing where all servers are of one network', async () => {
    await using control = await openControl({ allow: ['127.0.0.0/8'], networks })
    const { context } = testContext({ controlUrls: [control.url, control.url] })
    assert.deepEqual(
      await lookAtFlows(context, [control.url, control.url], { onBytes: () => undefined, limit: millis(900) }),
      [],
    )
  })
})

describe('drawFlowServers()', () => {
  const { context } = testContext({ controlUrls: ['a', 'b', 'c', 'd', 'e'] })
  const draw = (changes: Partial<typeof context.settings>): number =>
    drawFlowServers({ ...context.settings, ...changes }, context.chance).length

  it('takes four in a run that a person began, none in core runs, none of a single server', () => {
    assert.equal(draw({}), 4)
    assert.equal(draw({ scope: 'core' }), 0)
    assert.equal(draw({ controlUrls: ['a'] }), 0)
  })

  it('takes one of four full runs of the schedule', () => {
    let state = 0
    const chance = chanceOf(() => Uint8Array.from([0, 0, 0, state++ % 4]))
    const settings = { ...context.settings, kind: 'scheduled' as const }
    const drawn = Array.from({ length: 400 }, () => drawFlowServers(settings, { ...chance, shuffled: (all) => all }))
    assert.equal(drawn.filter(({ length }) => length > 0).length, 100)
  })
})
