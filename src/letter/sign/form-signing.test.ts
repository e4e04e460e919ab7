import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption'
import { HandClock, HOLDER, NOWHERE, openLetterWorld, sampleLetter } from '../../../test/kit/letter/letter-world.ts'
import { HOUR_MS } from '../../core/model/duration.ts'
import { LANGS } from '../../core/text/lang.ts'
import { openLog } from '../../runtime/log.ts'
import type { FormSigning } from '../contract.ts'
import { confirmMail, knownMail } from './mails.ts'
import { Trends } from './trends.ts'

const form: FormSigning = {
  letter: 'ashyq',
  version: 1,
  region: 'KZ-75',
  lang: 'kk',
  trapped: false,
  name: 'Әсел Ұлықбек',
  mail: 'Asel@Example.org',
  comment: '  Қолдаймын  ',
  showName: true,
  keepMail: true,
}

const opened = async (sealed: Uint8Array | null | undefined, ...identities: readonly string[]): Promise<unknown> => {
  let bytes = sealed ?? new Uint8Array()
  for (const identity of identities) {
    const decrypter = new Decrypter()
    decrypter.addIdentity(identity)
    bytes = await decrypter.decrypt(bytes)
  }
  assert.equal(bytes.length % 512, 0)
  return JSON.parse(new TextDecoder().decode(bytes))
}

describe('a signature out of a form without scripts', () => {
  it('is sealed at once, opens for the holder alone, and counts in its own tier once a mailbox confirms it', async () => {
    await using world = await openLetterWorld()
    const { desk, mail } = world
    await desk.publish(sampleLetter())
    const signed = await desk.signForm(form, NOWHERE)
    assert.ok(signed.kind === 'accepted')
    const row = await world.store.signature(signed.ct)
    const signature = {
      format: 'kuager-signature/1',
      letter: 'ashyq',
      version: 1,
      consent: 1,
      name: 'Әсел Ұлықбек',
      region: 'KZ-75',
      mail: 'Asel@example.org',
      comment: 'Қолдаймын',
      show_name: true,
      lang: 'kk',
    }
    assert.deepEqual(await opened(row?.sealed, HOLDER.identity), signature)
    assert.equal((await desk.standing(signed.receipt))?.kind, 'awaiting')
    assert.equal(await desk.confirm(mail.token), 'confirmed')
    await desk.countNow()
    assert.deepEqual((await desk.count('ashyq'))?.counted, { claimed: 0, mail: 0, form: 1 })
    // Sent again, sealed another time: the same answer, and it does not count twice.
    const again = await desk.signForm({ ...form, keepMail: false, comment: ' ' }, NOWHERE)
    assert.ok(again.kind === 'accepted' && again.receipt !== signed.receipt)
    const less: Partial<typeof signature> = { ...signature }
    delete less.mail
    delete less.comment
    assert.deepEqual(await opened((await world.store.signature(again.ct))?.sealed, HOLDER.identity), less)
    assert.equal(await desk.countNow(), 0)
  })

  it('is sealed in two layers where two have to open it together', async () => {
    const outer = await generateX25519Identity()
    const holder = { kk: 'Екінші', ru: 'Вторая', en: 'Second' }
    const second = [{ holder, recipient: await identityToRecipient(outer) }]
    const keys = { layers: [...sampleLetter().keys.layers, second] }
    await using world = await openLetterWorld()
    await world.desk.publish(sampleLetter({ keys }))
    const signed = await world.desk.signForm(form, NOWHERE)
    assert.ok(signed.kind === 'accepted')
    const { sealed = null } = (await world.store.signature(signed.ct)) ?? {}
    await assert.rejects(opened(sealed, HOLDER.identity))
    assert.match(JSON.stringify(await opened(sealed, outer, HOLDER.identity)), /Әсел Ұлықбек/)
  })

  it('is refused with the field that does not fit, and nothing of it is repeated', async () => {
    await using world = await openLetterWorld()
    const { desk } = world
    await desk.publish(sampleLetter())
    for (const [changes, path] of [
      [{ name: 'Ә' }, 'name'],
      [{ name: 'Әсел'.repeat(40) }, 'name'],
      [{ name: 'Әсел\nҰлықбек' }, 'name'],
      [{ name: 'Әсел \ud800' }, 'name'],
      [{ comment: 'Ә'.repeat(601) }, 'comment'],
      [{ region: 'KZ-99' as 'KZ-75' }, 'region'],
      [{ mail: 'asel@example.org\r\nBcc: x@example.org' }, 'mail'],
    ] as const)
      await assert.rejects(
        desk.signForm({ ...form, ...changes }, NOWHERE),
        (error: Error & { path?: string }) => error.path === path && !error.message.includes('Әсел'),
      )
    assert.equal(world.mail.sent.length, 0)
    assert.deepEqual(await desk.signForm({ ...form, version: 7 }, NOWHERE), { kind: 'changed', version: 1 })
  })
})

describe('a mail', () => {
  it('says in no language what it is for, nor for whom', () => {
    for (const lang of LANGS)
      for (const { subject, text } of [
        confirmMail('asel@example.org', 'https://x.example/c/abc', lang),
        knownMail('asel@example.org', lang),
      ]) {
        const said = `${subject}\n${text}`
        assert.doesNotMatch(said, /asel|letter|sign(?!ificant)|petition|campaign|block/i)
        assert.doesNotMatch(said, /письм|подпис|петици|кампани|блокир/i)
        assert.doesNotMatch(said, /(?<!\p{L})хат|қол(?:ы|та|\s)|петици|науқан|бұғат/iu)
        assert.doesNotMatch(subject, /[\r\n]/)
      }
    assert.match(confirmMail('a@b.example', 'https://x.example/c/abc', 'kk').text, /\nhttps:\/\/x\.example\/c\/abc\n/)
  })
})

describe('Trends', () => {
  it('tell of an hour with many, only by counts, and begin again with the next', () => {
    const [clock, lines] = [new HandClock(), new Array<string>()]
    const trends = new Trends(
      clock,
      openLog({ level: 'info', destination: { write: (line) => void lines.push(line) } }),
    )
    for (let nth = 0; nth < 420; nth++) trends.note('ashyq', 'claimed')
    const said = lines.map((line) => /"level":"(\w+)".*"of":"claimed","count":(\d+)/.exec(line)?.slice(1).join(' '))
    assert.deepEqual(said, ['info 100', 'warn 200', 'warn 400'])
    clock.pass(HOUR_MS)
    for (let nth = 0; nth < 99; nth++) trends.note('ashyq', 'claimed')
    assert.equal(lines.length, 3)
  })
})
