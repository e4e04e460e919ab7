import { readFileSync, readlinkSync } from 'node:fs'

/** What one item may cost, as time of the processor. */
export interface WorkBudget {
  readonly baseMs: number
  /** On top of it, for each 2^20 bytes of the item. */
  readonly perMegabyteMs: number
}

/** Milliseconds of the processor that an item of so many bytes may use. */
export const allowedMs = ({ baseMs, perMegabyteMs }: WorkBudget, bytes: number): number =>
  baseMs + (perMegabyteMs * bytes) / 2 ** 20

/** Where a thread says what it works on, for the thread that may have to end it. */
const PLACES = { sequence: 0, call: 1, item: 2, bytes: 3 } as const
const NONE = -1

export interface WorkProgress {
  /** Another number for each item: two readings with the same one are of the same piece of work. */
  readonly sequence: number
  readonly call: number
  /** Undefined before the first item of the call. */
  readonly item: number | undefined
  readonly bytes: number
}

/** Memory of one thread for its progress. */
export const progressBuffer = (): SharedArrayBuffer => {
  const buffer = new SharedArrayBuffer(4 * Object.keys(PLACES).length)
  Atomics.store(new Int32Array(buffer), PLACES.call, NONE)
  return buffer
}

/** What the thread works on; undefined while it serves no call, or just goes from one item to the next. */
export function readProgress(buffer: SharedArrayBuffer): WorkProgress | undefined {
  const all = new Int32Array(buffer)
  const sequence = Atomics.load(all, PLACES.sequence)
  const call = Atomics.load(all, PLACES.call)
  const item = Atomics.load(all, PLACES.item)
  const bytes = Atomics.load(all, PLACES.bytes)
  if (call === NONE || Atomics.load(all, PLACES.sequence) !== sequence) return undefined
  return { sequence, call, item: item === NONE ? undefined : item, bytes }
}

/** What a handler says of its work, so that one item that takes too long is known and costs only itself. */
export interface Work {
  /** The thread begins an item of the call, or has found how many bytes the item really has: its budget follows. */
  item(nth: number, bytes: number): void
  /** Milliseconds since the call began. */
  spentMs(): number
  /** Milliseconds of the processor that the thread has used since it started. */
  processorMs(): number
}

/** The side of the thread: `begin` and `end` of each call, and what its handler is given. */
export class WorkReport implements Work {
  readonly #all: Int32Array
  #sequence = 0
  #began = 0

  constructor(buffer: SharedArrayBuffer) {
    this.#all = new Int32Array(buffer)
  }

  begin(call: number): void {
    this.#began = performance.now()
    this.#next(NONE, 0)
    Atomics.store(this.#all, PLACES.call, call)
  }

  item(nth: number, bytes: number): void {
    if (Atomics.load(this.#all, PLACES.item) === nth) Atomics.store(this.#all, PLACES.bytes, bytes)
    else this.#next(nth, bytes)
  }

  spentMs(): number {
    return performance.now() - this.#began
  }

  processorMs(): number {
    const { user, system } = process.threadCpuUsage()
    return (user + system) / 1000
  }

  end(): void {
    Atomics.store(this.#all, PLACES.call, NONE)
  }

  #next(item: number, bytes: number): void {
    Atomics.store(this.#all, PLACES.item, item)
    Atomics.store(this.#all, PLACES.bytes, bytes)
    Atomics.store(this.#all, PLACES.sequence, (this.#sequence = (this.#sequence + 1) | 0))
  }
}

/** Name of this thread in the operating system; undefined where it has none that can be asked about. */
export function threadName(): string | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    return readlinkSync('/proc/thread-self').split('/').at(-1)
  } catch {
    return undefined
  }
}

/**
 * Milliseconds of the processor that a thread of this process has used; undefined where the system does not say. Asked of
 * the system because a thread that is busy in native code answers no question of the runtime.
 */
export function processorMs(thread: string | undefined): number | undefined {
  if (thread === undefined) return undefined
  try {
    const [nanoseconds = ''] = readFileSync(`/proc/self/task/${thread}/schedstat`, 'utf8').split(' ')
    return /^\d+$/.test(nanoseconds) ? Number(nanoseconds) / 1e6 : undefined
  } catch {
    return undefined
  }
}
