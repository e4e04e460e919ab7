import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { HandClock } from '../../../test/kit/letter/letter-world.ts'
import { DAY_MS } from '../../core/model/duration.ts'
import type { ClientAddress } from '../sender/from.ts'
import { openSenders } from '../sender/sender.ts'
import { parseMailbox } from './mailbox.ts'
import { MailLimits } from './mail-limits.ts'

const opened = (): { limits: MailLimits; clock: HandClock } => {
  const clock = new HandClock()
  return { clock, limits: new MailLimits({ clock, senderOf: openSenders([]), key: Buffer.alloc(32, 7) }) }
}
const from = (socket: string): ClientAddress => ({ socket, forwardedFor: undefined })
const AGAIN = parseMailbox('asel@gmail.com')
/** How many of so many asks are given a mail. */
const taken = (asks: number, ask: (nth: number) => number): number =>
  Array.from({ length: asks }, (_, nth) => ask(nth)).filter((wait) => wait === 0).length

describe('mails', () => {
  it('that cost nothing take none from those who bring work, and an address takes few of them', () => {
    const { limits, clock } = opened()
    const flood = (asks: number): number =>
      taken(asks, (nth) => limits.take('form', parseMailbox(`a${nth}@gmail.com`), from('203.0.113.7')))
    assert.equal(flood(10_000), 30)
    assert.equal(limits.take('form', AGAIN, from('203.0.113.8')), 0)
    clock.pass(DAY_MS / 24)
    assert.equal(flood(10_000), 30)
    // Five hundred addresses use up what there is for forms, and for receipts, not what there is for work.
    for (let part = 0; part < 500; part++)
      for (const way of ['form', 'again'] as const)
        taken(30, () => limits.take(way, AGAIN, from(`198.51.${part >> 8}.${part & 255}`)))
    assert.ok(limits.take('form', AGAIN, from('192.0.2.1')) > 0)
    assert.equal(limits.take('worked', AGAIN, from('192.0.2.1')), 0)
  })

  it('are asked for with work by hundreds behind the address of a carrier, not by one address for everybody', () => {
    const { limits } = opened()
    assert.equal(
      taken(5000, () => limits.take('worked', AGAIN, from('203.0.113.7'))),
      200,
    )
    assert.equal(limits.take('worked', AGAIN, from('203.0.113.8')), 0)
    // The onion service is one address of this machine for everyone.
    assert.equal(
      taken(250, () => limits.take('worked', AGAIN, from('127.0.0.1'))),
      250,
    )
  })

  it('do not fill one mailbox under many spellings, nor all of one small domain', () => {
    const { limits, clock } = opened()
    const noted = (asks: number, spell: (nth: number) => string): number =>
      taken(asks, (nth) => {
        const mailbox = parseMailbox(spell(nth))
        return limits.note(`digest of ${mailbox.canonical}`, mailbox, 0) ? 0 : 1
      })
    assert.equal(
      noted(100, (nth) => `victim+${nth}@company.example`),
      15,
    )
    assert.equal(
      noted(100, (nth) => `v-${'ictim'.slice(0, nth % 5)}-${'ictim'.slice(nth % 5)}@company.example`),
      0,
    )
    assert.equal(
      noted(9, () => 'another@company.example'),
      5,
    )
    clock.pass(DAY_MS)
    assert.equal(
      noted(9, () => 'victim@company.example'),
      5,
    )
    const toDomain = (domain: string): number =>
      taken(180, (nth) => limits.take('worked', parseMailbox(`a${nth}@${domain}`), undefined))
    assert.equal(toDomain('company.example'), 100)
    // The owner of a domain confirms for all of its mailboxes.
    const inADay = taken(DAY_MS / 60_000, (nth) => {
      clock.pass(60_000)
      return limits.take('worked', parseMailbox(`b${nth}@company.example`), undefined)
    })
    assert.ok(inADay <= 721, String(inADay))
    assert.equal(toDomain('mail.ru'), 180)
    assert.equal(toDomain('gmail.com'), 180)
  })
})
