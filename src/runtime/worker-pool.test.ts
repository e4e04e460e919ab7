import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Fault } from '../core/model/errors.ts'
import { openWorkerPool, WorkerLost, type PoolOptions, type WorkerPool } from './worker-pool.ts'

const program = new URL('../../test/kit/crash/echo-worker.ts', import.meta.url)
const open = (options: Partial<PoolOptions> = {}): WorkerPool =>
  openWorkerPool(program, {
    size: 2,
    depth: 2,
    data: { greeting: 'salem' },
    heapMegabytes: 64,
    youngMegabytes: 16,
    budget: { baseMs: 60_000, perMegabyteMs: 0 },
    ...options,
  })

describe('openWorkerPool()', () => {
  it('answers each call with what its handler gives, and hands buffers over', async () => {
    await using pool = open()
    const buffer = new Uint8Array([1, 2, 3]).buffer
    const answer = await pool.lease((lease) => lease.call('echo', { buffer }, [buffer]))
    assert.deepEqual(answer, { greeting: 'salem', value: { buffer: new Uint8Array([1, 2, 3]).buffer } })
    assert.equal(buffer.byteLength, 0)
  })

  it('keeps all calls of a lease on one thread', async () => {
    await using pool = open()
    const threads = await pool.lease(async (lease) => [await lease.call('thread', 0), await lease.call('thread', 0)])
    assert.equal(threads[0], threads[1])
  })

  it('lets no more leases run than there are places', async () => {
    await using pool = open({ size: 1, depth: 2 })
    let running = 0
    let most = 0
    const job = async (): Promise<void> => {
      most = Math.max(most, ++running)
      await new Promise(setImmediate)
      running--
    }
    await Promise.all(Array.from({ length: 10 }, () => pool.lease(job)))
    assert.equal(most, 2)
  })

  it('turns an error of a handler into a Fault and goes on', async () => {
    await using pool = open({ size: 1 })
    await assert.rejects(
      pool.lease((lease) => lease.call('fail', 'broken')),
      (error) => error instanceof Fault && error.message === 'broken',
    )
    await assert.rejects(
      pool.lease((lease) => lease.call('unknown', 0)),
      Fault,
    )
    assert.ok(await pool.lease((lease) => lease.call('echo', 1)))
  })

  it('replaces a thread that ended and fails its calls alone', async () => {
    await using pool = open({ size: 1, depth: 2 })
    const lost = pool.lease((lease) => lease.call('exit', 0))
    await assert.rejects(lost, WorkerLost)
    assert.deepEqual(await pool.lease((lease) => lease.call('echo', 1)), { greeting: 'salem', value: 1 })
  })

  it('tells the call that ended a thread from those that waited behind it', async () => {
    await using pool = open({ size: 1, depth: 2 })
    const lost = await Promise.allSettled(['exit', 'echo'].map((name) => pool.lease((lease) => lease.call(name, 0))))
    const served = lost.map((one) => one.status === 'rejected' && one.reason instanceof WorkerLost && one.reason.served)
    assert.deepEqual(served, [true, false])
    assert.equal(lost[1]?.status, 'rejected')
  })

  it('ends an item that uses up its budget, and nothing else', async () => {
    await using pool = open({ size: 1, depth: 2, budget: { baseMs: 50, perMegabyteMs: 0 } })
    const calls = [[0, 0, Infinity, 0], [0]].map((items) => pool.lease((lease) => lease.call('work', items)))
    const [lost, behind] = await Promise.allSettled(calls)
    assert.ok(lost?.status === 'rejected' && lost.reason instanceof WorkerLost)
    assert.deepEqual([lost.reason.reason, lost.reason.served, lost.reason.item], ['slow', true, 2])
    assert.ok(behind?.status === 'rejected' && behind.reason instanceof WorkerLost && !behind.reason.served)
    assert.deepEqual(await pool.lease((lease) => lease.call('work', [0])), [0])
  })

  it('counts the budget for each item and not for the call', async () => {
    await using pool = open({ size: 1, budget: { baseMs: 100, perMegabyteMs: 0 } })
    const items = Array.from({ length: 12 }, () => 20)
    assert.deepEqual(await pool.lease((lease) => lease.call('work', items)), items)
  })

  it('closes while an item that never ends is worked on', async () => {
    const pool = open({ size: 1, budget: { baseMs: 50, perMegabyteMs: 0 } })
    const lost = assert.rejects(
      pool.lease((lease) => lease.call('work', [Infinity])),
      WorkerLost,
    )
    await pool[Symbol.asyncDispose]()
    await lost
  })

  it('fails every call where its threads cannot start, and starts no more', async () => {
    await using pool = open({ depth: 1, data: null })
    const failure = (error: unknown): boolean => error instanceof Fault && !(error instanceof WorkerLost)
    await assert.rejects(
      pool.lease((lease) => lease.call('echo', 1)),
      failure,
    )
    await assert.rejects(
      pool.lease((lease) => lease.call('echo', 1)),
      failure,
    )
  })

  it('loses a thread whose heap is full, not the process', async () => {
    await using pool = open({ size: 1, heapMegabytes: 16 })
    await assert.rejects(
      pool.lease((lease) => lease.call('hoard', 0)),
      WorkerLost,
    )
  })

  it('waits for open leases before it ends its threads', async () => {
    const pool = open()
    let ended = false
    const lease = pool.lease(async (worker) => {
      await worker.call('echo', 1)
      await worker.call('echo', 2)
      ended = true
    })
    await pool[Symbol.asyncDispose]()
    assert.ok(ended)
    await lease
    await assert.rejects(
      pool.lease(() => Promise.resolve()),
      Fault,
    )
  })
})
