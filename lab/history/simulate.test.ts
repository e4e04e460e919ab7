import { it } from 'node:test'
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DAY_MS } from '../../src/core/model/duration.ts'
import { networksSchema } from '../../src/core/model/tables/tables.ts'
import { servicesSchema } from '../../src/core/model/tables/service.ts'
import { PACKAGE_ROOT } from '../../src/runtime/files/package-root.ts'
import { almatyHour } from './plan.ts'
import { SIMULATED_NETWORKS } from './probes.ts'
import { simulateHistory, type HistoryOptions } from './simulate.ts'
import { TARGETS } from './world.ts'

const SHORT: HistoryOptions = {
  seed: 5,
  since: Date.UTC(2026, 8, 1),
  days: 3,
  networks: 4,
  probesPerNetwork: 1,
  intervalMinutes: 120,
}
const lines = (options: HistoryOptions): readonly string[] =>
  [...simulateHistory(options).measurements()].map(({ line }) => line)
const bundled = (name: string): unknown => JSON.parse(readFileSync(join(PACKAGE_ROOT, 'data', name), 'utf8'))

it('a history depends on its seed and options alone, byte for byte', () => {
  assert.deepEqual(lines(SHORT), lines(SHORT))
  assert.notDeepEqual(lines(SHORT), lines({ ...SHORT, seed: 6 }))
  assert.deepEqual(simulateHistory(SHORT).stories, simulateHistory(SHORT).stories)
})

it('every measurement says that it is simulated, and its network is a documentation network', () => {
  for (const line of lines(SHORT)) {
    assert.match(line, /"simulated":"true"/)
    assert.match(line, /"software_name":"kuager-simulator"/)
    assert.match(line, /"probe_asn":"AS(644(9[6-9])|645(0\d|1[01]))"/)
  }
})

it('a history that ends within its last day is the same history, cut off', () => {
  const until = SHORT.since + 2 * DAY_MS + DAY_MS / 2
  const cut = [...simulateHistory({ ...SHORT, until }).measurements()]
  const whole = [...simulateHistory(SHORT).measurements()].map(({ line }) => line)
  assert.ok(cut.length > 0 && cut.length < whole.length)
  assert.deepEqual(
    cut.filter(({ line }) => !whole.includes(line)),
    [],
  )
})

it('no two measurements have the same bytes', () => {
  const all = lines(SHORT)
  assert.equal(new Set(all).size, all.length)
})

it('a measurement says nothing of the truth behind it', () => {
  const history = simulateHistory(SHORT)
  const ids = history.stories.map(({ id }) => id)
  for (const { line } of history.measurements())
    for (const id of ids) assert.ok(!line.includes(`"${id}"`), `${id} stands in a measurement`)
})

it('at least half of the stories of any history are no blocking', () => {
  for (let seed = 0; seed < 40; seed++) {
    const { stories } = simulateHistory({ ...SHORT, seed, days: 30, networks: 6 })
    const blocking = stories.filter((story) => story.blocking).length
    assert.ok(blocking * 2 <= stories.length && blocking >= 6, `seed ${seed}: ${blocking} of ${stories.length}`)
  }
})

it('stories lie within the history and end after they begin', () => {
  const { stories } = simulateHistory({ ...SHORT, days: 30 })
  for (const { id, networks } of stories)
    for (const span of networks) {
      const [start, end] = [Date.parse(span.start_utc), Date.parse(span.end_utc)]
      assert.ok(start < end, id)
      assert.ok(start >= SHORT.since && end <= SHORT.since + 31 * DAY_MS, id)
    }
})

it('an evening begins at 14:00Z before March 2024 and at 15:00Z after it', () => {
  assert.equal(almatyHour(Date.UTC(2018, 3, 10), 20), Date.UTC(2018, 3, 10, 14))
  assert.equal(almatyHour(Date.UTC(2026, 3, 10), 20), Date.UTC(2026, 3, 10, 15))
})

it('the simulated networks stand in data/networks.json under the same names', () => {
  const known = new Map(networksSchema.parse(bundled('networks.json')).networks.map(({ asn, name }) => [asn, name]))
  for (const { asn, name } of SIMULATED_NETWORKS) assert.equal(known.get(asn), name)
})

it('every service of a target stands in data/services.json, its host with it, or is an invented site', () => {
  const { services } = servicesSchema.parse(bundled('services.json'))
  for (const { service, input } of TARGETS) {
    const known = services.find(({ id }) => id === service)
    if (known === undefined) assert.match(service, /^web:.*\.example$/)
    else if (input !== undefined) {
      const host = new URL(input).hostname
      assert.ok(
        known.endpoints.some((item) => item.host === host || host.endsWith(item.host.replace(/^\*/, ''))),
        host,
      )
    }
  }
})

it('data/services.json gives no host to two services', () => {
  const { services } = servicesSchema.parse(bundled('services.json'))
  // One service may list a host with two ports.
  const hosts = services.flatMap(({ endpoints }) => [...new Set(endpoints.map(({ host }) => host))])
  assert.equal(new Set(hosts).size, hosts.length)
  assert.equal(new Set(services.flatMap(({ tests }) => tests)).size, services.flatMap(({ tests }) => tests).length)
})
