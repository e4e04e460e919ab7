import { z } from 'zod'
import { HOUR_MS } from '../../../core/model/duration.ts'
import { InputError } from '../../../core/model/errors.ts'
import { TIERS } from '../../../core/model/tables/service.ts'
import { instant } from '../../../core/model/units.ts'
import { say } from '../../../core/text/format.ts'
import { LANGS } from '../../../core/text/lang.ts'
import { CONSENT_VERSION, consentedTiers, loadConsent, saveConsent } from '../../../probe/consent/consent.ts'
import { savePause } from '../../../probe/plan/pause-file.ts'
import { loadSettings, saveSettings, type ProbeSettings } from '../../../probe/plan/settings.ts'
import { systemClock } from '../../../runtime/clock.ts'
import type { World } from '../../../runtime/world.ts'
import { forgetAll } from '../forget.ts'
import { startSchedule } from '../install.ts'
import { joinBy } from '../join/join.ts'
import type { Asked } from '../options.ts'
import { measure } from '../run/measure.ts'
import { send } from '../run/send.ts'
import { knownServices, runSettings } from '../run/setup.ts'

const SCHEMAS = {
  consent: z.strictObject({ tiers: z.array(z.enum(TIERS)).max(TIERS.length) }),
  pause: z.strictObject({ hours: z.union([z.literal(0), z.literal(1), z.literal(24)]) }),
  join: z.strictObject({ link: z.string().max(8_000), replace: z.boolean() }),
  limit: z.strictObject({ megabytes: z.int().min(20).max(1_000_000) }),
  metered: z.strictObject({ was: z.enum(['paused', 'used']) }),
  lang: z.strictObject({ lang: z.enum(LANGS) }),
  updates: z.strictObject({ automatic: z.boolean() }),
  start: z.strictObject({}),
  measure: z.strictObject({}),
  forget: z.strictObject({ sure: z.literal(true) }),
} as const
type Act = keyof typeof SCHEMAS

const isAct = (name: string): name is Act => Object.hasOwn(SCHEMAS, name)

/** What the page of a probe can do, each as the command of the same name does it. */
export class PageActs {
  readonly #read: () => Promise<Asked>
  readonly #world: World
  readonly #onForgotten: () => void
  #measuring: Promise<void> | undefined

  constructor(read: () => Promise<Asked>, world: World, onForgotten: () => void) {
    this.#read = read
    this.#world = world
    this.#onForgotten = onForgotten
  }

  /** Whether a run that was begun here goes on. */
  get measuring(): boolean {
    return this.#measuring !== undefined
  }

  /** Does what a page asks for; undefined where there is no such act. Throws InputError. */
  async act(name: string, given: unknown): Promise<{ readonly done: true } | undefined> {
    if (!isAct(name)) return undefined
    const asked = await this.#read()
    switch (name) {
      case 'consent':
        await this.#consent(asked, parse(name, given).tiers)
        break
      case 'pause': {
        const { hours } = parse(name, given)
        await savePause(asked.folder, hours === 0 ? undefined : instant(systemClock.now() + hours * HOUR_MS))
        break
      }
      case 'join': {
        const { link, replace } = parse(name, given)
        await joinBy(asked, link, replace)
        break
      }
      case 'limit': {
        await change(asked, { allowanceMb: parse(name, given).megabytes })
        break
      }
      case 'metered':
        await change(asked, { metered: parse(name, given).was === 'paused' })
        break
      case 'lang':
        await change(asked, { lang: parse(name, given).lang })
        break
      case 'updates':
        await change(asked, { autoUpdate: parse(name, given).automatic })
        break
      case 'start':
        await this.#start(asked)
        break
      case 'measure':
        await this.#measure(asked)
        break
      case 'forget':
        parse(name, given)
        await forgetAll(asked, this.#world)
        this.#onForgotten()
    }
    return { done: true }
  }

  /** Keeps what was agreed to; after the first agreement the schedule begins, with a first run. */
  async #consent(asked: Asked, tiers: readonly (typeof TIERS)[number][]): Promise<void> {
    if (tiers.length > 0 && !tiers.includes('A')) throw wrong('tiers', 'the first group with any other') // without the first group there is no second
    const before = consentedTiers(await loadConsent(asked.folder))
    const { folder, lang } = asked
    await saveConsent(folder, { version: CONSENT_VERSION, at: systemClock.now(), lang, tiers, by: 'answer' })
    if (before.length > 0 || tiers.length === 0) return
    await startSchedule(asked, this.#world)
    await this.#measure(asked)
  }

  /** Has the system keep the schedule; says how to start it where the system cannot be asked. */
  async #start(asked: Asked): Promise<void> {
    const command = await startSchedule(asked, this.#world)
    if (command === undefined) return
    const message = say(asked.lang, 'probe.install.by-hand', { command })
    throw new InputError(message, { code: 'page.start', path: 'start', expected: command })
  }

  /** Begins a run, if none goes on here. What it finds is in the folder; what goes wrong is said in the log. */
  async #measure(asked: Asked): Promise<void> {
    const tiers = consentedTiers(await loadConsent(asked.folder))
    if (tiers.length === 0) throw wrong('consent', 'consent first')
    this.#measuring ??= this.#run(asked, tiers)
      .catch((error: unknown) => {
        this.#world.err.write(`kuager: ${error instanceof Error ? error.message : String(error)}\n`)
      })
      .finally(() => (this.#measuring = undefined))
  }

  async #run(asked: Asked, tiers: readonly (typeof TIERS)[number][]): Promise<void> {
    const choice = { tiers, scope: 'full', kind: 'manual', services: knownServices(asked) } as const
    const { signal } = this.#world
    const { probe } = await measure(asked, await runSettings(asked, choice, this.#world), {
      signal,
      onEvent: () => undefined,
      onWritten: () => undefined,
      onWait: () => undefined,
    })
    if (asked.submit) await send(asked, { signal, scheduled: false, here: probe })
  }
}

const change = async ({ folder }: Asked, more: ProbeSettings): Promise<void> =>
  saveSettings(folder, { ...(await loadSettings(folder)), ...more })

function parse<N extends Act>(name: N, given: unknown): z.infer<(typeof SCHEMAS)[N]> {
  const parsed = SCHEMAS[name].safeParse(given)
  // The schema of the name that is asked for.
  if (parsed.success) return parsed.data as z.infer<(typeof SCHEMAS)[N]>
  throw wrong(name, parsed.error.issues[0]?.message ?? 'another form')
}

const wrong = (path: string, expected: string): InputError =>
  new InputError(`Cannot do this: ${path} is wrong`, { code: 'page.act', path, expected })
