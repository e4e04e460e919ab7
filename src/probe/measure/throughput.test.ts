import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { TLSSocket } from 'node:tls'
import { after, before, beforeEach, describe, it } from 'node:test'
import { hasProgram, LabAuthority } from '../../../test/kit/net/lab-authority.ts'
import { testContext } from '../../../test/kit/probe/probe-context.ts'
import { endpointOf } from '../../../test/kit/probe/probe-world.ts'
import type { EndpointPlan } from '../plan/plan.ts'
import { measureThroughput } from './throughput.ts'

const skip = hasProgram('openssl') ? false : 'needs openssl'
const WHOLE = 128 * 1024
/** Pieces of a slowed answer, and milliseconds between two: together longer than a second, or shorter. */
const PIECES = 16
const EVERY = 75
const OFTEN = 15

const planOf = (port: number): EndpointPlan => ({
  endpoint: { ...endpointOf('localhost', port, ['down', 'up']), path: '/file' },
  checks: new Set(['down', 'up']),
  begin: 'triple',
  pairsAt: { tls: 1, quic: 1 },
  asksEncrypted: false,
  asksControl: false,
})

describe('measureThroughput() on loopback', { skip }, () => {
  const authority = skip === false ? new LabAuthority() : undefined
  let server: Server
  let port = 0
  /** Whether an answer under a name is slowed, and how long an answer under it is. */
  let isSlow: (name: string) => boolean
  /** Whether the connection under a name is cut in place of an answer. */
  let isCut: (name: string) => boolean
  let every: number
  let bytesFor: (name: string) => number
  /** Paths and hosts that were asked for, by the name of the hello. */
  let asked: string[]

  before(async () => {
    assert.ok(authority !== undefined)
    const { chain, key } = authority.issue('local', { names: ['localhost'] })
    server = createServer({ cert: readFileSync(chain), key: readFileSync(key) }, (request, response) => {
      const { socket } = request
      const name = socket instanceof TLSSocket && typeof socket.servername === 'string' ? socket.servername : ''
      asked.push(
        `${name === 'localhost' ? 'target' : 'control'} ${request.method} ${request.headers.host} ${request.url}`,
      )
      request.resume()
      if (isCut(name)) return void socket.destroy()
      if (request.method === 'POST') return void request.on('end', () => response.end())
      const whole = bytesFor(name)
      if (!isSlow(name)) return void response.end(Buffer.alloc(whole))
      let left = PIECES
      const timer = setInterval(() => {
        response.write(Buffer.alloc(whole / PIECES))
        if (--left === 0) response.end()
        if (left === 0) clearInterval(timer)
      }, every)
      response.once('close', () => clearInterval(timer))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port // it listens on TCP
  })
  beforeEach(() => {
    isSlow = () => false
    isCut = () => false
    every = EVERY
    bytesFor = () => WHOLE
    asked = []
  })
  after(() => {
    server.closeAllConnections()
    server.close()
    authority?.[Symbol.dispose]()
  })

  const measure = async (direction: 'down' | 'up') => {
    assert.ok(authority !== undefined)
    const { context } = testContext({ extraRoots: [authority.root], transferBytes: WHOLE })
    return measureThroughput(context, planOf(port), { address: '127.0.0.1', direction })
  }
  const rounds = (rows: Awaited<ReturnType<typeof measure>>): readonly string[] =>
    rows.map(({ role, round }) => `${round}-${role}`).toSorted()

  it('asks for the same path of the same host under both names, once where both are alike', async () => {
    isSlow = () => true // what takes no time has no rate
    every = OFTEN
    const rows = await measure('down')
    assert.deepEqual(rounds(rows), ['0-innocent', '0-target'])
    assert.deepEqual(asked.toSorted(), [`control GET localhost:${port} /file`, `target GET localhost:${port} /file`])
    for (const { outcome } of rows) assert.ok(outcome.bytes >= WHOLE && outcome.bytes < 2 * WHOLE)
  })

  it('asks three times where the target alone is slowed', async () => {
    isSlow = (name) => name === 'localhost'
    const rows = await measure('down')
    assert.deepEqual(rounds(rows), ['0-innocent', '0-target', '1-innocent', '1-target', '2-innocent', '2-target'])
    for (const { role, outcome } of rows) assert.equal(outcome.arrivals.length > 4, role === 'target')
  })

  it('asks once if only the control name is slowed: that is no throttling of the service', async () => {
    isSlow = (name) => name !== 'localhost'
    assert.deepEqual(rounds(await measure('down')), ['0-innocent', '0-target'])
  })

  it('asks once where the slow half is over within a second: nothing is judged by it', async () => {
    isSlow = (name) => name === 'localhost'
    every = OFTEN
    assert.deepEqual(rounds(await measure('down')), ['0-innocent', '0-target'])
  })

  it('asks three times where the target’s half breaks before it moved anything', async () => {
    isCut = (name) => name === 'localhost'
    assert.deepEqual(rounds(await measure('down')).length, 6)
  })

  it('derives no rate from a control half of a few bytes', async () => {
    isSlow = (name) => name === 'localhost'
    bytesFor = (name) => (name === 'localhost' ? WHOLE : 4 * 1024)
    assert.deepEqual(rounds(await measure('down')), ['0-innocent', '0-target'])
  })

  it('sends up under both names', async () => {
    const rows = await measure('up')
    assert.deepEqual(asked.slice(0, 2).toSorted(), [
      `control POST localhost:${port} /file`,
      `target POST localhost:${port} /file`,
    ])
    for (const { outcome } of rows) assert.equal(outcome.direction, 'up')
  })

  it('draws each time which name goes first', async () => {
    const first = new Set<string>()
    for (let tries = 0; first.size < 2 && tries < 40; tries++) first.add((await measure('down'))[0]!.role) // two halves
    assert.deepEqual([...first].toSorted(), ['innocent', 'target'])
  })
})
