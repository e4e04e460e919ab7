import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { STANDINGS } from '../../core/model/standing.ts'
import { instant, millis } from '../../core/model/units.ts'
import { REAL_DISK } from '../../runtime/files/disk.ts'
import { FreeSpace } from '../../runtime/files/free-space.ts'
import { Allowance } from './standing/allowance.ts'
import { ClockGuard } from './clock-guard.ts'
import { CollectorLimits, costOf } from './collector-limits.ts'

const GIB = 2 ** 30
const at = instant(Date.UTC(2026, 10, 25, 18))

describe('CollectorLimits', () => {
  let root = ''
  let free = 0
  let wall: number = at
  let mono = 0
  let limits: CollectorLimits
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'kuager-limits-'))
    const clock = { now: () => instant(wall), monotonic: () => millis((mono += 2000)) }
    limits = new CollectorLimits({
      space: new FreeSpace(() => ({ free, size: 8 * GIB }), clock),
      allowance: await Allowance.open(GIB, { file: join(root, 'today'), disk: REAL_DISK }),
      clock: new ClockGuard(at, clock),
    })
  })
  after(() => rm(root, { recursive: true }))
  const taken = (): readonly string[] =>
    STANDINGS.filter((standing) => limits.take({ standing, pseudonym: 'k', prefix: 'p' }, 1000, at) === undefined)

  it('takes everything while there is space, then what known and invited keys send, then nothing', () => {
    free = 2 * GIB
    assert.deepEqual([taken(), limits.reasons(), limits.closed()], [STANDINGS, [], undefined])
    free = GIB / 2
    assert.deepEqual(
      [taken(), limits.reasons(), limits.closed()],
      [['enrolled', 'known'], ['space_reserved'], undefined],
    )
    free = GIB / 8
    assert.deepEqual([taken(), limits.reasons()], [[], ['space_none']])
    assert.ok(limits.closed()?.why === 'no_room')
    free = 2 * GIB
    assert.deepEqual([taken(), limits.reasons(), limits.closed()], [STANDINGS, [], undefined])
  })

  it('accepts nothing while the clock is behind what is on the disk, and goes on when it is not', () => {
    wall = at - 9 * 60_000
    assert.equal(limits.closed(), undefined)
    wall = at - 400 * 86_400_000
    assert.deepEqual([limits.closed()?.why, limits.reasons()], ['clock', ['clock_back']])
    wall = at + 60_000
    assert.equal(limits.closed(), undefined)
  })

  it('counts what is packed well by the rows that it becomes', () => {
    assert.equal(costOf({ frame: 500, size: 16 * 2 ** 20 }), 2 ** 20 + 1024)
    assert.equal(costOf({ frame: 400_000, size: 2 ** 20 }), 401_024)
  })
})

describe('FreeSpace', () => {
  it('asks the system once a second and counts what is added in between', () => {
    let asked = 0
    let now = 0
    const space = new FreeSpace(
      () => {
        asked++
        return { free: 2 * GIB, size: 100 * GIB }
      },
      { monotonic: () => millis(now) },
    )
    assert.equal(space.level(), 'ample')
    space.add(GIB + 1)
    assert.equal(space.level(), 'reserved')
    space.add(GIB)
    assert.deepEqual([space.level(), asked], ['none', 1])
    now = 1000
    assert.deepEqual([space.level(), asked], ['ample', 2])
  })

  it('has no space where the system does not say', () => {
    const space = new FreeSpace(() => assert.fail('the disk is gone'), { monotonic: () => millis(0) })
    assert.equal(space.level(), 'none')
  })
})
