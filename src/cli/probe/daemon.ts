import { join } from 'node:path'
import { MINUTE_MS } from '../../core/model/duration.ts'
import type { World } from '../../runtime/world.ts'
import { InputError } from '../../core/model/errors.ts'
import { mayDeliver, loadDeliveryState } from '../../probe/deliver/delivery-state.ts'
import type { DeliveryReport } from '../../probe/deliver/deliver.ts'
import { consentedTiers, loadConsent } from '../../probe/consent/consent.ts'
import { ConsentWithdrawn } from '../../probe/consent/withdrawal-watch.ts'
import { pausedUntil } from '../../probe/plan/pause-file.ts'
import { loadSettings } from '../../probe/plan/settings.ts'
import type { Instant } from '../../core/model/units.ts'
import { readMetered } from '../../probe/line/metered.ts'
import { keepSchedule } from '../../probe/plan/keep-schedule.ts'
import { pause } from '../../probe/measure/pause.ts'
import { hasRoom, loadReckoning, reckonedBytes, reckonRun } from '../../probe/plan/reckoning.ts'
import { cadenceFor } from '../../probe/plan/schedule.ts'
import { loadSchedule, saveSchedule } from '../../probe/plan/schedule-file.ts'
import { Spool } from '../../probe/spool/spool.ts'
import { takeTurn } from '../../probe/measure/turn.ts'
import { systemClock } from '../../runtime/clock.ts'
import { isFull } from '../../runtime/files/disk.ts'
import { openLogFile } from '../../runtime/log-file.ts'
import { openLog } from '../../runtime/log.ts'
import type { Log } from '../../runtime/log.ts'
import { permission } from './consent/consent.ts'
import { allowanceOf } from './consent/consent-text.ts'
import { folderExists } from './folder-files.ts'
import { measure } from './run/measure.ts'
import { send } from './run/send.ts'
import { knownServices, runSettings } from './run/setup.ts'
import { packageVersion } from '../../runtime/files/package-root.ts'
import { updatable } from './update/built.ts'
import { KeepUpdated } from './update/keep-updated.ts'
import { START_AGAIN } from './update/launch.ts'
import { task } from '../terminal/command.ts'
import { MEASURING, readAsked, someOptions, type Asked } from './options.ts'

export const command = task({
  about: 'Measure on a schedule until stopped. The log contains no address and no name of a host.',
  examples: ['--collector https://kuager.example'],
  options: someOptions('yes', 'tiers', 'metered', 'allowance', 'no-submit', 'log', 'once', ...MEASURING),
  exit: { 3: 'there is no consent, or another process runs the schedule of this folder' },
  run: async (values, call) => runDaemon(() => readAsked(values, call), call.world, values.once === true),
})

/**
 * keeps the schedule until it is stopped. Its log has no address and no name of a host in it.
 * Gives 0 when it was stopped, 3 where another one keeps the schedule of this folder, and START_AGAIN where another
 * version of the program is to go on.
 */
async function runDaemon(read: () => Promise<Asked>, world: World, once: boolean): Promise<number> {
  const asked = await read()
  const permitted = await permission(asked, knownServices(asked), world)
  if (permitted.kind === 'refused') return 3
  const taken = await takeTurn(asked.folder, 'schedule')
  if (taken.kind === 'taken') {
    world.err.write(
      `kuager: another process keeps the schedule of this folder${taken.holder === undefined ? '' : ` (${taken.holder.pid})`}\n`,
    )
    return 3
  }
  await using _turn = taken.turn
  const log = openLog({
    level: 'info',
    destination:
      asked.log === undefined ? { write: (line: string) => void world.err.write(line) } : openLogFile(asked.log),
  })
  if (once) {
    await keepBy(asked, world, { log, once, updates: undefined })
    return 0
  }
  const updates = openUpdates(asked, world)
  for (let settings = asked; !world.signal.aborted; settings = await read()) {
    await keepBy(settings, world, { log, once, updates })
    if (updates === undefined || world.signal.aborted || !(await updates.wantsStart())) continue
    log.info({}, 'schedule ends: another version goes on')
    return START_AGAIN
  }
  log.info({}, 'schedule ends')
  return 0
}

