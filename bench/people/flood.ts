import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { MINUTE_MS } from '../../src/core/model/duration.ts'
import { carrierAddress, forgerAddress, manyAddresses } from './addresses.ts'
import type { ClockOrder, ClockWord } from './moved-clock.ts'

export const STEP_MS = 15 * MINUTE_MS
/** Long enough after the last act for the longest wait (docs/methods/floods.md). */
const AFTER_STEPS = 4 * 14

/** A server whose clock its parent moves, in a process of its own. */
export class MovedServer implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #ended: Promise<void>
  port = 0

  private constructor(program: string, args: readonly string[]) {
    this.#child = fork(fileURLToPath(new URL(program, import.meta.url)), [...args], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    this.#ended = new Promise((resolve) => this.#child.once('exit', () => resolve()))
  }

  static async start(program: string, args: readonly string[]): Promise<MovedServer> {
    const server = new MovedServer(program, args)
    server.port = (await server.#next('ready')).port
    return server
  }

  /** Lets time pass and does what is due; gives the server's time. */
  async pass(ms: number): Promise<number> {
    const passed = this.#next('now')
    this.#child.send({ kind: 'pass', ms } satisfies ClockOrder)
    return (await passed).now
  }

  async tickets(count: number): Promise<readonly string[]> {
    const given = this.#next('tickets')
    this.#child.send({ kind: 'tickets', count } satisfies ClockOrder)
    return (await given).tickets
  }

  #next<K extends ClockWord['kind']>(kind: K): Promise<ClockWord & { kind: K }> {
    return new Promise((resolve, reject) => {
      const ended = (): void => reject(new Error('the server ended'))
      const listen = (word: ClockWord): void => {
        if (!isOf(word, kind)) return
        this.#child.off('message', listen).off('exit', ended)
        resolve(word)
      }
      this.#child.on('message', listen).once('exit', ended)
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGTERM')
    await this.#ended
  }
}

const isOf = <K extends ClockWord['kind']>(word: ClockWord, kind: K): word is ClockWord & { kind: K } =>
  word.kind === kind

/** Who acts in one step: an address each. `attacked`: real people behind an address that a forger uses too. */
export interface Step {
  readonly addresses: readonly string[]
  readonly kinds: readonly ('real' | 'attacked' | 'forged')[]
}

export interface Scale {
  /** Acts of real people in a day. */
  readonly real: number
  readonly forged: number
  readonly forgers: number
}

/** Addresses of carriers, and how many of them a forger uses too. */
const CARRIERS = 60
const SHARED = 25
const DAY_STEPS = 24
/** Six hours of a day of 24 steps have passed when the flood begins, and it lasts two steps. */
const FLOOD_AT = 16
const FLOOD_STEPS = 2

/**
 * A day's part as people act: 24 quarters of an hour, three fifths from homes, the rest from behind carriers. The flood
 * comes out of so many addresses, 25 of them carriers with people behind them, within half an hour.
 */
export function floodDay({ real, forged, forgers }: Scale, withFlood: boolean): Step[] {
  const steps: Step[] = []
  let [home, behind, made] = [0, 0, 0]
  for (let step = 0; step < DAY_STEPS + AFTER_STEPS; step++) {
    const acts: { address: string; kind: Step['kinds'][number] }[] = []
    const count = step < DAY_STEPS ? Math.floor(real / DAY_STEPS) : 0
    for (let n = 0; n < count; n++)
      if (n % 5 < 3)
        acts.push({ address: manyAddresses(1, home++)[0]!, kind: 'real' }) // one was asked for
      else {
        const carrier = behind++ % CARRIERS
        acts.push({ address: carrierAddress(carrier), kind: carrier < SHARED ? 'attacked' : 'real' })
      }
    if (withFlood && step >= FLOOD_AT && step < FLOOD_AT + FLOOD_STEPS)
      for (let n = 0; n < forged / FLOOD_STEPS; n++) {
        const forger = made++ % forgers
        acts.push({ address: forger < SHARED ? carrierAddress(forger) : forgerAddress(forger), kind: 'forged' })
      }
    // Mixed as they would come, the same in every run.
    const mixed = acts.map((act, n) => ({ act, at: Math.imul(n + 1, 0x9e3779b1) >>> 0 })).sort((a, b) => a.at - b.at)
    steps.push({ addresses: mixed.map(({ act }) => act.address), kinds: mixed.map(({ act }) => act.kind) })
  }
  return steps
}
