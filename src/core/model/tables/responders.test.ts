import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { InputError } from '../errors.ts'
import { encodeResponders, parseResponders, type Responders } from './responders.ts'

const key = fc.uint8Array({ minLength: 32, maxLength: 32 })
const port = fc.integer({ min: 1, max: 65_535 })
const responders: fc.Arbitrary<Responders> = fc.record({
  address: fc.constantFrom('192.0.2.7', '2001:db8::7'),
  openvpn: fc.record({ udp: port, tcp: port }),
  wireguard: fc.record({ port, publicKey: key }),
  tor: fc.record({ port }),
  shapedKey: key,
})

describe('parseResponders()', () => {
  it('reads back what encodeResponders() makes', () => {
    fc.assert(
      fc.property(responders, (made) => {
        assert.deepEqual(parseResponders(JSON.stringify(encodeResponders(made))), {
          ...made,
          openvpn: { ...made.openvpn },
          wireguard: { ...made.wireguard },
          tor: { ...made.tor },
        })
      }),
    )
  })

  const [one] = fc.sample(responders, { numRuns: 1, seed: 1 })
  const document = encodeResponders(one!) // one was asked for
  for (const [what, text] of [
    ['no JSON', '{'],
    ['another format', JSON.stringify({ ...document, format: 'kuager-responders/2' })],
    ['a name in place of an address', JSON.stringify({ ...document, address: 'vpn.example' })],
    ['a port that is none', JSON.stringify({ ...document, tor: { port: 0 } })],
    ['a key of 31 bytes', JSON.stringify({ ...document, shaped_key: btoa('x'.repeat(31)) })],
    ['more than it may hold', JSON.stringify({ ...document, extra: 'x'.repeat(5000) })],
  ] as const)
    it(`refuses ${what}`, () => {
      assert.throws(() => parseResponders(text), InputError)
    })
})
