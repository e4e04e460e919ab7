import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { NOWHERE, openLetterWorld, sampleLetter, sealedSigning } from '../../../test/kit/letter/letter-world.ts'
import { HOUR_MS } from '../../core/model/duration.ts'
import { parseSha256 } from '../../core/model/units.ts'
import { BATCH_MS } from './batches.ts'
import { TOKEN_MS } from '../parts.ts'

// What times reveal: a person who watches the connections of people, and the log or a seized registry, must not
// find the one in the other.

describe('a batch', () => {
  it('comes with the clock and not with a signature or a withdrawal, however quiet it was before', async () => {
    await using world = await openLetterWorld()
    const { desk, mail, clock, log } = world
    await desk.publish(sampleLetter())
    const SECONDS = 5000
    const size = async (): Promise<number> => (await log.latest())?.size ?? 0
    const ticks = async (ms: number): Promise<void> => {
      for (let passed = 0; passed < ms; passed += SECONDS) {
        clock.pass(SECONDS)
        await desk.tick()
      }
    }
    /** Milliseconds of the clock's span at which the log grows after an act. */
    const grownAt = async (act: () => Promise<unknown>): Promise<number> => {
      const before = await size()
      await act()
      await desk.tick()
      for (let passed = 0; passed <= 2 * BATCH_MS && (await size()) === before; passed += SECONDS) await ticks(SECONDS)
      assert.equal(await size(), before + 1)
      return clock.now() % BATCH_MS
    }
    await ticks(2 * BATCH_MS + 125_000)
    const first = await sealedSigning({ mail: 'asel@example.org' })
    assert.ok(
      (await grownAt(async () => {
        await desk.sign(first.signing, NOWHERE)
        await desk.confirm(mail.token)
      })) < SECONDS,
    )
    await ticks(BATCH_MS + 305_000)
    assert.ok((await grownAt(() => desk.withdraw(first.code))) < SECONDS)
    assert.equal((await desk.standing(first.code))?.kind, 'void')
  })
})

describe('a registry that is taken away', () => {
  it('knows no time of a signature but its hour, and of one that was withdrawn not even that', async () => {
    await using world = await openLetterWorld()
    const { desk, clock, store, folder } = world
    await desk.publish(sampleLetter())
    clock.pass(1_234_567)
    const { signing, code, ct } = await sealedSigning({ mail: 'asel@example.org' })
    await desk.sign(signing, NOWHERE)
    clock.pass(1_111_111)
    await desk.resend(code, 'asel@example.org', 'kk')
    using file = new DatabaseSync(join(folder, 'registry', 'letters.sqlite'), { readOnly: true })
    const ends = file
      .prepare('SELECT expires_at FROM tokens')
      .all()
      .map(({ expires_at: at }) => Number(at))
    assert.equal(ends.length, 2)
    for (const end of ends) {
      assert.equal(end % HOUR_MS, 0)
      assert.ok(end - clock.now() <= TOKEN_MS && end - clock.now() > TOKEN_MS - HOUR_MS)
    }
    const counted = await sealedSigning()
    await desk.sign(counted.signing, NOWHERE)
    await desk.countNow()
    await desk.withdraw(counted.code)
    assert.equal((await store.signature(parseSha256(counted.ct)))?.hour, null)
    assert.equal(typeof (await store.signature(parseSha256(ct)))?.hour, 'number')
  })
})
