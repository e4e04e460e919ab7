import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { personalTrace, withoutTraces } from './personal-trace.ts'

const PERSONAL: readonly (readonly [string, string, string])[] = [
  ['asked by sholpan@mail.example today', 'account', 'asked by [scrubbed] today'],
  ['see @sholpan_kz', 'account', 'see [scrubbed]'],
  ['from 178.89.21.77:443', 'address', 'from [scrubbed]:443'],
  ['from 178.89.21.77.', 'address', 'from [scrubbed].'],
  ['line 2a03:32c0:7:55::beef.', 'address', 'line [scrubbed].'],
  ['::ffff:178.89.21.77', 'address', '[scrubbed]'],
  ['phone de:ad:be:ef:12:34', 'address', 'phone [scrubbed]'],
  ['call +7 701 001-99-77', 'number', 'call [scrubbed]'],
  ['call 8(701)0019977 now', 'number', 'call [scrubbed] now'],
  ['тел.87010019977', 'number', 'тел.[scrubbed]'],
  ['WhatsApp 77010019977, 7 (701) 001 99 77', 'number', 'WhatsApp [scrubbed], [scrubbed]'],
  ['+7\u00a0701\u00a0001\u201199\u201177', 'number', '[scrubbed]'],
  ['+7 (7172) 74-12-34; 8 7172 741234', 'number', '[scrubbed]; [scrubbed]'],
  ['+998 90 123 45 67 and +996 555 123 456', 'number', '[scrubbed] and [scrubbed]'],
  ['no. 850101300123', 'number', 'no. [scrubbed]'],
]
const PLAIN = [
  'the owner asked for it',
  'шағым бойынша, 2026-10-06 15:00:00 UTC',
  'leaf 12, 3-9, version 1.2.3, rules 1.2.3.4.5',
  '1.3.6.1.4.1.99999.1',
  'sha256=0f3a8b7c850101300123aa',
  'AS9198, youtube-as9198-20261006T1500Z, 20261006T150000Z',
  'kuager.example/log+faf4a40c+AZ907Eff318ySEtMRecG4/5RqGJNendYlRBK6gHLsxaL',
  '81 GB, 1 000 000 measurements',
  'leaves 7, 8 and 9, of 70 000 000 leaves; 7 500 000 000 bytes; a day later by +5 hours',
]

describe('personalTrace()', () => {
  it('finds mailboxes, accounts, addresses, devices and numbers of people, and takes them out', () => {
    for (const [text, trace, clean] of PERSONAL) {
      assert.equal(personalTrace(text), trace, text)
      assert.equal(withoutTraces(text), clean)
      assert.equal(personalTrace(withoutTraces(text)), undefined)
    }
  })

  it('takes times, versions, digests, numbers of leaves and networks, and names of incidents for what they are', () => {
    for (const text of PLAIN) {
      assert.equal(personalTrace(text), undefined, text)
      assert.equal(withoutTraces(text), text)
    }
  })

  it('ends soon on a long text made to be searched for long', () => {
    for (const text of [
      '@'.repeat(100_000),
      '8 '.repeat(50_000),
      '+7'.repeat(50_000),
      '+7 '.repeat(30_000) + '7 ( '.repeat(30_000),
      '1.'.repeat(50_000),
      ':'.repeat(2000),
      'a'.repeat(100_000),
    ])
      assert.ok(withoutTraces(text).length > 0)
  })
})
