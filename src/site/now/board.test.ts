import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FIRST_NAMES, FIRST_NOW, firstIncidents, firstRows, OWN } from '../../../test/kit/evening/first-sample.ts'
import { memoryIncidents } from '../../../test/kit/stores/memory-incidents.ts'
import { memoryWarehouse } from '../../../test/kit/stores/memory-warehouse.ts'
import { sampleRows } from '../../../test/kit/site/site-sample.ts'
import { instant, millis, parseInstant, type Instant } from '../../core/model/units.ts'
import type { ReadingPeriod } from '../../store/warehouse/contract.ts'
import { firstMidnight, openBoard } from './board.ts'
import { rememberLastData } from '../last-data.ts'
import type { SiteOptions } from '../site-options.ts'

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

interface World {
  readonly rows?: ReturnType<typeof firstRows>
  readonly now?: Instant
  readonly warehouse?: Partial<SiteOptions['warehouse']>
}

/** A board over made rows, with a clock that the test turns. */
function world({ rows = firstRows(), now = FIRST_NOW, warehouse = {} }: World = {}) {
  const time = { monotonic: 0 }
  const asked = { recent: 0, hours: 0 }
  const store = { ...memoryWarehouse(rows), ...warehouse }
  const options = {
    warehouse: {
      ...store,
      recent: (period: ReadingPeriod) => {
        asked.recent++
        return store.recent(period)
      },
      measuredHours: (period: ReadingPeriod) => {
        asked.hours++
        return store.measuredHours(period)
      },
    },
    incidents: memoryIncidents(firstIncidents()),
    names: FIRST_NAMES,
    clock: { now: () => now, monotonic: () => millis(time.monotonic) },
    log: quiet,
  }
  return { board: openBoard(options, rememberLastData(options)), time, asked }
}

describe('openBoard()', () => {
  it('is not led astray by measurements that claim a time still to come', async () => {
    const now = instant(FIRST_NOW - 12 * 3_600_000 - 1)
    const board = await world({ now }).board()
    assert.equal(board.simulated, true)
    assert.ok(board.newest !== undefined && board.newest <= now && board.newest > now - 3_600_000)
    assert.notEqual(board.cell('youtube', OWN).state, 'none')
  })

  it('takes the newest data of a simulated folder for its present', async () => {
    const board = await world({ now: instant(FIRST_NOW + 200 * 86_400_000) }).board()
    assert.equal(board.simulated, true)
    assert.equal(board.newest, FIRST_NOW - 60_000)
    assert.equal(board.asOf, FIRST_NOW - 60_000 + 1)
    assert.equal(board.cell('youtube', OWN).state, 'shut')
  })

  it('takes now for the present of real data, however old they are', async () => {
    const now = parseInstant('2026-03-09T00:00:00Z')
    const board = await world({ rows: sampleRows(false), now }).board()
    assert.deepEqual([board.simulated, board.asOf], [false, now])
    assert.equal(board.newest, parseInstant('2026-03-05T15:02:09Z'))
    assert.equal(board.cell('youtube', OWN).state, 'none')
    assert.equal(board.cell('youtube', OWN).latest, parseInstant('2026-03-05T14:58:09Z'))
  })

  it('never mixes simulated incidents into real data', async () => {
    const board = await world({ rows: sampleRows(false), now: FIRST_NOW }).board()
    assert.equal(board.running.length, 0)
    assert.deepEqual(board.incidents('youtube', OWN), [])
  })

  it('says of an empty folder that nothing was measured', async () => {
    const board = await world({ rows: [] }).board()
    assert.deepEqual([board.newest, board.networks, board.simulated], [undefined, [], false])
  })

  it('orders networks by their devices now, and knows what was measured on each', async () => {
    const board = await world({ rows: firstRows({ networks: 8 }) }).board()
    assert.deepEqual(
      board.networks.slice(0, 5).map(({ asn }) => asn),
      [64500, 64501, 64503, 64502, 64505],
    )
    assert.ok(board.servicesOn(OWN).includes('signal'))
    assert.equal(board.cell('youtube', OWN).devices, 14)
    assert.equal(board.recent('telegram', board.networks[2]!.asn)?.kinds.unreachable, 7) // five networks are listed
  })

  it('is made once for everybody who asks at a time, and again after half a minute', async () => {
    const { board, time, asked } = world()
    const [one, two] = await Promise.all([board(), board()])
    assert.equal(one, two)
    const made = asked.recent
    time.monotonic = 29_000
    assert.equal(await board(), one)
    assert.equal(asked.recent, made)
    time.monotonic = 31_000
    assert.equal(await board(), one, 'the last one is given out while the next is made')
    await new Promise(setImmediate)
    assert.notEqual(await board(), one)
    assert.ok(asked.recent > made)
  })

  it('asks for the hours of the days before today once in ten minutes', async () => {
    const { board, time, asked } = world()
    await board()
    assert.equal(asked.hours, 2)
    time.monotonic = 200_000
    await board()
    assert.equal(asked.hours, 3)
    time.monotonic = 900_000
    await board()
    assert.equal(asked.hours, 5)
  })

  it('makes readers wait for a new one after two minutes, and tells them that it cannot be made', async () => {
    let broken = false
    const rows = memoryWarehouse(firstRows())
    const { board, time } = world({
      warehouse: {
        recent: (period) => (broken ? Promise.reject(new Error('no disk')) : rows.recent(period)),
      },
    })
    const one = await board()
    broken = true
    time.monotonic = 60_000
    assert.equal(await board(), one)
    await new Promise(setImmediate)
    time.monotonic = 121_000
    await assert.rejects(board(), /no disk/)
    broken = false
    assert.notEqual(await board(), one)
  })
})

describe('midnights of the board', () => {
  it('are those of Almaty, also across the change of its offset in 2024', () => {
    assert.equal(firstMidnight(parseInstant('2026-03-05T16:10:00Z')), parseInstant('2026-02-03T19:00:00Z'))
    assert.equal(firstMidnight(parseInstant('2024-03-10T12:00:00Z')), parseInstant('2024-02-09T18:00:00Z'))
  })
})
