import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NOWHERE, openLetterWorld, sampleLetter, sealedSigning } from '../../../test/kit/letter/letter-world.ts'

describe('a signature that is sent again', () => {
  it('is not said to be accepted once it was withdrawn', async () => {
    await using world = await openLetterWorld()
    const { desk } = world
    await desk.publish(sampleLetter())
    const { signing, code } = await sealedSigning()
    await desk.sign(signing, NOWHERE)
    await desk.countNow()
    assert.equal(await desk.withdraw(code), 'withdrawn')
    for (const work of [signing.work, 'another'])
      await assert.rejects(desk.sign({ ...signing, work }, NOWHERE), { code: 'signature.void' })
    await desk.countNow()
    assert.equal((await desk.count('ashyq'))?.total, 0)
    assert.equal((await desk.standing(code))?.kind, 'void')
  })
})
