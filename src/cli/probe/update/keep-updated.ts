import { spawn, type ChildProcess } from 'node:child_process'
import { HOUR_MS } from '../../../core/model/duration.ts'
import { instant, type Instant } from '../../../core/model/units.ts'
import { consentedTiers, loadConsent } from '../../../probe/consent/consent.ts'
import { chooseStart, loadUpdateState, nextLook, saveUpdateState } from '../../../probe/update/update-state.ts'
import { TRIAL_VARIABLE, WAITED_VARIABLE, type Env } from './launch.ts'

/** About once a day, at another hour each day, so that looks of many probes form no pattern. */
const LEAST_BETWEEN = 18 * HOUR_MS
const MOST_BETWEEN = 30 * HOUR_MS
/** The first look after its owner allowed it. */
const SOON = HOUR_MS

export interface KeepUpdatedOptions {
  readonly folder: string
  /** Version that runs. */
  readonly own: string
  readonly env: Env
  /** How this program is started, with the words that look for an update. */
  readonly look: readonly string[]
  readonly random: () => number
  readonly signal: AbortSignal
}

/** What a daemon does about updates: looks in a process of its own, and asks to be started again for a new version. */
export class KeepUpdated {
  readonly #options: KeepUpdatedOptions
  #looking: ChildProcess | undefined

  constructor(options: KeepUpdatedOptions) {
    this.#options = options
    options.signal.addEventListener('abort', () => this.#looking?.kill('SIGTERM'), { once: true })
  }

  /**
   * Begins a look that is due, unless consent to measure was withdrawn: then nothing is contacted. Never waits for it, and
   * what fails in it shows in the state only.
   */
  async lookIfDue(now: Instant): Promise<void> {
    if (this.#looking !== undefined || this.#options.signal.aborted) return
    const { folder, random } = this.#options
    if (consentedTiers(await loadConsent(folder)).length === 0) return
    const state = await loadUpdateState(folder)
    const next = nextLook(state)
    // A clock that was ahead must not put off looks for years.
    if (next !== undefined && next > now && next - now <= MOST_BETWEEN) return
    const between = LEAST_BETWEEN + random() * (MOST_BETWEEN - LEAST_BETWEEN)
    const at = instant(now + Math.round(next === undefined ? random() * SOON : between))
    await saveUpdateState(folder, { ...state, next_utc: new Date(at).toISOString() })
    if (next !== undefined) this.#look()
  }

  #look(): void {
    const [program = '', ...words] = this.#options.look
    const child = spawn(program, words, { stdio: 'ignore', env: this.#options.env, windowsHide: true })
    this.#looking = child
    const ended = (): void => void (this.#looking = undefined)
    child.once('error', ended).once('exit', ended)
  }

  /**
   * Whether another version is to go on: one that is ready to be tried, or this one, which passed its trial and no
   * longer needs the process that waits for it.
   */
  async wantsStart(): Promise<boolean> {
    const { folder, own, env } = this.#options
    const state = await loadUpdateState(folder)
    const tried = env[TRIAL_VARIABLE]
    if (tried !== undefined)
      return state.trial?.sha256 !== tried && env[WAITED_VARIABLE] !== undefined && process.platform !== 'win32'
    return chooseStart(state, own, true).kind === 'trial'
  }
}
