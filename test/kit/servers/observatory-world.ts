import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { systemClock } from '../../../src/runtime/clock.ts'
import type { TrialOutcome } from '../edge/trial-world.ts'
import { webMeasurement } from '../measured/measurement.ts'
import { makeSigner, signed, wrapped } from '../measured/signed-submission.ts'
import { solvedWork } from '../site/solved-work.ts'
import { SeenHistory } from '../stores/seen-history.ts'
import { Machine } from './standby-pair.ts'
import { FRESH } from './submit.ts'

/** How a server is run, and what else is looked at. */
export interface ObservatoryOptions {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Senders that submit all the time. */
  readonly senders?: number
  /** Whether checks of browsers are sent too: they are acknowledged by the registry alone. */
  readonly checks?: true
  /** Learns the address of the server, which is another one after each start. */
  readonly onStart?: (url: string) => void
}

const ANSWER_MS = 15_000
/** A service manager starts a program that has ended again after this. */
const AGAIN_MS = 1000

/**
 * One `kuager serve` with senders that try each measurement until it is acknowledged. A server that ends by itself is
 * started again, as a service manager does, and that is counted.
 */
export class ObservatoryWorld implements AsyncDisposable {
  readonly folder: string
  /** Checks of browsers that were acknowledged. */
  checks = 0
  /** How often the server ended by itself. */
  ends = 0
  /** Where senders send and readers read; undefined: at the server itself. */
  entrance: string | undefined
  readonly #options: ObservatoryOptions
  readonly #history: SeenHistory
  readonly #stop = new AbortController()
  readonly #running: Promise<void>[] = []
  readonly #acknowledged = new Set<string>()
  #machine: Machine | undefined
  #isKilled = false
  #isFed = true
  #serial = 0
  /** Answers that no sender should get. */
  readonly #wrong: string[] = []
  #said = ''

  private constructor(root: string, options: ObservatoryOptions) {
    this.folder = join(root, 'data')
    this.#options = options
    this.#history = new SeenHistory(this.folder)
  }

  /** Starts the server over an empty folder, and the senders when it is ready. */
  static async open(root: string, options: ObservatoryOptions): Promise<ObservatoryWorld> {
    const world = new ObservatoryWorld(root, options)
    await world.start()
    try {
      await world.#machine?.ready()
    } catch (error) {
      await world[Symbol.asyncDispose]()
      throw new Error(world.said, { cause: error })
    }
    for (let nth = 0; nth < (options.senders ?? 3); nth++) world.#running.push(world.#submit(nth))
    if (options.checks === true) world.#running.push(world.#check())
    world.#running.push(world.#watch())
    return world
  }

  /** What the servers printed last. */
  get said(): string {
    return `${this.#said}${this.#machine?.said ?? ''}`.slice(-6000)
  }

