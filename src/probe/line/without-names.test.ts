import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { describe, it } from 'node:test'
import { addressRecord, openUdpResolver, type Behaviour } from '../../../test/kit/net/udp-resolver.ts'
import type { Controls } from '../../core/model/tables/controls.ts'
import { millis } from '../../core/model/units.ts'
import { systemClock } from '../../runtime/clock.ts'
import { answersWithoutNames } from './without-names.ts'

const tools = { clock: systemClock, signal: new AbortController().signal, limit: millis(5_000) }
const sourced = { source: 'test', checked_at: '2026-11-25' }
const NOBODY: Controls = {
  innocent: [],
  hosting: [],
  canaries: [],
  resolvers: [],
  clocks: [],
  portals: [],
  udpResolvers: [],
  whoami: [],
}
const NXDOMAIN = 3

async function heard(behave: Behaviour): Promise<boolean> {
  await using resolver = await openUdpResolver(behave)
  const { address, port } = resolver
  return await answersWithoutNames({ controls: { ...NOBODY, udpResolvers: [{ address, port, ...sourced }] } }, tools)
}

describe('answersWithoutNames()', () => {
  it('counts a resolver that gives a public address', async () => {
    assert.equal(await heard((_, reply) => reply.send([addressRecord('example.com', '93.184.215.14')])), true)
  })

  it('counts no router that says of every name that there is none, that it cannot, or its own address', async () => {
    assert.equal(await heard((_, reply) => reply.send([], { rcode: NXDOMAIN })), false)
    assert.equal(await heard((_, reply) => reply.send([])), false)
    assert.equal(await heard((_, reply) => reply.send([addressRecord('example.com', '192.168.1.1')])), false)
  })

  it('counts a connection to an address', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const place = server.address()
    assert.ok(typeof place === 'object' && place !== null)
    const listed = (port: number): Controls => ({
      ...NOBODY,
      resolvers: [{ url: `https://resolver.test:${port}/dns-query`, address: '127.0.0.1', ...sourced }],
    })
    assert.equal(await answersWithoutNames({ controls: listed(place.port) }, tools), true)
    await new Promise<void>((resolve) => void server.close(() => resolve()))
    assert.equal(await answersWithoutNames({ controls: listed(place.port) }, tools), false)
  })
})
