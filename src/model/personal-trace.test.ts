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
      '1.'.repeat(50_000),
      ':'.repeat(2000),
      'a'.repeat(100_000),
    ])
      assert.ok(withoutTraces(text).length > 0)
  })
})