/** What keeps this program up to date; undefined where it does not update by itself. */
function openUpdates({ folder }: Asked, { env, signal }: World): KeepUpdated | undefined {
  if (updatable(env).kind !== 'one-file') return undefined
  const look = [process.execPath, 'update', '--scheduled', '--folder', folder]
  return new KeepUpdated({ folder, env, signal, look, own: packageVersion(), random: Math.random })
}

interface Keeping {
  readonly log: Log
  readonly once: boolean
  readonly updates: KeepUpdated | undefined
}

/** Keeps the schedule by these settings until its owner changes them, or the daemon is stopped. */
async function keepBy(asked: Asked, world: World, { log, once, updates }: Keeping): Promise<void> {
  const changed = new AbortController()
  const signal = AbortSignal.any([world.signal, changed.signal])
  const before = JSON.stringify(asked.kept)
  const cadence = cadenceFor(allowanceOf(asked))
  log.info(
    {
      core_minutes: cadence.coreInterval / MINUTE_MS,
      full_runs_a_day: round(cadence.fullsPerDay),
      allowance_mb: allowanceOf(asked) / 1e6,
    },
    'schedule begins',
  )
  const daemon = new Daemon(asked, world, log)
  await keepSchedule({
    cadence,
    chance: Math.random,
    now: () => systemClock.now(),
    async wait(time, stopped) {
      if (once) throw new Error('looked once') // which ends the schedule
      await pause(time, stopped)
      if (JSON.stringify(await loadSettings(asked.folder)) !== before) changed.abort(new Error('settings changed'))
    },
    signal,
    load: () => loadSchedule(asked.folder),
    save: async (schedule) => {
      try {
        await saveSchedule(asked.folder, schedule)
      } catch (error) {
        log.error({ error }, isFull(error) ? FULL : 'schedule cannot be stored') // it is kept in memory
      }
    },
    mayMeasure: (scope) => daemon.mayMeasure(scope),
    measure: (scope) => daemon.measure(scope),
    async deliver() {
      await daemon.deliver()
      if (updates === undefined) return
      const now = systemClock.now()
      if (asked.settings.autoUpdate === true && (await pausedUntil(asked.folder, now)) === undefined)
        await updates.lookIfDue(now)
      if (await updates.wantsStart()) changed.abort(new Error('another version goes on'))
    },
  })
}

const FULL = 'disk is full: nothing is measured until there is space; what waits is kept'

const round = (value: number): number => Math.round(value * 100) / 100

class Daemon {
  readonly #asked: Asked
  readonly #world: World
  readonly #log: Log
  #here: string | undefined
  #usedUp = false
  #measured = false
  #paused: Instant | undefined
  #metered = false

  constructor(asked: Asked, world: World, log: Log) {
    this.#asked = asked
    this.#world = world
    this.#log = log
  }

