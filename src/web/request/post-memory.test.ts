import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { describe, it } from 'node:test'
import { PostMemory, readPost, type ReadPost } from './post-memory.ts'
import type { Incoming } from './request-body.ts'

const MOST = 1000

/** A body that comes in as it is written. */
function body(room: PostMemory): { readonly write: PassThrough; readonly read: Promise<ReadPost> } {
  const write = new PassThrough()
  const incoming: Incoming = Object.assign(write, { complete: true, socket: {} })
  return { write, read: readPost(incoming, { room, most: MOST, dropped: 500 }) }
}

describe('readPost()', () => {
  it('gives a body whole, and of one that is too long the beginning', async () => {
    const room = new PostMemory(10 * MOST)
    for (const [length, isWhole] of [
      [0, true],
      [MOST, true],
      [MOST + 1, false],
      [MOST + 400, false],
      [MOST + 100_000, false],
    ] as const) {
      const { write, read } = body(room)
      write.end(Buffer.alloc(length, 1))
      const given = await read
      assert.ok(given.kind === 'body')
      assert.deepEqual([given.isWhole, given.bytes.length], [isWhole, Math.min(length, MOST)])
    }
  })

  it('reports a body that was interrupted', async () => {
    const { write, read } = body(new PostMemory(MOST))
    write.write('half')
    write.destroy(new Error('reset'))
    assert.deepEqual(await read, { kind: 'broken' })
  })

  it('lets go the sender that began longest ago where there is no room, and never one that is quick', async () => {
    const room = new PostMemory(4 * MOST)
    const slow = Array.from({ length: 50 }, () => body(room))
    for (const { write } of slow) write.write(Buffer.alloc(MOST, 1))
    const gone = slow.slice(0, 46)
    assert.deepEqual(
      new Set((await Promise.all(gone.map(({ read }) => read))).map(({ kind }) => kind)),
      new Set(['full']),
    )
    const quick = body(room)
    quick.write.end(Buffer.alloc(MOST, 1))
    assert.equal((await quick.read).kind, 'body')
    assert.equal((await slow[46]?.read)?.kind, 'full')
    for (const { write } of slow) write.end()
    const left = await Promise.all(slow.slice(47).map(({ read }) => read))
    assert.deepEqual(
      left.map(({ kind }) => kind),
      ['body', 'body', 'body'],
    )
  })
})
