import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { instant, parseInstant } from '../../core/model/units.ts'
import { pauseAfterPass } from './back-off.ts'
import { collectorService } from './collector-service.ts'
import { afterPass, mayDeliver, type DeliveryState } from './delivery-state.ts'
import { parseRoute } from './route.ts'

const now = parseInstant('2026-11-25')
const fresh: DeliveryState = { failures: 0, next: 0, unreachable: false }
const empty = { accepted: 0, refused: 0, held: 0, left: 1, sent: 0 }

describe('the back-off', () => {
  it('begins at 15 minutes, doubles, and ends at twelve hours, a quarter more or less', () => {
    assert.deepEqual(
      [1, 2, 3, 6, 7, 50].map((failures) => pauseAfterPass(failures, () => 0.5) / 60_000),
      [15, 30, 60, 480, 720, 720],
    )
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.float({ min: 0, max: Math.fround(0.999), noNaN: true }),
        (failures, chance) => {
          const minutes = pauseAfterPass(failures, () => chance) / 60_000
          return minutes >= 11.25 && minutes <= 900
        },
      ),
    )
  })

  it('grows with each pass that ended early and ends with one that did not', () => {
    const stopped = { ...empty, stopped: { kind: 'unreachable', failure: 'connection_reset' } } as const
    const tools = { now, random: () => 0.5 }
    const once = afterPass(fresh, stopped, tools)
    const twice = afterPass(once, stopped, tools)
    assert.deepEqual([once.failures, twice.failures, twice.unreachable], [1, 2, true])
    assert.ok(!mayDeliver(twice, now) && mayDeliver(twice, instant(now + 31 * 60_000)))
    const after = afterPass(twice, { ...empty, accepted: 3, left: 0 }, tools)
    assert.deepEqual(after, { failures: 0, next: 0, unreachable: false, lastUpload: now })
  })

  it('is as long as a busy collector asked the first time', () => {
    const busy = { ...empty, stopped: { kind: 'busy', retryAfter: 60_000 } } as const
    const state = afterPass(fresh, JSON.parse(JSON.stringify(busy)) as typeof empty, { now, random: () => 0 })
    assert.equal(state.next - now, 60_000)
    assert.equal(state.unreachable, false)
  })

  it('does not hold delivery up when the clock was set back by days', () => {
    assert.ok(mayDeliver({ failures: 3, next: now + 48 * 3_600_000, unreachable: true }, now))
  })
})

describe('a route', () => {
  it('is read', () => {
    assert.deepEqual(['direct', 'tor', 'http://user:secret@192.0.2.1:3128', 'socks5://[::1]:9050'].map(parseRoute), [
      { kind: 'direct' },
      { kind: 'tor' },
      { kind: 'http-proxy', url: 'http://user:secret@192.0.2.1:3128/' },
      { kind: 'socks5', host: '::1', port: 9050 },
    ])
  })

  it('that cannot be read is refused without being repeated', () => {
    for (const text of ['', 'ftp://secret', 'http://h/secret', 'socks5://user:secret@h:1', 'secret'])
      assert.throws(
        () => parseRoute(text),
        (error) => error instanceof Error && !error.message.includes('secret'),
      )
  })
})

describe('collectorService()', () => {
  it('makes of collector addresses a service of tier A whose names are asked by pairs of handshakes', () => {
    const service = collectorService(
      ['https://collect.example/', 'https://collect.example/x', 'http://other.example:8420'],
      '2026-11-25',
    )
    assert.deepEqual(
      service?.endpoints.map(({ host, port, checks, core }) => [host, port, checks, core]),
      [
        ['collect.example', 443, ['tls'], true],
        ['other.example', 8420, ['tcp'], true],
      ],
    )
    assert.equal(service?.tier, 'A')
  })

  it('is nothing where no address can be measured', () => {
    assert.equal(collectorService(['nonsense', 'ftp://x'], '2026-11-25'), undefined)
  })
})
