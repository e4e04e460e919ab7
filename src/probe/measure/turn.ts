import { join } from 'node:path'
import { millis, type Millis } from '../../core/model/units.ts'
import { tryHold, type Holder } from '../../runtime/files/data-folder.ts'

/** What one process at a time may do in a probe's folder: keep the schedule, measure, send, look for an update. */
export const TURNS = ['schedule', 'measure', 'send', 'update'] as const
/** `trial`: what started a new version that is tried has it, so that starts are not counted twice. No act waits for it. */
export type Turn = (typeof TURNS)[number] | 'trial'

export type Taken =
  | { readonly kind: 'held'; readonly turn: AsyncDisposable }
  /** `holder` is absent where it has not said yet who it is. */
  | { readonly kind: 'taken'; readonly holder?: Holder }

/**
 * Takes a turn in a probe's folder until it is disposed or the process dies, or says who has it. The lock is that of a
 * data folder (runtime/files/data-folder.ts) in a folder of its own below `held/`: the system ends it with the process.
 */
export async function takeTurn(probeFolder: string, turn: Turn): Promise<Taken> {
  const hold = await tryHold(join(probeFolder, 'held', turn), 'kuager probe')
  return hold.kind === 'held' ? { kind: 'held', turn: hold.folder } : hold
}

export interface WaitOptions {
  readonly signal: AbortSignal
  readonly wait: (pause: Millis, signal: AbortSignal) => Promise<void>
  /** Called once, if someone else has the turn. */
  readonly onWait?: () => void
}

const LOOK_AGAIN = millis(500)

/** Takes a turn as soon as it is free. Throws the signal's reason where that aborts first. */
export async function waitTurn(probeFolder: string, turn: Turn, options: WaitOptions): Promise<AsyncDisposable> {
  for (let first = true; ; first = false) {
    options.signal.throwIfAborted()
    const taken = await takeTurn(probeFolder, turn)
    if (taken.kind === 'held') return taken.turn
    if (first) options.onWait?.()
    await options.wait(LOOK_AGAIN, options.signal)
  }
}
