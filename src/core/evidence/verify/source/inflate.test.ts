import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { InputError } from '../../../model/errors.ts'
import { inflate } from './inflate.ts'

async function* cut(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield await Promise.resolve(bytes.subarray(at, at + length))
}
async function inflated(packed: Uint8Array, size: number, piece = 1024 ** 2): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of inflate(cut(packed, piece), size)) parts.push(part)
  return Buffer.concat(parts)
}
/** Bytes as files have them: repeated, with few letters, or of no pattern at all. */
const content = fc.oneof(
  fc.uint8Array({ maxLength: 3000 }),
  fc
    .array(fc.constantFrom('{"leaf":', '"kind":"reachable"', '0', '1', '\n'), { maxLength: 4000 })
    .map((parts) => Buffer.from(parts.join(''))),
  fc
    .tuple(fc.uint8Array({ minLength: 1, maxLength: 9 }), fc.nat(90_000))
    .map(([part, size]) => Buffer.alloc(size, part)),
)
const options = fc.record({
  level: fc.integer({ min: 0, max: 9 }),
  strategy: fc.constantFrom(
    ...[
      constants.Z_DEFAULT_STRATEGY,
      constants.Z_FIXED,
      constants.Z_HUFFMAN_ONLY,
      constants.Z_RLE,
      constants.Z_FILTERED,
    ],
  ),
})

describe('inflate()', () => {
  it('gives what zlib packed, by any of its ways and however the bytes come', async () => {
    await fc.assert(
      fc.asyncProperty(content, options, fc.integer({ min: 1, max: 5000 }), async (bytes, how, piece) => {
        assert.ok((await inflated(deflateRawSync(bytes, how), bytes.length, piece)).equals(bytes))
      }),
      { numRuns: 300 },
    )
  })

  it('gives more than a window and a piece', async () => {
    const bytes = Buffer.alloc(5_000_000)
    for (let at = 0, seed = 7; at < bytes.length; at++) {
      seed = (seed * 1_103_515_245 + 12_345) & 0x7fff_ffff
      bytes[at] = (seed >> 16) & 15
    }
    for (const level of [0, 1, 9])
      assert.ok((await inflated(deflateRawSync(bytes, { level }), bytes.length)).equals(bytes))
  })

  it('takes nothing that zlib refuses, and gives what zlib gives where it takes', async () => {
    const turned = fc.record({ bytes: content, how: options, bit: fc.nat(), more: fc.uint8Array({ maxLength: 2 }) })
    await fc.assert(
      fc.asyncProperty(turned, async ({ bytes, how, bit, more }) => {
        const packed = Buffer.concat([deflateRawSync(bytes, how), more])
        const at = bit % (packed.length * 8)
        packed[at >> 3] = (packed[at >> 3] ?? 0) ^ (1 << (at & 7))
        let expected: Buffer | undefined
        try {
          expected = inflateRawSync(packed, { maxOutputLength: 10_000_000 })
        } catch {
          expected = undefined
        }
        const size = expected?.length ?? bytes.length
        const found = await inflated(packed, size).catch((error: unknown) => {
          assert.ok(error instanceof InputError)
        })
        if (found !== undefined) assert.ok(expected !== undefined && found.equals(expected))
      }),
      { numRuns: 1000 },
    )
  })

  it('never ends otherwise than with bytes or InputError, for bytes of any kind', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), fc.nat(1000), async (bytes, size) => {
        await inflated(bytes, size).catch((error: unknown) => assert.ok(error instanceof InputError))
      }),
      { numRuns: 1000 },
    )
  })

  const text = Buffer.from('as long as it takes, as long as it takes')
  const packed = deflateRawSync(text)
  for (const [name, bytes, size] of [
    ['a stream that is cut off', packed.subarray(0, -1), text.length],
    ['bytes after the end', Buffer.concat([packed, Buffer.from([0])]), text.length],
    ['fewer bytes than stated', packed, text.length + 1],
    ['more bytes than stated', packed, text.length - 1],
    ['no bytes at all', new Uint8Array(), 0],
    ['a kind of block that does not exist', Buffer.from([7]), 0],
    ['a stored block whose length is not said twice', Buffer.from([1, 1, 0, 0, 0, 65]), 1],
    ['bits of padding that are not zero', Buffer.from([0x81, 1, 0, 0xfe, 0xff, 65]), 1],
    ['a match from before the beginning', Buffer.from([0x03 | 0x00, 0x02]), 3],
  ] as const)
    it(`refuses ${name}`, async () => {
      await assert.rejects(inflated(bytes, size), { code: 'bundle.deflate' })
    })

  it('makes no more than one piece beyond the stated length of a bomb', async () => {
    const bomb = deflateRawSync(Buffer.alloc(200_000_000))
    let made = 0
    await assert.rejects(async () => {
      for await (const piece of inflate(cut(bomb, 65_536), 1000)) made += piece.length
    }, InputError)
    assert.equal(made, 0)
  })
})
