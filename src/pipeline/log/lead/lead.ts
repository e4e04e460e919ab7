import { sameBytes } from '../../../core/evidence/log/merkle.ts'
import { Fault } from '../../../core/model/errors.ts'
import type { Clock } from '../../../runtime/clock.ts'
import { Mutex } from '../../../runtime/mutex.ts'
import type { LeadRegister, LeadState, SeenState } from './register.ts'
import { refused, type LogState, type OwnTree, type SigningRight } from './right.ts'

/** For how long a machine signs after a write of the register that it began; then it writes again first. */
export const LEASE_MS = 6000
/** How often the one that leads writes the register: two writes may fail before it ends to sign. */
export const BEAT_MS = 2000
/** For how long a register has to stay as it is before the same folder leads again, whose process died. */
export const OWN_SILENCE_MS = 8000
/**
 * The same for another machine: longer, so that a process that starts again is first. What is left after the lease is time
 * for a write to the store that was begun in its last instant.
 */
export const SILENCE_MS = 12_000

export interface LeadParts {
  readonly register: LeadRegister
  readonly clock: Pick<Clock, 'monotonic'>
  /** Random, of this process. */
  readonly holder: string
  /** Of this folder, the same after a restart; a copy has another one, or does not sign at all (fence.ts). */
  readonly folder: string
  /** Whether it may follow another folder that is silent; absent: only itself, after a restart. */
  readonly takesOver?: boolean
}

/**
 * What one look at the register found. `waiting`: another one holds it; `silentMs`: for how long it was seen not to
 * change, of what is needed.
 */
export interface LookedAtLead {
  readonly kind: 'leading' | 'waiting'
  readonly generation: number
  readonly silentMs: number
  readonly neededMs: number
}

/**
 * One machine of several that could sign a log. The register decides: a state is in it before it is signed, each write
 * names the state that it follows, and a take-over continues from the state that it finds. So in all that a machine does
 * that does not know yet that it was replaced, it signs nothing that contradicts the next one. The lease only ends its
 * work earlier, by its own clock: clocks of machines are never compared.
 */
export class Lead {
  readonly #parts: LeadParts
  readonly #mutex = new Mutex()
  #seen: SeenState | undefined
  /** Since when the register was seen as it is. */
  #seenAt = 0
  #leads = false
  /** When the last write was begun that succeeded. */
  #provenAt = -Infinity
  #lost: string | undefined
  #beating: Promise<void> | undefined

  constructor(parts: LeadParts) {
    this.#parts = parts
  }

  /** The register as it was last read or written. */
  get seen(): LeadState | undefined {
    return this.#seen?.state
  }

  get leads(): boolean {
    return this.#leads && this.#lost === undefined
  }

  /** Time that is left of the lease; negative where it is over. */
  get leaseMs(): number {
    return this.#leads ? this.#provenAt + LEASE_MS - this.#parts.clock.monotonic() : -Infinity
  }

  /** That another one leads, permanently for this process; undefined where it does not. */
  get lost(): string | undefined {
    return this.#lost
  }

  /** Why nothing may be signed now; undefined where it may. */
  get refusal(): string | undefined {
    if (this.#lost !== undefined) return this.#lost
    if (!this.#leads) return `another machine leads (${this.#parts.register.name})`
    return this.leaseMs > 0 ? undefined : `${this.#parts.register.name} has not answered for ${LEASE_MS / 1000} seconds`
  }

  assertHeld(): void {
    const { refusal } = this
    if (refusal !== undefined) throw refused(refusal)
  }

  /**
   * Looks at the register, and leads where no one does or where the one that does has been silent for long enough.
   * `beginning`: the state of a log that no register knows yet; undefined: such a log is waited for.
   */
  look(beginning?: Pick<OwnTree, 'origin' | 'size' | 'root' | 'generation'>): Promise<LookedAtLead> {
    return this.#mutex.run(async () => {
      if (this.leads) return this.#leading()
      const { register, clock, folder, takesOver = false } = this.#parts
      const [before, found] = [clock.monotonic(), await register.read()]
      if (found === undefined) {
        if (beginning === undefined) return { kind: 'waiting', generation: 0, silentMs: 0, neededMs: SILENCE_MS }
        const { origin, size, root, generation } = beginning
        return this.#take(undefined, { origin, size, root, generation })
      }
      // Silence is counted from after an answer to before the next question.
      if (found.version !== this.#seen?.version) this.#seenAt = clock.monotonic()
      this.#seen = found
      const { state } = found
      const silentMs = before - this.#seenAt
      const locked = await register.locked?.()
      const ended = state.left || locked === true
      const own = state.folder === folder
      const neededMs = own ? (ended ? 0 : OWN_SILENCE_MS) : takesOver ? SILENCE_MS : Infinity
      if (locked === false || silentMs < neededMs)
        return { kind: 'waiting', generation: state.generation, silentMs, neededMs }
      return this.#take(found, { ...state, generation: state.generation + (own ? 0 : 1) })
    })
  }

  #leading(): LookedAtLead {
    return { kind: 'leading', generation: this.seen?.generation ?? 0, silentMs: 0, neededMs: 0 }
  }