  /**
   * False, and said once, when the runs of the schedule have used the month's allowance, each at its fixed size. Runs
   * begun by hand do not count.
   */
  async mayMeasure(scope: 'core' | 'full'): Promise<boolean> {
    if ((await this.#isPaused()) || (await this.#costs())) return false
    const allowance = allowanceOf(this.#asked)
    const reckoning = await loadReckoning(this.#asked.folder, systemClock.now())
    const usedUp = !hasRoom(reckoning, 'core', allowance)
    if (usedUp && !this.#usedUp)
      this.#log.warn({ bytes: reckonedBytes(reckoning) }, 'allowance of the month is used: no runs until the next')
    this.#usedUp = usedUp
    return hasRoom(reckoning, scope, allowance)
  }

  /** Whether the connection is metered, and its owner did not say that it may be used. Said once for each change. */
  async #costs(): Promise<boolean> {
    if (this.#asked.settings.metered === true) return false
    const metered = (await readMetered(this.#world.env)) === 'yes'
    if (metered !== this.#metered) this.#log.info({}, metered ? 'connection is metered: no runs' : 'no longer metered')
    this.#metered = metered
    return metered
  }

  /** Whether the owner asked for a pause, said once for each. */
  async #isPaused(): Promise<boolean> {
    const until = await pausedUntil(this.#asked.folder, systemClock.now())
    if (until !== undefined && until !== this.#paused)
      this.#log.info({ until: new Date(until).toISOString() }, 'paused')
    this.#paused = until
    return until !== undefined
  }

  /** One run. What goes wrong is logged, and the schedule continues; consent is read again, it may have been withdrawn. */
  async measure(scope: 'core' | 'full'): Promise<void> {
    const agreed = consentedTiers(await loadConsent(this.#asked.folder))
    const tiers = agreed.filter((tier) => this.#asked.tiers?.includes(tier) ?? true)
    if (tiers.length === 0) return this.#log.warn({}, 'no consent: nothing is measured')
    try {
      await reckonRun(this.#asked.folder, systemClock.now(), scope)
      const choice = { tiers, scope, kind: 'scheduled', services: knownServices(this.#asked) } as const
      const { result, written, probe } = await measure(
        this.#asked,
        await runSettings(this.#asked, choice, this.#world),
        {
          signal: this.#world.signal,
          onEvent: () => undefined,
          onWritten: ({ dropped }) => {
            if (dropped > 0) this.#log.warn({ dropped }, 'spool is full: oldest measurements removed')
          },
          onWait: () => this.#log.info({}, 'another run goes on: waiting'),
        },
      )
      this.#here = probe
      this.#measured = true
      if (result.slept) this.#log.warn({ scope }, 'the machine slept: what was under way is set aside')
      const seconds = Math.round(result.took / 1000)
      this.#log.info(
        {
          scope,
          line: result.line.state,
          measurements: written.length,
          seconds,
          bytes: result.bytes.sent + result.bytes.received,
        },
        'run ends',
      )
    } catch (error) {
      if (this.#world.signal.aborted) return this.#log.info({ scope }, 'run interrupted')
      if (error instanceof ConsentWithdrawn) return this.#log.warn({ scope }, 'consent was withdrawn: run ended')
      this.#log.error({ scope, error }, isFull(error) ? FULL : 'run failed')
    }
  }

  /**
   * A pass over the spool where something waits and the back-off allows it. Only right after a run, which saw on which
   * network the line is: a machine that was carried elsewhere must not send from there what was measured at home.
   */
  async deliver(): Promise<void> {
    if (!this.#asked.submit || (this.#asked.settings.collector ?? []).length === 0) return
    if ((!this.#measured && !this.#usedUp) || this.#metered || (await this.#isPaused())) return
    try {
      const state = await loadDeliveryState(this.#asked.folder)
      if (!mayDeliver(state, systemClock.now())) return
      this.#measured = false
      if ((await new Spool(this.#asked.folder).list()).length === 0) return
      this.#tell(await send(this.#asked, { signal: this.#world.signal, scheduled: true, here: this.#here }))
    } catch (error) {
      if (!this.#world.signal.aborted) this.#log.error({ error }, isFull(error) ? FULL : 'delivery failed')
    }
  }

  #tell(report: DeliveryReport | undefined): void {
    if (report === undefined) return
    const { accepted, refused, left, stopped } = report
    if (accepted + refused === 0 && stopped === undefined) return
    const why =
      stopped === undefined ? {} : stopped.kind === 'busy' ? { stopped: 'busy' } : { stopped: stopped.failure }
    this.#log.info({ accepted, refused, left, ...why }, 'delivery ends')
  }
}

/** For `status`: whether some process keeps the schedule of a folder now. */
export async function scheduleIsKept(folder: string): Promise<{ readonly pid: number | undefined } | undefined> {
  if (!(await folderExists(join(folder, 'held', 'schedule')))) return undefined // looking must not write
  const taken = await takeTurn(folder, 'schedule')
  if (taken.kind === 'taken') return { pid: taken.holder?.pid }
  await taken.turn[Symbol.asyncDispose]()
  return undefined
}

/** The error where a folder is being used by a daemon that could not be stopped. */
export const stillRunning = (pid: number | undefined): InputError =>
  new InputError(`Cannot go on: the schedule is still kept by process ${pid ?? '?'}`, {
    code: 'probe.running',
    path: 'folder',
    expected: 'the daemon to be stopped first',
  })
