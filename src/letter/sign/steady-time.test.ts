import assert from 'node:assert/strict'
import { it } from 'node:test'
import {
  HandClock,
  NOWHERE,
  openLetterWorld,
  sampleLetter,
  sealedSigning,
} from '../../../test/kit/letter/letter-world.ts'
import { DAY_MS, HOUR_MS } from '../../core/model/duration.ts'
import { instant, type Instant, type Millis } from '../../core/model/units.ts'
import { SteadyTime } from './steady-time.ts'

/** A clock whose time of day the test sets. */
class SetClock {
  readonly #clock = new HandClock()
  ahead = 0
  readonly now = (): Instant => instant(this.#clock.now() + this.ahead)
  readonly monotonic = (): Millis => this.#clock.monotonic()
  pass(ms: number): void {
    this.#clock.pass(ms)
  }
}

it('a clock that is set ahead destroys, closes and forgets nothing before an hour has passed with it', async () => {
  const clock = new SetClock()
  await using world = await openLetterWorld({ parts: (parts) => ({ ...parts, clock }) })
  const { desk } = world
  await desk.publish(sampleLetter())
  const [counted, awaiting] = [await sealedSigning(), await sealedSigning({ mail: 'asel@example.org' })]
  await desk.sign(counted.signing, NOWHERE)
  await desk.sign(awaiting.signing, NOWHERE)
  const goOn = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 10 * 60_000) {
      clock.pass(10 * 60_000)
      await desk.tick()
    }
  }
  await goOn(2 * HOUR_MS)
  const stands = async (): Promise<readonly (string | undefined)[]> => [
    desk.letter('ashyq')?.state,
    (await desk.standing(counted.code))?.kind,
    (await desk.standing(awaiting.code))?.kind,
  ]
  assert.deepEqual(await stands(), ['open', 'counted', 'awaiting'])
  clock.ahead = 3000 * DAY_MS
  await desk.tick()
  await goOn(HOUR_MS - 10 * 60_000)
  clock.ahead = 0
  await goOn(HOUR_MS / 2)
  assert.deepEqual(await stands(), ['open', 'counted', 'awaiting'])
  // A day that came while the machine slept, say: the clock jumps once, and continues.
  clock.ahead = 3000 * DAY_MS
  await desk.tick()
  await goOn(HOUR_MS)
  assert.deepEqual(await stands(), ['destroyed', undefined, undefined])
})

it('a clock that a time service corrects little by little is steady', () => {
  const clock = new SetClock()
  const time = new SteadyTime(clock)
  assert.equal(time.isSteady(), false)
  for (let nth = 0; nth < 360; nth++) {
    clock.pass(10_000)
    clock.ahead += 50
    time.isSteady()
  }
  assert.equal(time.isSteady(), true)
  clock.ahead -= 61_000
  assert.equal(time.isSteady(), false)
})
