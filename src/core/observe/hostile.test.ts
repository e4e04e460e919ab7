import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { webMeasurement, type Json } from '../../../test/kit/measured/measurement.ts'
import {
  signalMeasurement,
  sniMeasurement,
  telegramMeasurement,
  whatsappMeasurement,
} from '../../../test/kit/measured/messenger-measurement.ts'
import { InputError } from '../model/errors.ts'
import { decodeMeasurement } from '../ooni/decode/decode.ts'
import { publicForm } from '../ooni/publish/public-form.ts'
import { openCertificates } from '../../runtime/certificates.ts'
import { observe } from './observe.ts'

const SOUND: readonly (() => Json)[] = [
  () => webMeasurement({ root: { probe_ip: '203.0.113.77' } }),
  telegramMeasurement,
  whatsappMeasurement,
  signalMeasurement,
  sniMeasurement,
]
const certificates = openCertificates()

/** Values that have broken parsers before. */
const JUNK = fc.constantFrom<unknown>(
  ...[
    null,
    true,
    -1,
    1.5,
    2 ** 60,
    '',
    'x',
    '\ud800',
    '203.0.113.77',
    '::1',
    '[::1]:443',
    'http://',
    'http://a:99999/',
  ],
  ...[
    'https://[::1]/',
    '//',
    '%',
    'depth=9',
    'a'.repeat(3000),
    [],
    {},
    [[]],
    [null],
    { a: 1 },
    { format: 'base64', data: '!!' },
  ],
)

/** Puts a value somewhere inside a document; each step takes the child that its number points at. */
function plant(document: Json, steps: readonly number[], value: unknown): void {
  let place: Record<string, unknown> = document
  for (const [index, step] of steps.entries()) {
    const keys = Object.keys(place)
    const key = keys[step % keys.length]
    if (key === undefined) return
    const child = place[key]
    if (index === steps.length - 1 || child === null || typeof child !== 'object') {
      place[key] = structuredClone(value)
      return
    }
    place = child as Record<string, unknown> // an object or a list: both are written by key
  }
}

const damage = fc.array(fc.tuple(fc.array(fc.nat(40), { minLength: 1, maxLength: 7 }), JUNK), {
  minLength: 1,
  maxLength: 3,
})

describe('a damaged measurement', () => {
  it('gives rows or an InputError with its place, and a public form that is its own public form', () => {
    fc.assert(
      fc.property(fc.nat(SOUND.length - 1), damage, (which, wounds) => {
        const document = structuredClone(SOUND[which]?.() ?? {})
        for (const [steps, value] of wounds) plant(document, steps, value)
        const text = publicForm(document)
        assert.equal(publicForm(JSON.parse(text)), text)
        try {
          const decoded = decodeMeasurement(document)
          if (decoded.kind === 'measurement')
            for (const row of observe(decoded, certificates)) assert.ok(row.source.startsWith('/test_keys'))
        } catch (error) {
          assert.ok(error instanceof InputError, String(error))
          assert.match(error.path, /^\//)
        }
      }),
      { numRuns: 1500 },
    )
  })
})