  async start(): Promise<void> {
    const machine = await Machine.start(this.folder, this.#options.args ?? [], this.#options.env ?? {})
    this.#machine = machine
    this.#isKilled = false
    this.#options.onStart?.(machine.url)
    void machine.ended.then(async () => {
      if (this.#machine !== machine || this.#isKilled) return
      this.ends++
      this.#said += machine.said
      await pause(AGAIN_MS)
      if (!this.#isKilled && !this.#stop.signal.aborted) await this.start()
    })
  }

  /** Ends the server at once. */
  async kill(): Promise<void> {
    this.#isKilled = true
    this.#said += this.#machine?.said ?? ''
    await this.#machine?.end('SIGKILL')
  }

  /** Resolves when so many more measurements were acknowledged, and a check where they are sent, or after five seconds. */
  async more(count: number): Promise<void> {
    const wanted = this.#acknowledged.size + count
    const checks = this.checks + (this.#options.checks === true ? 1 : 0)
    const isDone = (): boolean => this.#acknowledged.size >= wanted && this.checks >= checks
    for (let waited = 0; waited < 200 && !isDone(); waited++) await pause(25)
  }

  /** The same measurement is sent until it is acknowledged, also where an answer was lost. */
  async #submit(nth: number): Promise<void> {
    let signer = makeSigner()
    const { signal } = this.#stop
    while (!signal.aborted && this.#isFed) {
      const serial = this.#serial++
      if (serial % 10 === 0) signer = makeSigner() // a key that the registry does not know
      const startedAt = new Date(systemClock.now() - 120_000).toISOString().slice(0, 17).replace('T', ' ') + '00'
      const document = webMeasurement({ startedAt, probeAsn: 'AS64500', root: { x_serial: serial, x_sender: nth } })
      const body = wrapped(serial % 2 === 0 ? signed(document, signer) : JSON.stringify(document))
      while (!signal.aborted && !(await this.#isTaken(body))) await pause(100)
      await pause(30)
    }
  }

  async #isTaken(body: string): Promise<boolean> {
    const answer = await this.#post('api/v1/submit_measurement', body)
    if (answer === undefined) return false
    const id = /"x_id":"([0-9a-f]{64})"/.exec(answer.text)?.[1]
    if (answer.status === 200 && id !== undefined) this.#acknowledged.add(id)
    else if (answer.status < 500 && answer.status !== 429) this.#wrong.push(`${answer.status} ${answer.text}`)
    else return false
    return true
  }

  async #check(): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted && this.#isFed) {
      const url = this.#at
      const work = await solvedWork(url, 'check').catch(() => undefined)
      const check = {
        format: 'kuager-crowd-check/1',
        at_utc: `${new Date(systemClock.now()).toISOString().slice(0, 16)}Z`,
        ...{ network: 'AS9198', region: 'KZ-75', online: true },
        results: [
          {
            ...{ service: 'telegram', outcome: 'interference' },
            tries: [{ document: 'failed', document_ms: 31, image: 'failed', image_ms: 29 }],
          },
        ],
      }
      const token = randomBytes(16).toString('hex')
      const answer =
        work === undefined ? undefined : await this.#post('check/results', JSON.stringify({ check, token, work }))
      if (answer?.status === 201) this.checks++
      await pause(200)
    }
  }

  async #post(path: string, body: string): Promise<{ readonly status: number; readonly text: string } | undefined> {
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(ANSWER_MS)])
    const headers = { 'content-type': 'application/json', ...FRESH }
    try {
      const answer = await fetch(new URL(path, this.#at), { method: 'POST', body, headers, signal })
      return { status: answer.status, text: await answer.text() }
    } catch {
      return undefined
    }
  }

  get #at(): string {
    return this.entrance ?? this.#machine?.url ?? ''
  }

  async #watch(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.#history.note()
      await pause(100)
    }
  }

  /**
   * Ends the senders and waits until the server is ready, with no reason to the contrary, and shows every acknowledged
   * measurement; then ends it and looks. Throws where that does not come about.
   */
  async settle(allowedMs: number): Promise<TrialOutcome> {
    this.#isFed = false
    const until = systemClock.monotonic() + allowedMs
    await this.#allDone(this.#running.slice(0, -1), allowedMs)
    const hidden = new Set(this.#acknowledged)
    let reasons: readonly string[] | undefined
    for (;;) {
      for (const id of hidden) if (await this.#isShown(id)) hidden.delete(id)
      reasons = await this.#machine?.reasons()
      if (hidden.size === 0 && reasons?.length === 0) break
      if (systemClock.monotonic() > until)
        throw new Error(`does not come back: ${hidden.size} not shown, reasons ${String(reasons)}\n${this.said}`)
      await pause(500)
    }
    this.#stop.abort()
    await Promise.all(this.#running)
    this.#isKilled = true
    await this.#machine?.end('SIGTERM')
    await this.#history.note()
    if (this.#wrong.length > 0) throw new Error(`wrong answers: ${this.#wrong.slice(0, 3).join('; ')}`)
    const { ids, ...found } = await this.#history.look()
    const acknowledged = this.#acknowledged.size
    const lost = [...this.#acknowledged].filter((id) => !ids.has(id)).length
    return { ...found, acknowledged, found: acknowledged - lost, lost, wrong: lost, oldestMs: 0 }
  }

  async #allDone(running: readonly Promise<void>[], allowedMs: number): Promise<void> {
    const limit = new AbortController()
    const late = pause(allowedMs, 'late', { signal: limit.signal }).catch(() => undefined)
    const first = await Promise.race([Promise.all(running), late])
    limit.abort()
    if (first === 'late') throw new Error(`does not accept again\n${this.said}`)
  }

  async #isShown(id: string): Promise<boolean> {
    const url = new URL(`api/v1/measurement/${id}`, this.#at)
    const answer = await fetch(url, { headers: FRESH, signal: AbortSignal.timeout(ANSWER_MS) }).catch(() => undefined)
    await answer?.arrayBuffer().catch(() => undefined)
    return answer?.status === 200
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await Promise.allSettled(this.#running)
    await this.kill()
  }
}
