import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openFrameDecoder } from './frame-decoder.ts'
import { openFrameEncoder } from './frame-encoder.ts'

const bytes = (length: number, word = 'measurement '): Buffer => Buffer.from(word.repeat(length)).subarray(0, length)

describe('openFrameDecoder()', () => {
  it('gives back what was compressed, frame after frame, of any length', () => {
    const [encode, decode] = [openFrameEncoder(), openFrameDecoder()]
    for (const length of [20_000, 0, 1, 65_535, 65_536, 3_000_000, 12, 20_000]) {
      const one = bytes(length)
      assert.deepEqual(Buffer.from(decode(Buffer.from(encode(one)), length)), one)
    }
  })

  it('throws at a frame that is damaged, cut or of another length, and reads the next one', () => {
    const decode = openFrameDecoder()
    const one = bytes(20_000)
    const frame = Buffer.from(openFrameEncoder()(one))
    const damaged = Buffer.from(frame)
    damaged[damaged.length >> 1]! ^= 0xff // inside the frame
    for (const bad of [damaged, frame.subarray(0, frame.length >> 1), Buffer.alloc(30), Buffer.alloc(0)]) {
      assert.throws(() => decode(bad, one.length))
      assert.deepEqual(Buffer.from(decode(frame, one.length)), one)
    }
    for (const length of [0, one.length - 1, one.length + 1, 10 * one.length]) {
      assert.throws(() => decode(frame, length))
      assert.deepEqual(Buffer.from(decode(frame, one.length)), one)
    }
  })
})
