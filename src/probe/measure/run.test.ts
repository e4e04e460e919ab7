import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { getServers, setServers } from 'node:dns'
import { after, before, describe, it } from 'node:test'
import { decodeMeasurement } from '../../core/ooni/decode/decode.ts'
import { encodeMeasurement } from '../../core/ooni/encode/measurement.ts'
import { instant, millis, parseAsn, parseCountryCode } from '../../core/model/units.ts'
import { systemClock } from '../../runtime/clock.ts'
import { openControl } from '../../../test/kit/net/control-world.ts'
import { hasProgram } from '../../../test/kit/net/lab-authority.ts'
import { localService, ProbeWorld } from '../../../test/kit/probe/probe-world.ts'
import type { RunEvent, RunResult, RunSettings, RunTools } from './contract.ts'
import { measureRun } from './run.ts'

const skip = hasProgram('openssl') ? false : 'needs openssl'
const IDENTITY = {
  softwareVersion: '0.1.0',
  platform: 'linux',
  architecture: 'x64',
  probe: '0123456789abcdef',
  key: 'A'.repeat(43) + '=',
  ownAddresses: [],
}

describe('measureRun() on loopback', { skip }, () => {
  let world: ProbeWorld
  let page = 0
  let canaries: readonly number[] = []
  const servers = getServers()

  before(async () => {
    if (skip !== false) return
    world = await ProbeWorld.open()
    page = await world.openService()
    canaries = await Promise.all(Array.from({ length: 5 }, () => world.openService()))
    // Nothing of a test leaves the machine: no resolver is asked by packets.
    setServers([`127.0.0.1:${await world.closedPort()}`])
  })
  after(async () => {
    setServers(servers)
    await world[Symbol.asyncDispose]()
  })

  const settingsOf = (changes: Partial<RunSettings> = {}): RunSettings => ({
    services: [localService('alpha', page, ['tls', 'page'])],
    controls: world.controls(canaries),
    tiers: new Set(['A']),
    scope: 'full',
    kind: 'manual',
    controlUrls: [],
    collectorUrls: [],
    extraRoots: [world.root],
    transferBytes: 65_536,
    dialsPrivate: true,
    ...changes,
  })

  async function run(
    settings: RunSettings,
    signal = new AbortController().signal,
  ): Promise<RunResult & { readonly events: readonly RunEvent[] }> {
    const events: RunEvent[] = []
    const tools: RunTools = {
      clock: systemClock,
      signal,
      random: (length) => randomBytes(length),
      onEvent: (event) => events.push(event),
    }
    return { ...(await measureRun(settings, tools)), events }
  }

  it('writes what flows of two controls showed as a measurement of the line alone', async () => {
    const networks = {
      lookup: (address: string) => parseAsn(address === '127.0.0.3' ? 64503 : 64509),
      network: () => undefined,
    }
    await using one = await openControl({ allow: ['127.0.0.0/8'], networks })
    await using other = await openControl({ allow: ['127.0.0.0/8'], networks, host: '127.0.0.3' })
    const network = { asn: parseAsn(64500), country: parseCountryCode('KZ'), name: '', from: 'option' } as const
    const { events, services, lineRun } = await run(settingsOf({ controlUrls: [one.url, other.url], network }))
    assert.equal(services.length, 1)
    assert.equal(lineRun, undefined)
    const told = events.flatMap((event) => (event.kind === 'service' ? [event.run] : []))
    assert.deepEqual(
      told.map(({ service }) => service),
      ['alpha', 'line'],
    )
    assert.equal(told[0]?.line.flows, undefined)
    const flows = told[1]?.line.flows?.toSorted((a, b) => a.asn - b.asn)
    assert.deepEqual(
      flows?.map(({ asn, flows }) => [asn, flows.map(({ ended }) => ended)]),
      [
        [64503, ['whole']],
        [64509, ['whole']],
      ],
    )
    const document: unknown = JSON.parse(encodeMeasurement(told[1]!, IDENTITY)) // two are there
    assert.doesNotMatch(JSON.stringify(document), /127\.0\.0\.3/)
    const decoded = decodeMeasurement(document)
    assert.ok(decoded.kind === 'measurement')
    assert.deepEqual(decoded.head.line?.flows, told[1]?.line.flows)
  })

  it('measures a healthy service: lookups, triple, page, and a line that is well', async () => {
    const { services, line, events } = await run(settingsOf())
    assert.equal(line.state, 'no-ipv6')
    assert.deepEqual(
      line.canaries.map(({ moment, tried, passed }) => [moment, tried, passed]),
      [
        ['before', 5, 5],
        ['after', 5, 5],
      ],
    )
    const [service] = services
    const endpoint = service?.endpoints[0]
    assert.deepEqual(
      endpoint?.tls.map(({ role, outcome }) => [role, outcome.failure?.code]),
      [
        ['innocent', undefined],
        ['target', undefined],
        ['innocent', undefined],
      ],
    )
    assert.equal(endpoint?.exchanges[0]?.outcome.status, 200)
    assert.deepEqual(
      [...new Set(events.map(({ kind }) => kind))].sort(),
      ['line', 'network', 'operation', 'plan', 'service'].sort(),
    )
  })

  it('counts every connection of a run, also those whose bytes no row of a measurement tells', async () => {
    const { bytes, services } = await run(settingsOf({ scope: 'core' }))
    const rows = services.flatMap(({ endpoints }) => endpoints.flatMap(({ tls }) => tls.map(({ outcome }) => outcome)))
    const told = rows.reduce((sum, { bytesReceived }) => sum + bytesReceived, 0)
    // Five canaries before and after, and the page of known content, are connections of their own.
    assert.ok(bytes.received > told + 11 * (60 + 52), `${bytes.received} of which rows tell ${told}`)
    assert.ok(bytes.received < 200_000)
  })

  it('writes a document that reads back, without the address by which a server greets its visitor', async () => {
    const { services } = await run(settingsOf())
    const text = encodeMeasurement(services[0]!, IDENTITY) // one service was measured
    assert.doesNotMatch(text, /45\.11\.12\.13/)
    const decoded = decodeMeasurement(JSON.parse(text))
    assert.equal(decoded.kind, 'measurement')
    assert.doesNotMatch(text, /\n/)
  })

  it('sees a name that is reset while another passes, in two rounds', async () => {
    world.treatments.set('localhost', 'reset')
    try {
      const target = await world.openService()
      // The canaries carry the same name here; in a core run only their connections count.
      const { services } = await run(settingsOf({ services: [localService('beta', target, ['tls'])], scope: 'core' }))
      const rows = services[0]?.endpoints[0]?.tls ?? []
      const targets = rows.filter(({ role }) => role === 'target')
      assert.deepEqual(
        targets.map(({ outcome }) => outcome.failure?.code),
        ['connection_reset', 'connection_reset'],
      )
      assert.ok(rows.filter(({ role }) => role === 'innocent').every(({ outcome }) => outcome.failure === undefined))
    } finally {
      world.treatments.clear()
    }
  })

  it('tells nothing of a service that its time left undecided, and all of one that needs no repetition', async () => {
    const late = async (settings: RunSettings): Promise<readonly [readonly string[], readonly string[]]> => {
      let jump = 0
      const tools: RunTools = {
        clock: { now: systemClock.now, monotonic: () => millis(systemClock.monotonic() + jump) },
        signal: new AbortController().signal,
        random: (length) => randomBytes(length),
        onEvent: ({ kind }) => {
          if (kind === 'plan') jump = 100_000
        },
      }
      const { services, unfinished } = await measureRun(settings, tools)
      return [services.map(({ service }) => service), unfinished]
    }
    assert.deepEqual(await late(settingsOf()), [['alpha'], []])
    world.treatments.set('localhost', 'reset')
    try {
      const target = await world.openService()
      const services = [localService('beta', target, ['tls'])]
      assert.deepEqual(await late(settingsOf({ services, scope: 'core' })), [[], ['beta']])
    } finally {
      world.treatments.clear()
    }
  })

  it('measures nothing of a service on a line where no canary answers', async () => {
    const closed = await world.closedPort()
    const before = world.reached.get(page) ?? 0
    const { services, line, lineRun } = await run(
      settingsOf({ controls: world.controls([closed, closed, closed, closed, closed]) }),
    )
    assert.equal(line.state, 'down')
    assert.deepEqual(services, [])
    assert.equal(lineRun?.service, 'line')
    assert.equal(world.reached.get(page) ?? 0, before, 'the service was not reached')
  })

  it('sets aside what was under way when the machine slept, whether or not the monotonic clock went on', async () => {
    for (const jump of [
      { wall: 3_600_000, monotonic: 0 },
      { wall: 3_600_000, monotonic: 3_600_000 },
    ]) {
      let [wall, monotonic] = [0, 0]
      const clock = {
        now: () => instant(systemClock.now() + wall),
        monotonic: () => millis(systemClock.monotonic() + monotonic),
      }
      const told: string[] = []
      const { services, unfinished, slept, lineRun } = await measureRun(settingsOf(), {
        clock,
        signal: new AbortController().signal,
        random: (length) => randomBytes(length),
        onEvent: ({ kind }) => {
          told.push(kind)
          if (kind !== 'operation') return
          wall = jump.wall
          monotonic = jump.monotonic
        },
      })
      assert.deepEqual([services, unfinished, slept, lineRun], [[], ['alpha'], true, undefined])
      assert.equal(told.includes('service'), false)
    }
    assert.equal((await run(settingsOf({ scope: 'core' }))).slept, false)
  })

  it('measures only tiers consented to, and never a pattern', async () => {
    const secret = await world.openService()
    const other = { ...localService('gamma', secret, ['tls']), tier: 'B' as const }
    const { services } = await run(settingsOf({ services: [localService('alpha', page, ['tls']), other] }))
    assert.deepEqual(
      services.map(({ service }) => service),
      ['alpha'],
    )
    assert.equal(world.reached.get(secret), undefined)
  })

  it('tells a refused port from a service, and does not call it silence', async () => {
    const closed = await world.closedPort()
    const { services } = await run(settingsOf({ services: [localService('delta', closed, ['tls'])] }))
    const endpoint = services[0]?.endpoints[0]
    assert.deepEqual(
      endpoint?.connects.map(({ role, outcome }) => [role, outcome.failure?.code]),
      [
        ['target', 'connection_refused'],
        ['target', 'connection_refused'],
      ],
    )
    assert.deepEqual(endpoint?.tls, [])
  })

  it('rejects with the reason of a run that is interrupted, and reports no service half measured', async () => {
    world.treatments.set('localhost', 'silence')
    const controller = new AbortController()
    const events: RunEvent[] = []
    const ended = new Error('interrupted')
    const tools: RunTools = {
      clock: systemClock,
      signal: controller.signal,
      random: (length) => randomBytes(length),
      onEvent: (event) => {
        events.push(event)
        if (event.kind === 'operation') controller.abort(ended)
      },
    }
    try {
      await assert.rejects(measureRun(settingsOf({ scope: 'core' }), tools), ended)
      assert.deepEqual(
        events.filter(({ kind }) => kind === 'service'),
        [],
      )
    } finally {
      world.treatments.clear()
    }
  })
})
