import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Reading } from '../../model/measured/reading.ts'
import { instant } from '../../model/units.ts'
import { collapseBursts, type Bursts } from './bursts.ts'
import { columnsOf } from '../chain/columns.ts'
import { defaultSettings } from '../chain/default-settings.ts'
import { rowLength } from './evidence.ts'
import { buildChain } from '../chain/transition.ts'
import { evidenceOfBurst } from './witnesses.ts'

const settings = defaultSettings()
const chain = buildChain(settings)

const reading = (minute: number, over: Partial<Reading> = {}): Reading => ({
  at: instant(minute * 60_000),
  probe: 'a',
  target: 'ok',
  control: 'ok',
  canary: 'none',
  artefact: false,
  scheduled: true,
  ...over,
})

const collapse = (readings: readonly Reading[], rho = 0.9): Bursts =>
  collapseBursts(columnsOf(readings), { chain, settings: { ...settings, rho }, controlled: true })

describe('collapseBursts()', () => {
  it('takes readings of one probe five minutes apart together, and those of another probe by themselves', () => {
    const bursts = collapse([reading(0), reading(4), reading(9), reading(2, { probe: 'b' }), reading(15)])
    assert.deepEqual(
      [...bursts.at].map((ms) => ms / 60_000),
      [0, 2, 15],
    )
    assert.deepEqual(
      [...bursts.last].map((ms) => ms / 60_000),
      [9, 2, 15],
    )
    assert.deepEqual([...bursts.passed], [3, 1, 1])
  })

  it('does not take a probe that tests every minute for one burst without end', () => {
    const bursts = collapse(Array.from({ length: 120 }, (_, minute) => reading(minute)))
    assert.equal(bursts.size, 11)
  })

  it('lets a burst that came by the schedule say what its first reading says, regardless of its retries', () => {
    const alone = evidenceOfBurst(chain, collapse([reading(0, { target: 'fail' })]), 0)
    const failing = collapse([reading(0, { target: 'fail' }), reading(1, { target: 'fail' })])
    const leaking = collapse([reading(0, { target: 'fail' }), reading(1), reading(2)])
    assert.deepEqual(evidenceOfBurst(chain, failing, 0), alone)
    assert.deepEqual(evidenceOfBurst(chain, leaking, 0), alone)
    assert.deepEqual([leaking.failed[0], leaking.passed[0]], [1, 2])
  })

  it('counts a failure that is repeated by hand hardly more than once, and as often as it comes where ρ is 0', () => {
    const once = evidenceOfBurst(chain, collapse([reading(0, { target: 'fail' })]), 0)[0]!
    const thrice = [0, 1, 2].map((minute) => reading(minute, { target: 'fail', scheduled: false }))
    const tied = evidenceOfBurst(chain, collapse(thrice), 0)[0]!
    assert.ok(tied > once && tied < once + 0.1)
    assert.ok(Math.abs(evidenceOfBurst(chain, collapse(thrice, 0), 0)[0]! - 3 * once) < 1e-12)
  })

  it('does not thin a discordant pair by failures of both halves beside it', () => {
    const alone = collapse([reading(0, { target: 'fail' })])
    const beside = collapse([reading(0, { target: 'fail' }), reading(1, { target: 'fail', control: 'fail' })])
    assert.equal(beside.size, 1)
    assert.ok(Math.abs(evidenceOfBurst(chain, beside, 0)[0]! - evidenceOfBurst(chain, alone, 0)[0]!) < 1e-12)
  })

  it('keeps most of a failure whose repeats by hand pass: at the leakiest level they are hardly evidence against it', () => {
    const byHand = [reading(0, { target: 'fail' }), reading(1), reading(2)].map((one) => ({ ...one, scheduled: false }))
    const alone = evidenceOfBurst(chain, collapse(byHand.slice(0, 1)), 0).at(-1)!
    const leaking = evidenceOfBurst(chain, collapse(byHand), 0).at(-1)!
    assert.ok(leaking < alone && leaking > alone * 0.75)
  })

  it('makes no failure of the retries of a connection that was down, unless direct evidence is among them', () => {
    const down = reading(0, { target: 'fail', control: 'fail' })
    const after = collapse([down, reading(1, { target: 'fail' })])
    assert.deepEqual([after.failed[0], after.passed[0]], [0, 0])
    assert.deepEqual(evidenceOfBurst(chain, after, 0), evidenceOfBurst(chain, collapse([down]), 0))
    const page = collapse([down, reading(1, { target: 'fail', artefact: true })])
    assert.equal(page.failed[0], 1)
    assert.ok(evidenceOfBurst(chain, page, 0)[0]! > 1.5)
  })

  it('leaves out what says nothing at all, and keeps a row for everything else', () => {
    const bursts = collapse([
      reading(0, { target: 'fail', control: 'none' }),
      reading(60),
      reading(90, { target: 'fail' }),
    ])
    assert.deepEqual([...bursts.burstOf], [-1, 0, 1])
    for (const row of bursts.row) assert.ok(row >= 0 && (row + 1) * rowLength(chain) <= bursts.rows.length)
  })
})
