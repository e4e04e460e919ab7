import assert from 'node:assert/strict'
import { it } from 'node:test'
import { NOWHERE, openLetterWorld, sampleLetter, sealedSigning } from '../../../test/kit/letter/letter-world.ts'

it('a mailbox that has confirmed another signature meanwhile learns so, and gets no link', async () => {
  await using world = await openLetterWorld()
  const { desk, mail } = world
  await desk.publish(sampleLetter())
  const [first, second] = [
    await sealedSigning({ mail: 'asel@example.org' }),
    await sealedSigning({ mail: 'asel@example.org' }),
  ]
  await desk.sign(second.signing, NOWHERE)
  await desk.sign(first.signing, NOWHERE)
  const ofFirst = mail.token
  const again = (): ReturnType<typeof desk.resend> => desk.resend(second.code, 'asel@example.org', 'kk', NOWHERE)
  assert.deepEqual(await again(), { kind: 'taken' })
  assert.equal(await desk.look(mail.token), 'open')
  assert.equal(await desk.confirm(ofFirst), 'confirmed')
  assert.deepEqual(await again(), { kind: 'taken' })
  assert.deepEqual([mail.sent.length, mail.token], [4, ''])
})
