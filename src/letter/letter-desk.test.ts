import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NOWHERE, openLetterWorld, sampleLetter, sealedSigning } from '../../test/kit/letter/letter-world.ts'
import { HOUR_MS } from '../core/model/duration.ts'
import { BATCH_LEAST_MS, BATCH_MS, MOST_UNKNOWN } from './count/batches.ts'
import { TOKEN_MS } from './parts.ts'

const MAIL = 'asel@example.org'

describe('a signature without a mailbox', () => {
  it('counts with the next batch, and its receipt proves that it does', async () => {
    await using world = await openLetterWorld()
    const { desk } = world
    await desk.publish(sampleLetter())
    const { signing, code, ct } = await sealedSigning()
    assert.deepEqual(await desk.sign(signing, NOWHERE), { kind: 'accepted', ct, mail: false })
    assert.equal((await desk.standing(code))?.kind, 'waits')
    assert.equal(await desk.proof(code), undefined)
    await desk.tick()
    assert.equal((await desk.count('ashyq'))?.total, 0)
    world.clock.pass(BATCH_MS)
    await desk.tick()
    assert.deepEqual((await desk.count('ashyq'))?.counted, { claimed: 1, mail: 0, form: 0 })
    const counted = { letter: 'ashyq', ct, tier: 'claimed', kind: 'counted', leaf: 1, logged: true } as const
    assert.deepEqual(await desk.standing(code), counted)
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

  it('is there once, however often it is sent, at once or later', async () => {
    await using world = await openLetterWorld()
    const { desk } = world
    await desk.publish(sampleLetter())
    const { signing, ct } = await sealedSigning()
    const accepted = { kind: 'accepted', ct, mail: false }
    const both = await Promise.all([desk.sign(signing, NOWHERE), desk.sign(signing, NOWHERE)])
    assert.deepEqual(both, [accepted, accepted])
    // The answer was lost, and the page sends the same again; or solves again before.
    assert.deepEqual(await desk.sign(signing, NOWHERE), accepted)
    assert.deepEqual(await desk.sign({ ...signing, work: 'another' }, NOWHERE), accepted)
    await desk.countNow()
    assert.deepEqual(await desk.sign(signing, NOWHERE), accepted)
    await desk.countNow()
    assert.equal((await desk.count('ashyq'))?.total, 1)
    // A person who has seen the sealed text cannot put a receipt of theirs under it.
    const receipt = 'a'.repeat(64)
    await assert.rejects(desk.sign({ ...signing, receipt }, NOWHERE), { code: 'signature.known' })
    assert.deepEqual(await desk.sign({ ...(await sealedSigning()).signing, work: signing.work }, NOWHERE), {
      kind: 'work',
      why: 'spent',
    })
  })

  it('is refused with the field that is wrong', async () => {
    await using world = await openLetterWorld()
    const { desk } = world
    await desk.publish(sampleLetter())
    const { signing } = await sealedSigning()
    const refused = async (changes: object, code: string): Promise<void> => {
      await assert.rejects(desk.sign({ ...signing, ...changes }, NOWHERE), { code })
    }
    await refused({ sealed: signing.sealed.subarray(1) }, 'signature.sealed')
    await refused({ receipt: 'KR-12345' }, 'signature.receipt')
    await refused({ region: 'KZ-99' }, 'signature.region')
    await refused({ mail: 'no address' }, 'mail.invalid')
    assert.deepEqual(await desk.sign({ ...signing, work: 'wrong' }, NOWHERE), { kind: 'work', why: 'wrong' })
    assert.deepEqual(await desk.sign({ ...signing, letter: 'other' }, NOWHERE), { kind: 'unknown' })
    assert.deepEqual(await desk.sign({ ...signing, version: 2 }, NOWHERE), { kind: 'changed', version: 1 })
    assert.equal((await desk.status())[0]?.waiting.pending, 0)
  })

  it('is taken from the first day of the letter to the last', async () => {
    await using world = await openLetterWorld()
    const { desk, clock } = world
    await desk.publish(sampleLetter({ opens: '2026-03-06', closes: '2026-03-07' }))
    const { signing } = await sealedSigning()
    assert.deepEqual(await desk.sign(signing, NOWHERE), { kind: 'not-yet', day: '2026-03-06' })
    assert.equal(desk.letter('ashyq')?.signing, 'not-yet')
    clock.pass(16 * HOUR_MS)
    assert.equal((await desk.sign(signing, NOWHERE)).kind, 'accepted')
    clock.pass(48 * HOUR_MS - 1)
    assert.equal((await desk.sign((await sealedSigning()).signing, NOWHERE)).kind, 'accepted')
    clock.pass(1)
    assert.deepEqual(await desk.sign((await sealedSigning()).signing, NOWHERE), { kind: 'over', day: '2026-03-07' })
    assert.equal(desk.letter('ashyq')?.signing, 'over')
  })

  it('is withdrawn by its receipt in every state, and stays so', async () => {
    await using world = await openLetterWorld()
    const { desk } = world
    await desk.publish(sampleLetter())
    const [counted, waiting] = [await sealedSigning(), await sealedSigning()]
    await desk.sign(counted.signing, NOWHERE)
    await desk.countNow()
    await desk.sign(waiting.signing, NOWHERE)
    for (const { code } of [counted, waiting]) assert.equal(await desk.withdraw(code), 'withdrawn')
    assert.equal(await desk.withdraw(counted.code), 'withdrawn')
    assert.equal(await desk.withdraw(waiting.code), 'none')
    world.clock.pass(BATCH_MS)
    await desk.tick()
    assert.deepEqual((await desk.count('ashyq'))?.removed, { withdrawn: 1 })
    assert.equal((await desk.count('ashyq'))?.total, 0)
    assert.deepEqual(await desk.standing(counted.code), {
      letter: 'ashyq',
      ct: counted.ct,
      tier: 'claimed',
      kind: 'void',
      leaf: 1,
      reason: 'withdrawn',
    })
    assert.equal((await world.store.find({ letter: 'ashyq' }, { most: 9 }))[0]?.sealed, null)
    assert.equal(await desk.countNow(), 0)
    await assert.rejects(desk.withdraw('KR-1'), { code: 'receipt.invalid' })
  })

  it('that a trap caught waits like any other, until a person lets it count', async () => {
    await using world = await openLetterWorld()
    const { desk } = world
    await desk.publish(sampleLetter())
    const { signing, code, ct } = await sealedSigning({ trapped: true })
    assert.deepEqual(await desk.sign(signing, NOWHERE), { kind: 'accepted', ct, mail: false })
    assert.equal((await desk.standing(code))?.kind, 'waits')
    assert.equal(await desk.countNow(), 0)
    const [group] = await desk.held('ashyq')
    assert.equal(group?.count, 1)
    assert.equal(await desk.release('ashyq', group?.label ?? ''), 1)
    assert.equal((await desk.count('ashyq'))?.total, 1)
  })
})

describe('a signature that a mailbox confirms', () => {
  it('counts once its button was pressed, once', async () => {
    await using world = await openLetterWorld()
    const { desk, mail } = world
    await desk.publish(sampleLetter())
    const { signing, code, ct } = await sealedSigning({ mail: MAIL })
    assert.deepEqual(await desk.sign(signing, NOWHERE), { kind: 'accepted', ct, mail: true })
    assert.equal(mail.sent[0]?.to, MAIL)
    assert.equal((await desk.standing(code))?.kind, 'awaiting')
    assert.equal(await desk.countNow(), 0)
    // A scanner looks at the link as often as it likes.
    assert.deepEqual([await desk.look(mail.token), await desk.look(mail.token)], ['open', 'open'])
    const pressed = await Promise.all([desk.confirm(mail.token), desk.confirm(mail.token)])
    assert.deepEqual(pressed.sort(), ['confirmed', 'none'])
    assert.equal(await desk.look(mail.token), 'none')
    assert.equal(await desk.countNow(), 1)
    assert.deepEqual((await desk.count('ashyq'))?.counted, { claimed: 0, mail: 1, form: 0 })
  })

  it('is answered in the same way and by the same steps where the mailbox has signed before', async () => {
    const steps: string[] = []
    await using world = await openLetterWorld({
      parts: (parts) => ({
        ...parts,
        store: recorded('store', parts.store, steps),
        guard: recorded('guard', parts.guard, steps),
        keys: recorded('keys', parts.keys, steps),
        mail: recorded('mail', parts.mail!, steps), // the kit gives one
      }),
    })
    const { desk, mail } = world
    await desk.publish(sampleLetter())
    const stepsOf = async (): Promise<{ readonly steps: readonly string[]; readonly keys: readonly string[] }> => {
      const { signing } = await sealedSigning({ mail: MAIL })
      steps.length = 0
      const signed = await desk.sign(signing, NOWHERE)
      return { steps: [...steps], keys: Object.entries(signed).map(([key, value]) => `${key} ${typeof value}`) }
    }
    const first = await stepsOf()
    await desk.confirm(mail.token)
    await desk.countNow()
    assert.deepEqual(await stepsOf(), first)
    assert.ok(first.steps.includes('store.accept') && first.steps.includes('mail.send'))
    assert.equal(mail.token, '')
    assert.equal(mail.sent.length, 2)
    assert.equal(mail.sent[0]?.subject, mail.sent[1]?.subject)
  })

  it('counts once for a mailbox, whichever of its links are opened, also at once', async () => {
    await using world = await openLetterWorld()
    const { desk, mail } = world
    await desk.publish(sampleLetter())
    const tokens: string[] = []
    for (const typed of ['as.el@gmail.com', 'asel+2@googlemail.com']) {
      await desk.sign((await sealedSigning({ mail: typed })).signing, NOWHERE)
      tokens.push(mail.token)
    }
    const pressed = await Promise.all(tokens.map((token) => desk.confirm(token)))
    assert.deepEqual(pressed.sort(), ['confirmed', 'known'])
    assert.equal(await desk.countNow(), 1)
  })

  it('may sign again after a withdrawal', async () => {
    await using world = await openLetterWorld()
    const { desk, mail } = world
    await desk.publish(sampleLetter())
    for (let round = 0; round < 2; round++) {
      const { signing, code } = await sealedSigning({ mail: MAIL })
      await desk.sign(signing, NOWHERE)
      assert.equal(await desk.confirm(mail.token), 'confirmed')
      assert.equal(await desk.countNow(), 1)
      await desk.withdraw(code)
    }
    world.clock.pass(BATCH_MS)
    await desk.tick()
    assert.deepEqual((await desk.count('ashyq'))?.removed, { withdrawn: 2 })
  })

  it('gets at most five mails in a day, and the answer stays the same', async () => {
    await using world = await openLetterWorld()
    const { desk, mail, clock } = world
    await desk.publish(sampleLetter())
    const first = await sealedSigning({ mail: MAIL })
    await desk.sign(first.signing, NOWHERE)
    for (let again = 0; again < 3; again++)
      assert.deepEqual(await desk.resend(first.code, MAIL, 'ru'), { kind: 'taken' })
    for (let again = 0; again < 3; again++)
      assert.equal((await desk.sign((await sealedSigning({ mail: MAIL })).signing, NOWHERE)).kind, 'accepted')
    assert.equal(mail.sent.length, 5)
    // What was in memory is gone with the process; what is in the registry is not.
    await world.reopen()
    assert.equal((await world.desk.sign((await sealedSigning({ mail: MAIL })).signing, NOWHERE)).kind, 'accepted')
    assert.equal(mail.sent.length, 6)
    assert.equal((await world.desk.sign((await sealedSigning({ mail: MAIL })).signing, NOWHERE)).kind, 'accepted')
    assert.equal(mail.sent.length, 6)
    clock.pass(26 * HOUR_MS)
    await world.desk.resend(first.code, MAIL, 'ru')
    assert.equal(mail.sent.length, 7)
  })

  it('is sent its link again only by receipt and address, and a person who guesses learns nothing', async () => {
    await using world = await openLetterWorld()
    const { desk, mail } = world
    await desk.publish(sampleLetter())
    const { signing, code } = await sealedSigning({ mail: MAIL })
    await desk.sign(signing, NOWHERE)
    const other = await sealedSigning()
    const taken = { kind: 'taken' }
    assert.deepEqual(await desk.resend(code, 'other@example.org', 'kk'), taken)
    assert.deepEqual(await desk.resend(other.code, MAIL, 'kk'), taken)
    assert.equal(mail.sent.length, 1)
    assert.deepEqual(await desk.resend(code, ' ASEL@example.org', 'kk'), taken)
    assert.equal(mail.sent.length, 2)
    assert.equal(await desk.confirm(mail.token), 'confirmed')
    assert.deepEqual(await desk.resend(code, MAIL, 'kk'), taken)
    assert.equal(mail.sent.length, 2)
  })

  it('is gone where it is not confirmed in seven days', async () => {
    await using world = await openLetterWorld()
    const { desk, mail, clock } = world
    await desk.publish(sampleLetter())
    const { signing, code } = await sealedSigning({ mail: MAIL })
    await desk.sign(signing, NOWHERE)
    clock.pass(TOKEN_MS)
    assert.equal(await desk.confirm(mail.token), 'none')
    clock.pass(2 * HOUR_MS)
    await desk.tick()
    assert.equal(await desk.standing(code), undefined)
  })

  it('is asked to come again where mails cannot go out, and nothing of it stays', async () => {
    await using world = await openLetterWorld({
      parts: (parts) => ({ ...parts, mailRate: { perSecond: 1, burst: 2 } }),
    })
    const { desk, mail } = world
    await desk.publish(sampleLetter())
    mail.full = true
    const { signing, code } = await sealedSigning({ mail: MAIL })
    assert.deepEqual(await desk.sign(signing, NOWHERE), { kind: 'busy', seconds: 60 })
    assert.equal(await desk.standing(code), undefined)
    mail.full = false
    assert.equal((await desk.sign((await sealedSigning({ mail: MAIL })).signing, NOWHERE)).kind, 'accepted')
    const third = await sealedSigning({ mail: MAIL })
    assert.deepEqual(await desk.sign(third.signing, NOWHERE), { kind: 'busy', seconds: 1 })
    // Who signs without a mailbox is not held up by it.
    assert.equal((await desk.sign((await sealedSigning()).signing, NOWHERE)).kind, 'accepted')
  })

  it('is not taken by a service without mail', async () => {
    await using world = await openLetterWorld({ sendsMail: false })
    await world.desk.publish(sampleLetter())
    assert.equal(world.desk.takesMail, false)
    const { signing } = await sealedSigning({ mail: MAIL })
    await assert.rejects(world.desk.sign(signing, NOWHERE), { code: 'mail.none' })
  })
})

describe('a batch', () => {
  it('holds what came in a flood, but nothing that a mailbox has confirmed, and leaves what is too young', async () => {
    await using world = await openLetterWorld()
    const { desk, mail, guard } = world
    await desk.publish(sampleLetter())
    const [honest, forged, young, confirmed] = [
      await sealedSigning(),
      await sealedSigning(),
      await sealedSigning(),
      await sealedSigning({ mail: MAIL }),
    ]
    for (const { signing } of [honest, forged, young, confirmed]) await desk.sign(signing, NOWHERE)
    await desk.confirm(mail.token)
    guard.labels.set(forged.ct, 'label')
    guard.labels.set(confirmed.ct, 'label')
    guard.young.add(young.ct)
    world.clock.pass(BATCH_MS)
    await desk.tick()
    const kinds = async (): Promise<readonly (string | undefined)[]> =>
      Promise.all([honest, forged, young, confirmed].map(async ({ code }) => (await desk.standing(code))?.kind))
    assert.deepEqual(await kinds(), ['counted', 'waits', 'waits', 'counted'])
    assert.deepEqual(
      (await desk.held('ashyq')).map(({ label, count }) => ({ label, count })),
      [{ label: 'label', count: 1 }],
    )
    guard.young.clear()
    world.clock.pass(BATCH_MS)
    await desk.tick()
    assert.deepEqual(await kinds(), ['counted', 'waits', 'counted', 'counted'])
    assert.equal(await desk.release('ashyq', 'label'), 1)
    assert.deepEqual(await kinds(), ['counted', 'counted', 'counted', 'counted'])
  })

  it('counts what came before the process ended where it is little, and else holds all of it', async () => {
    for (const [many, counted] of [
      [MOST_UNKNOWN, MOST_UNKNOWN],
      [MOST_UNKNOWN + 1, 0],
    ] as const) {
      await using world = await openLetterWorld()
      await world.desk.publish(sampleLetter())
      const sent = await Promise.all(Array.from({ length: many }, () => sealedSigning()))
      await Promise.all(sent.map(({ signing }) => world.desk.sign(signing, NOWHERE)))
      await world.reopen()
      world.clock.pass(BATCH_MS)
      await world.desk.tick()
      assert.equal((await world.desk.count('ashyq'))?.total, counted)
      const { waiting } = (await world.desk.status())[0]! // one letter was published
      assert.deepEqual([waiting.counted, waiting.held, waiting.pending], [counted, many - counted, 0])
    }
  })

  it('comes a last time when the service ends', async () => {
    await using world = await openLetterWorld()
    await world.desk.publish(sampleLetter())
    const { signing, code } = await sealedSigning()
    await world.desk.sign(signing, NOWHERE)
    await world.desk[Symbol.asyncDispose]()
    assert.equal((await world.desk.standing(code))?.kind, 'counted')
  })

  it('is in no order of arrival', async () => {
    await using world = await openLetterWorld()
    const { desk } = world
    await desk.publish(sampleLetter())
    const sent = await Promise.all(Array.from({ length: 40 }, () => sealedSigning()))
    for (const { signing } of sent) await desk.sign(signing, NOWHERE)
    await desk.countNow()
    const leaves: string[] = []
    for await (const leaf of world.store.leaves(1, world.store.size))
      leaves.push(/"ct":"(\w+)"/.exec(new TextDecoder().decode(leaf))?.[1] ?? '')
    const cts = sent.map(({ ct }) => ct)
    assert.deepEqual([...leaves].sort(), [...cts].sort())
    assert.notDeepEqual(leaves, cts)
    // Nor in the order of their digests, in which the registry gives them.
    assert.notDeepEqual(leaves, [...cts].sort())
  })
})

/** Says which of its methods were called, in their order. */
function recorded<T extends object>(name: string, of: T, steps: string[]): T {
  return new Proxy(of, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target)
      if (typeof value !== 'function') return value
      return (...args: readonly unknown[]): unknown => {
        steps.push(`${name}.${String(key)}`)
        return Reflect.apply(value, target, args)
      }
    },
  })
}
