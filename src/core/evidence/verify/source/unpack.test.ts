import assert from 'node:assert/strict'
import { buffer } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { inflateByStream } from '../../../../browser/verify/tools.ts'
import { inflateRaw } from '../../../../runtime/compress.ts'
import { InputError } from '../../../model/errors.ts'
import { unpack, type Inflate } from './unpack.ts'

async function* cut(bytes: Uint8Array, length = 1024 ** 2): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield await Promise.resolve(bytes.subarray(at, at + length))
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

const TEXT = Buffer.from('as long as it takes, as long as it takes')
const PACKED = deflateRawSync(TEXT)
const ZERO = Buffer.from([0])
/** More than a window, a piece, and what the server unpacks at once. */
const MANY = manyBytes(6_000_000)
const MANY_PACKED = deflateRawSync(MANY)
const BOMB = deflateRawSync(Buffer.alloc(200_000_000))

/** Bytes of few letters without repeats. */
function manyBytes(length: number): Buffer {
  const bytes = Buffer.alloc(length)
  for (let at = 0, seed = 7; at < length; at++) {
    seed = (seed * 1_103_515_245 + 12_345) & 0x7fff_ffff
    bytes[at] = (seed >> 16) & 15
  }
  return bytes
}

const REFUSED: readonly (readonly [string, Uint8Array, number])[] = [
  ['a stream that is cut off', PACKED.subarray(0, -1), TEXT.length],
  ['a byte after the end', Buffer.concat([PACKED, ZERO]), TEXT.length],
  ['another stream after the end', Buffer.concat([PACKED, PACKED]), TEXT.length],
  ['fewer bytes than stated', PACKED, TEXT.length + 1],
  ['more bytes than stated', PACKED, TEXT.length - 1],
  ['any byte where none is stated', PACKED, 0],
  ['no bytes at all', new Uint8Array(), 0],
  ['a kind of block that does not exist', Buffer.from([7]), 0],
  ['a stored block whose length is not said twice', Buffer.from([1, 1, 0, 0, 0, 65]), 1],
  ['a match from before the beginning', Buffer.from([0x03, 0x02]), 3],
  ['many bytes, cut off', MANY_PACKED.subarray(0, -1), MANY.length],
  ['many bytes with one after the end', Buffer.concat([MANY_PACKED, ZERO]), MANY.length],
  ['many bytes with as many after the end', Buffer.concat([MANY_PACKED, MANY]), MANY.length],
  ['many bytes, fewer than stated', MANY_PACKED, MANY.length + 1],
  ['many bytes, more than stated', MANY_PACKED, MANY.length - 1],
]

const DECODERS: readonly (readonly [string, Inflate])[] = [
  ['node:zlib', inflateRaw],
  ['the DecompressionStream of a browser', inflateByStream],
]
for (const [decoder, inflate] of DECODERS)
  describe(`unpack() by ${decoder}`, () => {
    const unpacked = async (bytes: Uint8Array, size: number, piece?: number): Promise<Buffer> => {
      const parts: Uint8Array[] = []
      for await (const part of unpack(cut(bytes, piece), { packed: bytes.length, size }, inflate)) {
        assert.ok(part.length <= 1024 ** 2)
        parts.push(part)
      }
      return Buffer.concat(parts)
    }

    it('gives what zlib packed, by any of its ways and however the bytes come', async () => {
      await fc.assert(
        fc.asyncProperty(content, options, fc.integer({ min: 1, max: 5000 }), async (bytes, how, piece) => {
          assert.ok((await unpacked(deflateRawSync(bytes, how), bytes.length, piece)).equals(bytes))
        }),
        { numRuns: 300 },
      )
      for (const level of [0, 1, 9])
        assert.ok((await unpacked(deflateRawSync(MANY, { level }), MANY.length)).equals(MANY))
    })

    it('takes exactly what zlib takes, and gives the same', async () => {
      const turned = fc.record({ bytes: content, how: options, bit: fc.nat(), more: fc.uint8Array({ maxLength: 2 }) })
      await fc.assert(
        fc.asyncProperty(turned, async ({ bytes, how, bit, more }) => {
          const packed = Buffer.concat([deflateRawSync(bytes, how), more])
          const at = bit % (packed.length * 8)
          packed[at >> 3] = (packed[at >> 3] ?? 0) ^ (1 << (at & 7))
          let expected: Buffer | undefined
          try {
            expected = inflateRawSync(packed, { maxOutputLength: 10_000_000, rejectGarbageAfterEnd: true })
          } catch {
            expected = undefined
          }
          const found = await unpacked(packed, expected?.length ?? bytes.length).catch((error: unknown) => {
            assert.ok(error instanceof InputError)
          })
          assert.deepEqual(found, expected)
        }),
        { numRuns: 500 },
      )
    })

    it('never ends otherwise than with bytes or InputError, for bytes of any kind', async () => {
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), fc.nat(1000), async (bytes, size) => {
          await unpacked(bytes, size).catch((error: unknown) => assert.ok(error instanceof InputError))
        }),
        { numRuns: 500 },
      )
    })

    for (const [name, bytes, size] of REFUSED)
      it(`refuses ${name}`, async () => {
        await assert.rejects(unpacked(bytes, size), { code: 'bundle.deflate' })
      })

    it('ignores the unused bits of a byte, which no platform checks: the bytes it gives are the same', async () => {
      // Two bits remain behind these ten letters; five are unused before the length of a stored block.
      const letters = Buffer.alloc(10, 'a')
      const padded = deflateRawSync(letters)
      for (const bit of [64, 128]) {
        padded[padded.length - 1] = (padded.at(-1) ?? 0) ^ bit
        assert.ok((await unpacked(padded, letters.length)).equals(letters))
      }
      assert.equal((await unpacked(Buffer.from([0x81, 1, 0, 0xfe, 0xff, 65]), 1)).toString(), 'A')
    })

    it('ends a bomb soon after the stated length, and gives nothing beyond it', async () => {
      let [made, given] = [0, 0]
      const counting: Inflate = async function* (packed, lengths) {
        for await (const piece of inflate(packed, lengths)) {
          made += piece.length
          yield piece
        }
      }
      for (const size of [1000, 6_000_000]) {
        ;[made, given] = [0, 0]
        await assert.rejects(async () => {
          for await (const piece of unpack(cut(BOMB), { packed: BOMB.length, size }, counting)) given += piece.length
        }, InputError)
        assert.ok(made < size + 2 * 1024 ** 2, `${made}`)
        assert.ok(given <= size, `${given}`)
      }
    })

    it('says as it is that the packed bytes cannot be read', async () => {
      const gone = new InputError('gone', { code: 'bundle.gone', path: 'b/a', expected: 'the file' })
      const broken = async function* (): AsyncGenerator<Uint8Array> {
        yield* cut(MANY_PACKED.subarray(0, 1000))
        throw gone
      }
      for (const size of [TEXT.length, MANY.length])
        await assert.rejects(buffer(unpack(broken(), { packed: 1000, size }, inflate)), gone)
    })

    it('closes the packed bytes behind a reader that stops', async () => {
      let closed = false
      const watched = async function* (): AsyncGenerator<Uint8Array> {
        try {
          yield* cut(MANY_PACKED, 65_536)
        } finally {
          closed = true
        }
      }
      for await (const piece of unpack(watched(), { packed: MANY_PACKED.length, size: MANY.length }, inflate)) {
        assert.ok(MANY.subarray(0, piece.length).equals(piece))
        break
      }
      await new Promise((done) => setImmediate(done))
      assert.ok(closed)
    })
  })
