import { Worker } from 'node:worker_threads'
import { Fault } from '../model/errors.ts'

/** A call to a worker and its answer, as they cross the thread boundary. */
export interface Call {
  readonly id: number
  readonly name: string
  readonly value: unknown
}
export type Answer =
  | { readonly kind: 'ready' }
  | { readonly id: number; readonly kind: 'value'; readonly value: unknown }
  | { readonly id: number; readonly kind: 'error'; readonly message: string; readonly stack: string }

/** The thread ended under a call (out of memory, most likely). */
export class WorkerLost extends Fault {
  /** Whether this very call was being served; otherwise it only waited behind the one that was. */
  readonly served: boolean

  constructor(served: boolean, cause: unknown) {
    super('A worker thread ended before its answer', { cause })
    this.served = served
  }
}

/** One worker for a series of calls: what it keeps between two calls of a lease is the caller's. */
export interface Lease {
  /** Runs a handler of the worker; buffers in `transfer` are no longer the caller's. Rejects with Fault. */
  call(name: string, value: unknown, transfer?: readonly ArrayBuffer[]): Promise<unknown>
}

export interface WorkerPool extends AsyncDisposable {
  /** Waits for a free place, runs the job with one worker and gives the place back whatever happens. */
  lease<T>(job: (lease: Lease) => Promise<T>): Promise<T>
  /** Resolves when the threads run and a place is free (back-pressure for whoever prepares the next job). */
  ready(): Promise<void>
}

export interface PoolOptions {
  /** Threads. */
  readonly size: number
  /** Leases that may share one thread, so that it has work while another lease waits for the disk. */
  readonly depth: number
  /** Given to every thread as its `workerData`. */
  readonly data: unknown
  /** Largest heap of one thread, and the part of it for what was made last. */
  readonly heapMegabytes: number
  readonly youngMegabytes: number
}

interface Slot {
  worker: Worker
  /** Resolves when the thread serves, or has ended. */
  started: Promise<void>
  leases: number
  readonly open: Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>
}

/**
 * Starts threads that serve calls (worker side: `serveCalls` in serve-calls.ts). A thread that dies fails its open
 * calls with WorkerLost and is replaced. Disposing waits for the open leases, then ends the threads.
 */
export function openWorkerPool(program: URL, options: PoolOptions): WorkerPool {
  const slots: Slot[] = []
  const waiting: (() => void)[] = []
  const running = new Set<Promise<unknown>>()
  let closed = false
  /** Set when a thread did not even start: another one would not either. */
  let broken: Fault | undefined
  let nextId = 0

  const start = (slot: Omit<Slot, 'worker'> & { worker?: Worker }): Worker => {
    const worker = new Worker(program, {
      workerData: options.data,
      resourceLimits: {
        maxOldGenerationSizeMb: options.heapMegabytes,
        maxYoungGenerationSizeMb: options.youngMegabytes,
      },
    })
    let ready = false
    const started = Promise.withResolvers<void>()
    slot.started = started.promise
    worker.on('message', (answer: Answer) => {
      if (answer.kind === 'ready') {
        ready = true
        started.resolve()
        return
      }
      const call = slot.open.get(answer.id)
      slot.open.delete(answer.id)
      if (answer.kind === 'value') call?.resolve(answer.value)
      else call?.reject(new Fault(answer.message, { cause: new Error(answer.stack) }))
    })
    let reason: unknown
    worker.on('error', (error: unknown) => {
      reason = error
    })
    worker.on('exit', () => {
      started.resolve() // whoever waited is told by the next lease
      if (!ready && !closed) broken = new Fault('Cannot start a worker thread', { cause: reason })
      // A thread serves its calls in the order in which they came: the first open one is the one that ended it.
      for (const [place, call] of [...slot.open.values()].entries())
        call.reject(broken ?? new WorkerLost(place === 0, reason))
      slot.open.clear()
      if (!closed && broken === undefined) slot.worker = start(slot)
    })
    return worker
  }
  for (let i = 0; i < options.size; i++) {
    const slot = { leases: 0, open: new Map(), started: Promise.resolve() }
    slots.push(Object.assign(slot, { worker: start(slot) }))
  }

  const free = (): Slot | undefined => {
    const least = slots.reduce((best, slot) => (slot.leases < best.leases ? slot : best))
    return least.leases < options.depth ? least : undefined
  }
  const freed = (): Promise<void> => new Promise((resolve) => waiting.push(resolve))
  const callOn = (slot: Slot, name: string, value: unknown, transfer: readonly ArrayBuffer[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (broken !== undefined) return reject(broken)
      const call: Call = { id: nextId++, name, value }
      slot.open.set(call.id, { resolve, reject })
      slot.worker.postMessage(call, transfer)
    })

  return {
    async ready() {
      await Promise.all(slots.map(({ started }) => started))
      while (free() === undefined) await freed()
    },
    async lease(job) {
      let slot = free()
      for (; slot === undefined; slot = free()) await freed()
      if (closed) throw new Fault('Cannot lease a worker: the pool is closed')
      slot.leases++
      const place = slot
      const run = job({ call: (name, value, transfer = []) => callOn(place, name, value, transfer) })
      running.add(run)
      try {
        return await run
      } finally {
        running.delete(run)
        place.leases--
        for (const wake of waiting.splice(0)) wake()
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.allSettled(running)
      closed = true
      await Promise.all(slots.map((slot) => slot.worker.terminate()))
    },
  }
}
