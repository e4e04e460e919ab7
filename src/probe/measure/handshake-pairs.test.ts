import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { hasProgram } from '../../../test/kit/net/lab-authority.ts'
import { noControls, testContext } from '../../../test/kit/probe/probe-context.ts'
import { endpointOf, ProbeWorld } from '../../../test/kit/probe/probe-world.ts'
import { millis } from '../../core/model/units.ts'
import { systemClock } from '../../runtime/clock.ts'
import type { RunContext } from './context.ts'
import { Gate } from './gate.ts'
import { pairsAt } from './handshake-pairs.ts'
import type { EndpointPlan } from '../plan/plan.ts'

const skip = hasProgram('openssl') ? false : 'needs openssl'
const sourced = { source: 'test', checked_at: '2026-11-25' }
const planOf = (host: string, port: number): EndpointPlan => ({
  endpoint: endpointOf(host, port, ['tls']),
  checks: new Set(['tls']),
  begin: 'triple',
  pairsAt: { tls: 1, quic: 1 },
  asksEncrypted: false,
  asksControl: false,
})

describe('pairsAt() on loopback', { skip }, () => {
  let world: ProbeWorld
  before(async () => {
    world = await ProbeWorld.open()
  })
  after(() => world[Symbol.asyncDispose]())

  it('makes the halves of a pair one after the other, however many pairs wait', async () => {
    const ports = await Promise.all(Array.from({ length: 8 }, () => world.openService()))
    const { context } = testContext({ extraRoots: [world.root] })
    const { clock, signal } = { clock: systemClock, signal: context.tools.signal }
    const narrow: RunContext = {
      ...context,
      gate: new Gate({ atOnce: 1, livelyFor: millis(60_000), pace: millis(0) }, { clock, signal }),
    }
    const pairs = await Promise.all(
      ports.map((port) => pairsAt(narrow, planOf('localhost', port), { address: '127.0.0.1', over: 'tcp' })),
    )
    const order = pairs
      .flatMap(({ handshakes }) => handshakes.map(({ role, outcome }) => ({ role, ...outcome })))
      .toSorted((one, other) => one.startedAt - other.startedAt)
    assert.equal(order.length, 24)
    for (const port of ports) {
      const at = order.flatMap((one, nth) => (one.port === port ? [nth] : []))
      assert.deepEqual(
        at.map((nth) => order[nth]?.role),
        ['innocent', 'target', 'innocent'],
      )
      const between = at.slice(1).map((nth, before) => nth - at[before]!) // one less than there are halves
      assert.ok(Math.max(...between) <= 2, `${between} handshakes from half to half of one pair`)
    }
  })

  it('sends the target’s name to an address of the control name, between two handshakes of that name', async () => {
    world.treatments.set('service.example', 'reset')
    try {
      const port = await world.openService()
      const { context } = testContext({
        extraRoots: [world.root],
        controls: { ...noControls, innocent: [{ host: 'localhost', ...sourced }] },
      })
      const { handshakes, seen } = await pairsAt(context, planOf('service.example', port), {
        address: '127.0.0.1',
        over: 'tcp',
      })
      assert.equal(seen, 'discordant')
      const rows = handshakes.map(
        ({ role, outcome }) => `${role}-${outcome.serverName} ${outcome.failure?.code ?? 'ok'}`,
      )
      assert.deepEqual(rows.slice(-3), [
        'innocent-localhost ok',
        'crossed-service.example connection_reset',
        'innocent-localhost ok',
      ])
      assert.equal(rows.filter((row) => row.startsWith('crossed')).length, 1, 'once, not in every round')
      const sourcePorts = handshakes.map(({ outcome }) => outcome.localPort)
      assert.equal(new Set(sourcePorts).size, sourcePorts.length, 'from a source port of its own each time')
    } finally {
      world.treatments.clear()
    }
  })

  it('crosses names no oftener than the run may', async () => {
    world.treatments.set('service.example', 'reset')
    try {
      const port = await world.openService()
      const { context } = testContext({
        extraRoots: [world.root],
        controls: { ...noControls, innocent: [{ host: 'localhost', ...sourced }] },
      })
      context.allowance.crossings = 1
      const roles: string[][] = []
      for (let times = 0; times < 2; times++) {
        const to = { address: '127.0.0.1', over: 'tcp' } as const
        const { handshakes, seen } = await pairsAt(context, planOf('service.example', port), to)
        assert.equal(seen, 'discordant')
        roles.push(handshakes.map(({ role }) => role))
      }
      assert.deepEqual(
        roles.map((of) => of.includes('crossed')),
        [true, false],
      )
    } finally {
      world.treatments.clear()
    }
  })

  it('sends the target’s name nowhere else where nothing differs', async () => {
    const port = await world.openService()
    const { context } = testContext({
      extraRoots: [world.root],
      controls: { ...noControls, innocent: [{ host: 'localhost', ...sourced }] },
    })
    const { handshakes } = await pairsAt(context, planOf('localhost', port), { address: '127.0.0.1', over: 'tcp' })
    assert.deepEqual(
      handshakes.map(({ role }) => role),
      ['innocent', 'target', 'innocent'],
    )
  })
})
