import { createHash } from 'node:crypto'
import { encodeBase64 } from '../../src/core/evidence/base64.ts'
import { millis } from '../../src/core/model/units.ts'
import { Lead, leadRight, SILENCE_MS } from '../../src/pipeline/log/lead/lead.ts'
import {
  decodeLeadState,
  encodeLeadState,
  type LeadRegister,
  type LeadState,
} from '../../src/pipeline/log/lead/register.ts'
import type { Budget, Rule } from './lead-rules.ts'
import { signState, type OwnTree, type SigningRight } from '../../src/pipeline/log/lead/right.ts'

interface PendingOp {
  readonly words: string
  /** What may come of it; each is done and lets the machine go on. */
  readonly outcomes: readonly { readonly words: string; readonly act: () => void }[]
}

interface Machine {
  readonly name: string
  readonly folder: string
  /** What its disk has. */
  archive: string[]
  signs: number
  appends: number
  beats: number
  waits: number
  incarnation: number
  alive: boolean
  clock: number
  lead: Lead
  opened: boolean
  pending: PendingOp | undefined
  /** What it has done and heard since its last decision. */
  trace: string
}

export interface Signed {
  readonly by: string
  readonly leaves: readonly string[]
}

const rootOf = (leaves: readonly string[]): Uint8Array => createHash('sha256').update(leaves.join('\n')).digest()

/** Of a process that did not begin. */
const NO_LEAD = new Lead({
  register: {
    name: 'none',
    read: async () => undefined,
    swap: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  },
  ...{ clock: { monotonic: () => millis(0) }, holder: '', folder: '' },
})

/** One step that the world may take next. */
export interface Step {
  readonly words: string
  readonly act: () => void
}

interface Value<T> {
  readonly words: string
  readonly value: T
}

const ACTS = ['look', 'append', 'sign', 'beat'] as const
type Act = (typeof ACTS)[number]

/**
 * Machines that run the program's own steps (`Lead`, `leadRight`, `signState`) over a register, a store of leaves and
 * disks that this world moves. Nothing happens by itself: each wait of a machine is a choice of who goes on and how. The
 * clock of a machine that leads never moves, so that no lease ever ends its work: whatever is found safe here is safe
 * for pauses of any length.
 */
export class LeadWorld {
  readonly #without: Rule | undefined
  readonly #budget: Budget
  readonly machines: Machine[] = []
  register: { readonly state: LeadState; readonly version: string } | undefined
  /** Writes of the register that were sent and did not arrive yet. */
  readonly #late: { readonly before: string | undefined; readonly state: LeadState }[] = []
  /** What each machine shipped: pieces of several machines are next to each other there. */
  readonly store = new Map<string, readonly string[]>()
  readonly signed: Signed[] = []
  #faults = 0
  #crashes = 0

  constructor(budget: Budget, without?: Rule) {
    this.#budget = budget
    this.#without = without
    for (let nth = 0; nth < budget.machines; nth++) {
      const clone = budget.clone && nth === budget.machines - 1
      const name = String.fromCharCode(65 + nth)
      const machine: Machine = {
        ...{ name, folder: clone ? 'folder-A' : `folder-${name}`, archive: [] },
        ...{ signs: 0, appends: 0, beats: 0, waits: 0, incarnation: 0, alive: false, clock: 0 },
        ...{ lead: NO_LEAD, opened: false, pending: undefined, trace: '' },
      }
      this.machines.push(machine)
      this.#start(machine)
    }
  }

