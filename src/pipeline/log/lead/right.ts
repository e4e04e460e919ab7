import { Fault } from '../../../core/model/errors.ts'

/** Size and root of a tree. */
export interface LogState {
  readonly size: number
  readonly root: Uint8Array
}

/** The tree of a folder, which is compared with what was signed before when the right to sign is asked for. */
export interface OwnTree extends LogState {
  readonly origin: string
  /** Of the machine that signed this tree last. */
  readonly generation: number
  /** Leaves of the archive, which may be more than those of the tree. */
  readonly leaves: number
  /** Root over the first so many leaves, at most `leaves`. */
  rootOf(size: number): Promise<Uint8Array>
}

/**
 * The right to sign as one log. Two folders may hold the key of the same log, but only one of them the right: it is
 * compare-and-swap (docs/formats/log.md, "The right to sign").
 */
export interface SigningRight extends AsyncDisposable {
  /** Rises with each take-over. */
  readonly generation: number
  /** Why nothing may be signed here, as a part of a sentence; undefined while it may. */
  readonly refusal: string | undefined
  /** Whether it is refused for as long as the log is open: then no secret is needed. */
  readonly isNone?: boolean
  /** How many of so many leaves a checkpoint may cover: those that survive this machine. */
  covers(size: number): Promise<number>
  /** Records a state before it is signed. Throws Fault where another one has the right. */
  record(state: LogState): Promise<void>
  /** Asked right before a signature is made, with nothing awaited between the two. Throws Fault without the right. */
  assertHeld(): void
}

/** The right of a folder that is the only one by how it is used: of a test, or of a log that no machine can copy. */
export const SOLE_RIGHT: SigningRight = {
  generation: 1,
  refusal: undefined,
  covers: async (size) => size,
  record: async () => undefined,
  assertHeld: () => undefined,
  [Symbol.asyncDispose]: async () => undefined,
}

/** No right, for a reason. */
export const noRight = (refusal: string, generation: number): SigningRight => {
  const refuse = (): never => {
    throw refused(refusal)
  }
  return {
    ...{ generation, refusal, isNone: true },
    covers: async () => refuse(),
    record: async () => refuse(),
    assertHeld: refuse,
    [Symbol.asyncDispose]: async () => undefined,
  }
}

/** The error of an act that needs the right to sign. */
export const refused = (refusal: string): Fault => new Fault(`Cannot sign: ${refusal}`)

/** What happens between a state and its signature; each is durable when resolved. */
export interface SignedSteps {
  /** Keeps the state in the folder. */
  readonly keep: (state: LogState) => Promise<void>
  /** Signs and publishes it; its first act, before anything is awaited, is the signature. */
  readonly publish: (state: LogState) => Promise<void>
}

/**
 * From a state to a checkpoint. The state is recorded where others see it before it is signed: a machine that takes
 * over then continues from it, whether the signature was made or not, and also where it is made much later by a machine
 * that was paused.
 */
export async function signState(right: SigningRight, state: LogState, { keep, publish }: SignedSteps): Promise<void> {
  await right.record(state)
  await keep(state)
  right.assertHeld()
  await publish(state)
}
