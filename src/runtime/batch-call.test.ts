import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { callBatch } from './batch-call.ts'
import { openWorkerPool, WorkerLost, type WorkerPool } from './worker-pool.ts'

const open = (): WorkerPool =>
  openWorkerPool(new URL('../../test/kit/crash/echo-worker.ts', import.meta.url), {
    ...{ size: 1, depth: 2, data: { greeting: '' }, heapMegabytes: 64, youngMegabytes: 16 },
    budget: { baseMs: 50, perMegabyteMs: 0 },
  })

describe('callBatch()', () => {
  it('leaves out each item that takes too long and answers all others once', async () => {
    await using pool = open()
    const [answered, lost]: [number[], number[]] = [[], []]
    let left: readonly number[] = [0, 1, Infinity, 2, Infinity, 3]
    while (left.length > 0) {
      const items = left
      const found = await pool.lease((lease) => callBatch(items, (some) => lease.call('work', some)))
      answered.push(...found.parts.flatMap((part) => part.items))
      lost.push(...found.lost.map(({ item }) => item))
      assert.ok(found.lost.every(({ reason }) => reason === 'slow'))
      left = found.rest
    }
    assert.deepEqual(answered, [0, 1, 2, 3])
    assert.deepEqual(lost, [Infinity, Infinity])
  })

  it('finds the item that ends its thread if it is unknown which it was', async () => {
    const call = async (items: readonly string[]): Promise<number> => {
      if (items.includes('bad')) throw new WorkerLost('ended', { served: true })
      return items.length
    }
    const lost: string[] = []
    let passed = 0
    for (let left: readonly string[] = ['a', 'b', 'bad', 'c', 'd']; left.length > 0;) {
      const found = await callBatch(left, call)
      passed += found.parts.reduce((sum, { reply }) => sum + reply, 0)
      lost.push(...found.lost.map(({ item }) => item))
      left = found.rest
    }
    assert.equal(passed, 4)
    assert.deepEqual(lost, ['bad'])
  })

  it('asks again for a batch that only waited behind the one that ended the thread', async () => {
    let asked = 0
    const found = await callBatch(['a'], async () => {
      if (asked++ === 0) throw new WorkerLost('slow', { served: false })
      return 'ok'
    })
    assert.deepEqual(found, { parts: [{ items: ['a'], reply: 'ok' }], lost: [], rest: [] })
  })
})
