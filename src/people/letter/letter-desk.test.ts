import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NOWHERE, openLetterWorld, sampleLetter, sealedSigning } from '../../../test/kit/letter-world.ts'
import { BATCH_LEAST_MS, BATCH_MS } from './batches.ts'

describe('a signature without a mailbox', () => {
  it('counts with the next batch, and its receipt proves that it does', async () => {
    await using world = await openLetterWorld()
    const { desk } = world
    await desk.publish(sampleLetter())
    const { signing, code, ct } = await sealedSigning()
    assert.deepEqual(await desk.sign(signing, NOWHERE), { kind: 'accepted', ct, mail: false })
    assert.equal((await desk.standing(code))?.kind, 'waits')
    assert.equal((await desk.count('ashyq'))?.total, 0)
    await desk.tick()
    assert.equal((await desk.count('ashyq'))?.total, 0)
    world.clock.pass(BATCH_MS)
    await desk.tick()
    assert.deepEqual((await desk.count('ashyq'))?.counted, { claimed: 1, mail: 0, form: 0 })
    assert.deepEqual(await desk.standing(code), {
      letter: 'ashyq',
      ct,
      tier: 'claimed',
      kind: 'counted',
      leaf: 1,
      logged: true,
    })
    const proof = await desk.proof(code)
    assert.match(proof?.proof ?? '', /^c2sp\.org\/tlog-proof@v1\n/)
    assert.equal(
      new TextDecoder().decode(proof?.leaf),
      `{"ct":"${ct}","kind":"signature","letter":"ashyq","tier":"claimed","v":1}`,
    )
  })

  it('counts after a minute where twenty wait', async () => {
    await using world = await openLetterWorld()
    const { desk } = world
    await desk.publish(sampleLetter())
    for (let nth = 0; nth < 20; nth++) await desk.sign((await sealedSigning()).signing, NOWHERE)
    await desk.tick()
    assert.equal((await desk.count('ashyq'))?.total, 0)
    world.clock.pass(BATCH_LEAST_MS)
    await desk.tick()
    assert.equal((await desk.count('ashyq'))?.total, 20)
  })
})
