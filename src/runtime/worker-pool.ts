import { Worker } from 'node:worker_threads'
import { Fault } from '../core/model/errors.ts'
import { counter } from './metrics.ts'
import { allowedMs, processorMs, progressBuffer, readProgress, type WorkBudget } from './work-progress.ts'

/** The first message to a thread: where it reports what it works on. */
export interface Greeting {
  readonly progress: SharedArrayBuffer
}
/** A call to a worker and its answer, as they cross the thread boundary. */
export interface Call {
  readonly id: number
  readonly name: string
  readonly value: unknown
}
export type WorkerAnswer =
  | { readonly kind: 'ready'; readonly thread?: string }
  | { readonly id: number; readonly kind: 'value'; readonly value: unknown }
  | { readonly id: number; readonly kind: 'error'; readonly message: string; readonly stack: string }

/**
 * Why a call has no answer: its thread `ended` (out of memory, most likely), one item was `slow` (it used its budget of the
 * processor), or `late` (the clock ran out where it is not known how much of the processor was used).
 */
export type LostReason = 'ended' | 'slow' | 'late'

/** The thread ended under a call. */
export class WorkerLost extends Fault {
  /** Whether this very call was being served; otherwise it only waited behind the one that was. */
  readonly served: boolean
  /** Which item of the call the thread was working on, as its handler said. */
  readonly item: number | undefined
  readonly reason: LostReason

  constructor(reason: LostReason, about: { served: boolean; item?: number | undefined; cause?: unknown }) {
    const found = reason === 'ended' ? 'A worker thread ended before its answer' : 'A worker thread took too long'
    super(found, { cause: about.cause })
    this.served = about.served
    this.item = about.item
    this.reason = reason
  }
}

/** One worker for a series of calls: what it keeps between two calls of a lease is the caller's. */
export interface Lease {
  /** Runs a handler of the worker; buffers in `transfer` are no longer the caller's. Rejects with Fault. */
  call(name: string, value: unknown, transfer?: readonly ArrayBuffer[]): Promise<unknown>
}

export interface WorkerPool extends AsyncDisposable {
  /** Waits for a free place, runs the job with one worker and gives the place back in every case. */
  lease<T>(job: (lease: Lease) => Promise<T>): Promise<T>
  /** Resolves when the threads run and a place is free (back-pressure for the code that prepares the next job). */
  ready(): Promise<void>
}

/** How many threads, and how much memory each: what a caller may give a pool that has limits of its own. */
export interface ThreadLimits {
  readonly threads: number
  readonly heapMegabytes: number
  readonly youngMegabytes: number
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
  /** What one item may cost, or one call where its handler names no items: beyond it the thread is ended. */
  readonly budget: WorkBudget
}

/** Time between two looks at what the threads work on. */
const WATCH_MS = 25
/** Where the system does not say how much of the processor a thread has used, it gets so many times its budget. */
const CLOCK_FACTOR = 10

const threadsLost = counter(
  'kuager_threads_lost_total',
  'Threads that ended by themselves (out of memory, most likely) or were ended for a call that cost too much.',
  'reason',
)

/** A thread at work, as it was first seen at the item that it still works on. */
interface Seen {
  readonly sequence: number
  readonly at: number
  /** Name of the thread, once it was heard, and the processor time that it had used then. */
  readonly thread: string | undefined
  readonly processor: number | undefined
}

interface Slot {
  worker: Worker
  progress: SharedArrayBuffer
  /** Name of the thread in the operating system. */
  thread: string | undefined
  seen: Seen | undefined
  /** Resolves when the thread serves, or has ended. */
  started: Promise<void>
  leases: number
  readonly open: Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>
}

/**
 * Starts threads that serve calls (worker side: `serveCalls` in serve-calls.ts). A thread that dies, or
 * works on one item for longer than its budget, fails its open calls with WorkerLost and is replaced: nothing within
 * JavaScript ends a search that goes on. Disposing waits for the open leases, then ends the threads.
 */
