import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { eraseAnyBySearch, eraseHouseholdsBySearch } from '../../../test/kit/crash/erase-by-search.ts'
import { webMeasurement } from '../../../test/kit/measured/measurement.ts'
import {
  signalMeasurement,
  sniMeasurement,
  telegramMeasurement,
  whatsappMeasurement,
} from '../../../test/kit/measured/messenger-measurement.ts'
import { SAMPLES } from '../../../test/kit/measured/samples.ts'
import { householdsOf } from '../ooni/publish/erase-address.ts'
import { canonicalAddress } from './address.ts'
import { ANY_ADDRESS, eraseV6 } from './scrub-address.ts'

const OURS = [
  '2a00:1fa0:4780:12::1',
  '2a00:1fa0::5',
  '::ffff:95.56.10.20',
  '1:0:0:1::',
  'a:a:a:a::1',
  '0:1::',
  '2a00::',
]

const agree = (text: string, addresses: readonly string[]): void => {
  const households = householdsOf(addresses)
  assert.ok(households !== undefined)
  assert.equal(eraseV6(text, households), eraseHouseholdsBySearch(text, addresses))
  assert.equal(eraseV6(text, ANY_ADDRESS), eraseAnyBySearch(text))
}

/** Pieces of which addresses are made, and what stands next to them. */
const piece = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(':', '-', '%3a', '%3A', '::', '0', '1', 'a', 'A', '.', '%', '3a', 'g', ' ') },
  {
    weight: 4,
    arbitrary: fc.constantFrom('2a00', '1fa0', '4780', '12', '0012', 'ffff', '5f38', 'a14', '95', '56', '10'),
  },
  { weight: 1, arbitrary: fc.constantFrom('2a00:1fa0:4780:12:', '95.56.10.20', '::ffff:', '[', ']', '.1.2.3', '/64') },
  { weight: 1, arbitrary: fc.constantFrom(...OURS) },
  { weight: 1, arbitrary: fc.ipV6() },
)
const text = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(''))

describe('eraseV6()', () => {
  it('gives byte for byte what the search through every run of groups gave, in texts like addresses', () => {
    fc.assert(
      fc.property(text, fc.subarray(OURS, { minLength: 1 }), (one, addresses) => agree(one, addresses)),
      { numRuns: 20_000 },
    )
  })

  it('gives the same for addresses of any kind in any text', () => {
    fc.assert(
      fc.property(
        fc.ipV6(),
        fc.string({ unit: 'binary', maxLength: 30 }),
        fc.string({ maxLength: 30 }),
        (ip, before, after) => agree(`${before}${ip}${after}`, [ip]),
      ),
      { numRuns: 3000 },
    )
  })

  it('gives the same for a list of texts that were slow', () => {
    for (const unit of [
      ':',
      '-',
      'a:',
      '2a00:',
      '2a00:1fa0:4780:',
      '2a00:1fa0:4780:12:',
      '%3a',
      '%25',
      '0',
      '0:',
      '::',
      'a::',
      '1.',
      '1:2.3.4.',
    ])
      for (const count of [1, 2, 3, 7, 15, 16, 17, 18, 33, 100])
        for (const tail of ['', '1', '::1', '.1.2.3', 'g']) agree(unit.repeat(count) + tail, OURS)
  })

  it('gives the same in generated measurements, for each address that they hold', () => {
    for (const made of [
      webMeasurement(),
      telegramMeasurement(),
      whatsappMeasurement(),
      signalMeasurement(),
      sniMeasurement(),
    ])
      agreeIn(JSON.stringify({ ...made, x: OURS }))
  })

  it('gives the same in samples of every nettest', () => {
    for (const { bytes } of SAMPLES) agreeIn(bytes.toString())
  })
})

/** Compares for the addresses of a text: at most twenty, for the slow way is slow. */
function agreeIn(json: string): void {
  const held = [...json.matchAll(/[0-9a-f]{1,4}:[0-9a-f:.]+/gi)].map(([found]) => found)
  const addresses = [...new Set(held)].filter((one) => canonicalAddress(one)?.includes(':') === true)
  for (const one of [...OURS, ...addresses.slice(0, 20)]) agree(json, [one])
}
