import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { readInitialFrames } from './frames.ts'
import { readLongHeader, readVarint, sortAnswer, varint } from './header.ts'
import { initialKeys, openPacket, sealPacket } from './keys.ts'

/** The connection id and keys of RFC 9001 appendix A.1. */
const ID = Buffer.from('8394c8f03e515708', 'hex')

describe('keys of Initial packets', () => {
  it('are those of RFC 9001 appendix A.1', () => {
    const hex = (side: 'client' | 'server') =>
      Object.values(initialKeys(ID, side)).map((bytes: Buffer) => bytes.toString('hex'))
    assert.deepEqual(hex('client'), [
      '1f369613dd76d5467730efcbe3b1a22d',
      'fa044b2f42a3fd3b46fb255c',
      '9f50449e04a0e810283a1e9933adedd2',
    ])
    assert.deepEqual(hex('server'), [
      'cf3a5331653c364c88f0f379b6067e37',
      '0ac1493ca1905853b0bba03e',
      'c206b8d9b9f0f37644430b490eeaa314',
    ])
  })

  it('open what they sealed, and nothing that was changed', () => {
    const keys = initialKeys(ID, 'server')
    const header = Buffer.concat([Buffer.of(0xc3, 0, 0, 0, 1, 0, 0, 0, 0x40), Buffer.of(64)])
    const bytes = fc.uint8Array({ minLength: 24, maxLength: 60 })
    fc.assert(
      fc.property(bytes, fc.nat(0xffff_ffff), fc.nat(), fc.integer({ min: 1, max: 255 }), (plain, number, at, flip) => {
        const sealed = sealPacket(keys, { header, packetNumber: number, payload: Buffer.from(plain) })
        const opened = openPacket(keys, sealed, header.length, sealed.length)
        assert.deepEqual(opened && Uint8Array.from(opened), plain)
        const changed = Buffer.from(sealed)
        changed[at % sealed.length]! ^= flip // inside by the remainder
        assert.equal(openPacket(keys, changed, header.length, changed.length), undefined)
      }),
    )
  })
})

describe('what an unknown sender sends in place of QUIC', () => {
  const bytes = fc.uint8Array({ maxLength: 120 }).map((array) => Buffer.from(array))
  const own = { sourceId: Buffer.alloc(16, 1), destinationId: Buffer.alloc(16, 2) }

  it('is unknown, with any bytes', () => {
    fc.assert(fc.property(bytes, (datagram) => assert.equal(sortAnswer(datagram, own), 'stranger')))
  })

  it('is read without an error: headers, integers, frames', () => {
    fc.assert(
      fc.property(bytes, fc.constantFrom(0x00, 0x02, 0x03, 0x06, 0x1c, 0xc0, 0xff), (rest, first) => {
        const datagram = Buffer.concat([Buffer.of(first), rest])
        readLongHeader(datagram)
        assert.ok(readInitialFrames(datagram).length <= datagram.length)
        const number = readVarint(rest, 0)
        assert.ok(number === undefined || number[1] <= rest.length)
      }),
    )
  })

  it('a variable-length integer is read as it was written', () => {
    fc.assert(
      fc.property(fc.nat(0x3fff_ffff), (value) => {
        const written = varint(value)
        assert.deepEqual(readVarint(written, 0), [value, written.length])
      }),
    )
  })
})