export function openWorkerPool(program: URL, options: PoolOptions): WorkerPool {
  const slots: Slot[] = []
  const waiting: (() => void)[] = []
  const running = new Set<Promise<unknown>>()
  let closed = false
  /** Set when a thread did not even start: another one would not either. */
  let broken: Fault | undefined
  let nextId = 0
  let watch: NodeJS.Timeout | undefined
  const ending = new Set<Promise<unknown>>()

  const start = (slot: Omit<Slot, 'worker'> & { worker?: Worker }): Worker => {
    const worker = new Worker(program, {
      workerData: options.data,
      resourceLimits: {
        maxOldGenerationSizeMb: options.heapMegabytes,
        maxYoungGenerationSizeMb: options.youngMegabytes,
      },
    })
    const progress = progressBuffer()
    Object.assign(slot, { progress, thread: undefined, seen: undefined })
    worker.postMessage({ progress } satisfies Greeting)
    let ready = false
    const started = Promise.withResolvers<void>()
    slot.started = started.promise
    worker.on('message', (answer: WorkerAnswer) => {
      if (slot.worker !== worker) return // given up already
      if (answer.kind === 'ready') {
        ready = true
        slot.thread = answer.thread
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
      started.resolve() // the next lease informs those who waited
      if (slot.worker !== worker) return
      if (!ready && !closed) broken = new Fault('Cannot start a worker thread', { cause: reason })
      if (!closed) threadsLost('ended').inc()
      fail(slot, broken ?? 'ended', reason)
      if (!closed && broken === undefined) slot.worker = start(slot)
    })
    return worker
  }
  /** Fails every open call of a slot. A thread serves its calls in the order in which they came. */
  const fail = (slot: Pick<Slot, 'open' | 'progress'>, why: Fault | LostReason, cause?: unknown): void => {
    const at = readProgress(slot.progress)
    const [first] = slot.open.keys()
    const served = at !== undefined && slot.open.has(at.call) ? at.call : first
    for (const [id, call] of slot.open) {
      const item = id === at?.call ? at.item : undefined
      call.reject(typeof why === 'string' ? new WorkerLost(why, { served: id === served, item, cause }) : why)
    }
    slot.open.clear()
  }
  /** Ends a thread and starts another in its place at once: one that is busy in native code ends only after that. */
  const giveUp = (slot: Slot, why: LostReason): void => {
    threadsLost(why).inc()
    const end = slot.worker.terminate()
    ending.add(end)
    void end.finally(() => ending.delete(end))
    fail(slot, why)
    slot.worker = start(slot)
  }
  const look = (): void => {
    if (closed || slots.every(({ open }) => open.size === 0)) {
      clearInterval(watch)
      watch = undefined
      return
    }
    for (const slot of slots) {
      const overrun = overrunOf(slot, options.budget)
      if (overrun !== undefined) giveUp(slot, overrun)
    }
  }
  for (let i = 0; i < options.size; i++) {
    const idle = { progress: progressBuffer(), thread: undefined, seen: undefined }
    const slot = { leases: 0, open: new Map(), started: Promise.resolve(), ...idle }
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
      watch ??= setInterval(look, WATCH_MS).unref()
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
      clearInterval(watch)
      await Promise.all([...slots.map((slot) => slot.worker.terminate()), ...ending])
    },
  }
}

/** Whether the item that a thread works on has used its budget; notes when the thread is first seen at it. */
function overrunOf(slot: Slot, budget: WorkBudget): 'slow' | 'late' | undefined {
  const at = slot.open.size === 0 ? undefined : readProgress(slot.progress)
  if (at === undefined) return undefined
  const now = performance.now()
  // A thread may be at work before its first word was heard: what it uses is counted from then on.
  if (slot.seen?.sequence !== at.sequence || slot.seen.thread !== slot.thread) {
    slot.seen = { sequence: at.sequence, at: now, thread: slot.thread, processor: processorMs(slot.thread) }
    return undefined
  }
  const allowed = allowedMs(budget, at.bytes)
  const passed = now - slot.seen.at
  // Nothing uses more of the processor than there was time: the system is not asked before.
  if (passed <= allowed) return undefined
  const used = slot.seen.processor === undefined ? undefined : processorMs(slot.thread)
  if (used === undefined || slot.seen.processor === undefined)
    return passed > CLOCK_FACTOR * allowed ? 'late' : undefined
  return used - slot.seen.processor > allowed ? 'slow' : undefined
}