  async #take(
    found: SeenState | undefined,
    next: Pick<LeadState, 'origin' | 'size' | 'root' | 'generation'>,
  ): Promise<LookedAtLead> {
    const { holder, folder } = this.#parts
    const { origin, size, root, generation } = next
    const beat = (found?.state.beat ?? 0) + 1
    const stored = await this.#swap({ origin, size, root, generation, holder, folder, beat, left: false })
    if (stored) {
      this.#leads = true
      return this.#leading()
    }
    return { kind: 'waiting', generation, silentMs: 0, neededMs: SILENCE_MS }
  }

  /**
   * Writes the register again, so that others see that this machine leads; its lease begins again with that. While one
   * such write waits for its answer it is the same one: a register that is away for days is not written to for hours then.
   */
  beat(): Promise<void> {
    this.#beating ??= this.#mutex
      .run(async () => {
        if (this.leads && this.#seen !== undefined) await this.#follow(this.#seen.state)
      })
      .finally(() => (this.#beating = undefined))
    return this.#beating
  }

  /** Records a state that is to be signed. Throws Fault where another machine leads. */
  record(state: LogState, origin: string): Promise<void> {
    return this.#mutex.run(async () => {
      if (this.#lost !== undefined || !this.#leads || this.#seen === undefined) throw refused(this.refusal ?? 'no lead')
      const known = this.#seen.state
      // What is recorded was compared with the own tree (`refuseOther`): what is before it may be signed.
      if (state.size < known.size) return
      if (state.size === known.size && !sameBytes(state.root, known.root))
        throw new Fault(`Cannot sign: ${this.#parts.register.name} has another tree of ${state.size} leaves`)
      await this.#follow({ ...known, origin, size: state.size, root: state.root })
      if (this.#lost !== undefined) throw refused(this.#lost)
    })
  }

  /** Says that this machine no longer leads, so that the next one need not wait. What fails here is waited for. */
  leave(): Promise<void> {
    return this.#mutex.run(async () => {
      if (!this.leads || this.#seen === undefined) return
      const { state, version } = this.#seen
      this.#leads = false
      await this.#parts.register.swap(version, { ...state, beat: state.beat + 1, left: true }).catch(() => undefined)
    })
  }

  /** Throws Fault where this folder has not the tree that was signed: it lacks leaves, or has others. */
  async refuseOther(tree: OwnTree): Promise<void> {
    const known = this.#seen?.state
    if (known === undefined) return
    const { name } = this.#parts.register
    if (known.origin !== '' && known.origin !== tree.origin)
      throw new Fault(`Cannot sign "${tree.origin}": ${name} is of another log, "${known.origin}"`)
    if (known.size > tree.leaves)
      throw new Fault(`Cannot sign: ${name} knows of ${known.size} leaves, and this folder has ${tree.leaves}`)
    if (!sameBytes(await tree.rootOf(known.size), known.root))
      throw new Fault(`Cannot sign: ${name} has another history of ${known.size} leaves than this folder`)
  }

  async #follow(next: LeadState): Promise<void> {
    const { holder, folder } = this.#parts
    const wanted = { ...next, holder, folder, beat: (this.#seen?.state.beat ?? 0) + 1, left: false }
    if (await this.#swap(wanted)) return
    if (this.#lost !== undefined) return
    // An earlier write of our own, whose answer was lost, had been stored: that state is followed, and never undone.
    const known = this.#seen?.state
    const further = known !== undefined && known.size > wanted.size ? known : wanted
    if (known === undefined || !(await this.#swap({ ...wanted, ...treeOf(further), beat: known.beat + 1 })))
      throw new Fault(`Cannot write the state of the log in ${this.#parts.register.name}: it changes meanwhile`)
  }

  /** Whether a state was stored. Where it was not, the register is read: by whom it was changed. */
  async #swap(state: LeadState): Promise<boolean> {
    const { register, clock, holder } = this.#parts
    const begun = clock.monotonic()
    const version = await register.swap(this.#seen?.version, state)
    if (version !== undefined) {
      this.#seen = { state, version }
      this.#seenAt = clock.monotonic()
      this.#provenAt = begun
      return true
    }
    const found = await register.read()
    if (found !== undefined && found.version !== this.#seen?.version) this.#seenAt = clock.monotonic()
    this.#seen = found
    if (found?.state.holder === holder) {
      // Our own bytes, by a try whose answer was lost.
      if (found.state.beat !== state.beat || !sameBytes(found.state.root, state.root)) return false
      this.#provenAt = begun
      return true
    }
    if (this.#leads)
      this.#lost = `another machine took over as generation ${found?.state.generation ?? 0} (${register.name})`
    return false
  }
}

const treeOf = ({ size, root }: LogState): LogState => ({ size, root })

/**
 * The right to sign of a machine that leads. `shipUpTo` gives how many of so many leaves are where the next machine finds
 * them. Throws Fault where this folder has not the tree that was signed.
 */
export async function leadRight(
  lead: Lead,
  tree: OwnTree,
  shipUpTo: (size: number) => Promise<number>,
): Promise<SigningRight> {
  let compared = lead.leads
  if (compared) await lead.refuseOther(tree)
  return {
    get generation() {
      return lead.seen?.generation ?? tree.generation
    },
    get refusal() {
      return lead.refusal
    },
    async covers(size) {
      lead.assertHeld()
      if (!compared) await lead.refuseOther(tree)
      compared = true
      return shipUpTo(size)
    },
    record: (state) => lead.record(state, tree.origin),
    assertHeld: () => lead.assertHeld(),
    [Symbol.asyncDispose]: async () => undefined,
  }
}
