import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import fc from 'fast-check'
import { readRelayGreeting } from '../../net/tunnel/tor-cells.ts'
import { SHAPES } from '../../net/tunnel/shaped.ts'
import { systemClock } from '../../runtime/clock.ts'
import { loadResponderKeys } from './responder-keys.ts'
import { makeTorIdentity, type TorIdentity } from './tor-identity.ts'

describe('makeTorIdentity()', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kuager-tor-identity-'))
  let identity: TorIdentity
  let certificate: Uint8Array
  let greeting: Buffer
  before(async () => {
    identity = await makeTorIdentity(await loadResponderKeys(folder), systemClock.now())
    certificate = new X509Certificate(identity.cert).raw
    greeting = identity.greet([192, 0, 2, 1], [192, 0, 2, 2])
  })
  after(() => rmSync(folder, { recursive: true }))

  it('makes a greeting that stands for its own TLS certificate, of the length that the shaped answer has', () => {
    assert.equal(readRelayGreeting(greeting, certificate), 'answer')
    assert.equal(greeting.length, SHAPES.tor.answer)
  })

  it('makes a greeting that is valid for no other TLS certificate: a machine in the middle is found', async () => {
    const other = await makeTorIdentity(await loadResponderKeys(folder), systemClock.now())
    assert.equal(readRelayGreeting(greeting, new X509Certificate(other.cert).raw), 'other')
  })

  it('is read to its end only when NETINFO has begun, and never as an answer before', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: greeting.length - 514 + 6 }), (length) => {
        assert.equal(readRelayGreeting(greeting.subarray(0, length), certificate), 'more')
      }),
    )
  })

  it('is no answer with any byte of its link certificate changed', () => {
    const at = greeting.indexOf(Buffer.of(5, 0, 104, 1, 5)) // kind, length, version, kind
    assert.ok(at > 0)
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 106 }), fc.integer({ min: 1, max: 255 }), (offset, flip) => {
        const forged = Buffer.from(greeting)
        forged[at + offset]! ^= flip // inside the certificate
        assert.equal(readRelayGreeting(forged, certificate), 'other')
      }),
    )
  })

  it('survives any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const cells = Buffer.concat([Buffer.of(0, 0, 7, 0, 2, 0, 4), Buffer.from(bytes)])
        assert.notEqual(readRelayGreeting(cells, certificate), 'answer')
      }),
    )
  })
})