  #keeps(rule: Rule): boolean {
    return this.#without !== rule
  }

  /** What may happen next, in an order that is the same in each run. */
  steps(): readonly Step[] {
    const steps: Step[] = []
    for (const machine of this.machines) {
      const { pending, name } = machine
      if (!machine.alive) steps.push({ words: `${name} starts again`, act: () => this.#start(machine) })
      if (pending === undefined || !machine.alive) continue
      for (const outcome of pending.outcomes)
        steps.push({ words: `${name}: ${pending.words}${outcome.words}`, act: outcome.act })
      if (this.#crashes < this.#budget.crashes)
        steps.push({ words: `${name} is killed`, act: () => this.#kill(machine) })
    }
    for (const [nth, late] of this.#late.entries())
      steps.push({
        words: `a late write of ${late.state.holder} arrives`,
        act: () => {
          this.#late.splice(nth, 1)
          this.#store(late.before, late.state)
        },
      })
    return steps
  }

  /** Equal for two worlds in which the same can happen from now on. */
  fingerprint(): string {
    const machines = this.machines.map((one) => [
      ...[one.archive, one.signs, one.appends, one.beats, one.waits, one.alive, one.clock, one.opened],
      ...[one.pending?.words, one.trace, one.lead.leads, one.lead.lost, one.lead.leaseMs > 0, one.incarnation],
      one.lead.seen === undefined ? 0 : versionOf(one.lead.seen),
    ])
    const signed = this.signed.map(({ leaves }) => leaves.join()).toSorted()
    const late = this.#late.map(({ before, state }) => [before, versionOf(state)])
    return JSON.stringify([
      machines,
      this.register?.version,
      late,
      [...this.store],
      signed,
      this.#faults,
      this.#crashes,
    ])
  }

  /** What must never be, and is; undefined where all is well. */
  violation(): string | undefined {
    return this.fork() ?? this.#lag()
  }

  /** Two signed checkpoints of which neither begins with the other. */
  fork(): string | undefined {
    for (const [nth, one] of this.signed.entries())
      for (const other of this.signed.slice(0, nth)) {
        const [short, long] = one.leaves.length < other.leaves.length ? [one, other] : [other, one]
        if (short.leaves.some((leaf, at) => long.leaves[at] !== leaf))
          return `two histories: ${short.by} signed [${short.leaves.join()}], ${long.by} signed [${long.leaves.join()}]`
      }
    return undefined
  }

  /** What was signed and is not recorded, or was recorded and is in no place from which the next machine can go on. */
  #lag(): string | undefined {
    if (this.register === undefined) return undefined
    const { size, root } = this.register.state
    const beyond = this.signed.find(({ leaves }) => leaves.length > size)
    if (beyond !== undefined) return `${beyond.by} signed ${beyond.leaves.length} leaves, the register knows of ${size}`
    const isThere = (leaves: readonly string[]): boolean =>
      leaves.length >= size && Buffer.from(rootOf(leaves.slice(0, size))).equals(root)
    if (size > 0 && ![...this.store.values()].some(isThere))
      return `no machine can go on: the register is of ${size} leaves that the store has not`
    return undefined
  }

  #kill(machine: Machine): void {
    this.#crashes++
    machine.alive = false
    machine.pending = undefined
  }

  #start(machine: Machine): void {
    machine.alive = true
    machine.opened = false
    machine.incarnation++
    machine.trace = ''
    const holder = `${machine.name}${machine.incarnation}`
    const clock = { monotonic: () => millis(machine.clock) }
    machine.lead = new Lead({
      register: this.#registerOf(machine),
      clock,
      holder,
      folder: machine.folder,
      takesOver: true,
    })
    void this.#live(machine, machine.incarnation)
  }

  /** The life of a process: acts one after another, each chosen by the world, until it is killed. */
  async #live(machine: Machine, incarnation: number): Promise<void> {
    let right: SigningRight | undefined
    for (;;) {
      machine.trace = ''
      const act = await this.#decide(machine)
      if (machine.incarnation !== incarnation) return
      try {
        right = await this.#do(machine, act, right)
      } catch (error) {
        // As the log does after a write that failed: everything is compared again before the next.
        right = undefined
        machine.opened = false
        machine.trace += `!${error instanceof Error ? error.message.slice(0, 20) : ''}`
      }
      if (right !== undefined) machine.opened = true
    }
  }

  #decide(machine: Machine): Promise<Act> {
    const { budget, mayAppend } = { budget: this.#budget, mayAppend: machine.opened && machine.lead.leads }
    const may = {
      look: !machine.lead.leads || !machine.opened,
      append: mayAppend && machine.appends < budget.appends,
      sign: mayAppend && machine.signs < budget.signs && machine.archive.length > 0,
      beat: machine.lead.leads && machine.beats < budget.beats,
    }
    const acts: readonly Act[] = machine.lead.lost === undefined ? ACTS.filter((act) => may[act]) : []
    return this.#wait(
      machine,
      'decides',
      acts.map((act) => ({ words: ` to ${act}`, value: act })),
    )
  }

  async #do(machine: Machine, act: Act, right: SigningRight | undefined): Promise<SigningRight | undefined> {
    const { lead } = machine
    switch (act) {
      case 'look': {
        const led = lead.leads
        if (!led && machine.waits < 2 && (await lead.look(this.#treeOf(machine))).kind === 'waiting') {
          machine.waits++
          machine.clock += SILENCE_MS + 1
          return undefined
        }
        if (!lead.leads) return undefined
        // What the one before shipped is added to the own disk, on which nothing is ever changed.
        // Which pieces it finds first is left open.
        if (!led) {
          const shipped = [...this.store].map(([by, leaves]) => ({ words: ` of ${by}`, value: leaves }))
          const found = await this.#wait(machine, 'reads the store', [{ words: '', value: [] }, ...shipped])
          if (machine.archive.every((leaf, at) => found[at] === leaf)) machine.archive = [...found]
        }
        return this.#openRight(machine)
      }
      case 'append':
        machine.appends++
        machine.archive.push(`${machine.name.toLowerCase()}${machine.appends}`)
        return right
      case 'beat':
        machine.beats++
        await lead.beat()
        return right
      case 'sign': {
        machine.signs++
        if (right === undefined) return this.#openRight(machine)
        const size = await right.covers(machine.archive.length)
        const leaves = machine.archive.slice(0, size)
        const step = (words: string): Promise<undefined> =>
          this.#wait(machine, words, [{ words: '', value: undefined }])
        await signState(
          right,
          { size, root: rootOf(leaves) },
          {
            keep: () => step('keeps the state'),
            publish: async () => {
              // A process may be stopped between any two of its instructions.
              await step('signs')
              this.signed.push({ by: `${machine.name}${machine.incarnation}`, leaves })
            },
          },
        )
        return right
      }
    }
  }

  async #openRight(machine: Machine): Promise<SigningRight> {
    const tree = this.#treeOf(machine)
    const checked = this.#keeps('a folder that leads has the recorded tree')
    const known = machine.lead.seen
    const asked = checked || known === undefined ? tree : { ...tree, leaves: Infinity, rootOf: async () => known.root }
    const right = await leadRight(machine.lead, asked, (size) => this.#ship(machine, size))
    return this.#keeps('a state is recorded before it is signed') ? right : { ...right, record: async () => undefined }
  }

  #treeOf(machine: Machine): OwnTree {
    const { archive } = machine
    return {
      ...{ origin: 'log', generation: 1, size: 0, root: rootOf([]), leaves: archive.length },
      rootOf: async (size) => rootOf(archive.slice(0, size)),
    }
  }

  async #ship(machine: Machine, size: number): Promise<number> {
    if (!this.#keeps('only shipped leaves are covered')) return size
    await this.#wait(machine, 'ships', [{ words: '', value: undefined }])
    this.store.set(machine.name, machine.archive.slice(0, size))
    return size
  }

  #registerOf(machine: Machine): LeadRegister {
    const wait = <T>(words: string, values: readonly Value<T>[]): Promise<T> => this.#wait(machine, words, values)
    return {
      name: 'register',
      read: async () => {
        await wait('reads the register', [{ words: '', value: undefined }])
        const found = this.register
        if (found === undefined || machine.lead.leads || this.#keeps('a take-over continues from the recorded tree'))
          return found
        return { ...found, state: { ...found.state, size: machine.archive.length, root: rootOf(machine.archive) } }
      },
      swap: (before, state) => {
        const failed = (): never => {
          throw new Error('no answer')
        }
        const unanswered = this.#keeps('a lost answer is no success') ? failed : () => versionOf(state)
        const outcomes = [{ words: '', value: () => this.#store(before, state) }]
        if (this.#faults < this.#budget.faults)
          outcomes.push(
            {
              words: ', and its answer is lost',
              value: () => {
                this.#faults++
                this.#store(before, state)
                return unanswered()
              },
            },
            {
              words: ', which is late',
              value: () => {
                this.#faults++
                this.#late.push({ before, state })
                return unanswered()
              },
            },
          )
        return wait(`swaps ${state.generation}.${state.size}.${state.beat}`, outcomes).then((act) => act())
      },
      [Symbol.asyncDispose]: async () => undefined,
    }
  }

  /** As a store does it: in one step. Its versions are of the bytes, so that equal states have the same. */
  #store(before: string | undefined, state: LeadState): string | undefined {
    const named = this.#keeps('a swap names the state that it follows')
    if (named && this.register?.version !== before)
      return this.#keeps('a refusal is no success') ? undefined : versionOf(state)
    this.register = { state: decodeLeadState(encodeLeadState(state), 'register'), version: versionOf(state) }
    return this.register.version
  }

  /** Waits until the world goes on with this machine. What is given back is done in the same step. */
  #wait<T>(machine: Machine, words: string, values: readonly Value<T>[]): Promise<T> {
    const { incarnation } = machine
    return new Promise((resolve) => {
      machine.pending = {
        words,
        outcomes: values.map(({ words: how, value }) => ({
          words: how,
          act: () => {
            machine.pending = undefined
            machine.trace += `${words}${how};`
            if (machine.incarnation === incarnation) resolve(value)
          },
        })),
      }
    })
  }
}

const versionOf = ({ root, ...rest }: LeadState): string => JSON.stringify({ ...rest, root: encodeBase64(root) })
