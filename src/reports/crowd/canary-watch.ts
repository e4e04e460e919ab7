import { z } from 'zod'
import { HOUR_MS } from '../../core/model/duration.ts'
import type { CrowdCanary } from '../../core/model/tables/canaries.ts'
import { MOST_CONTROLS, type CheckPlan } from '../../core/model/people/crowd-check.ts'
import { instant, millis, type Instant } from '../../core/model/units.ts'
import type { Clock } from '../../runtime/clock.ts'
import { readWhole, writeDurable } from '../../runtime/files/durable-file.ts'
import type { Log } from '../../runtime/log.ts'
import {
  getOutside,
  postOutside,
  readOutsideAddress,
  type Answered,
  type OutsideAddress,
} from '../../runtime/post/outside-post.ts'
import { ABROAD, canaryQuestion, judgeCanary, worseOf, type Abroad } from './canary-look.ts'

/** A finding older than this says nothing any more (docs/methods/browser-check.md). */
export const FRESH_MS = HOUR_MS
/** A name and a page take a helper 14 s at most, a busy one says so at once. */
const LIMIT = millis(20_000)
const MOST_BYTES = 128 * 1024
/** Questions to one control at once: it has probes to serve. */
const AT_ONCE = 4

const DOWN = 'a control reaches no canary: what it finds counts for nothing'
const CLOSED = 'a control does not answer pages at /reach: none is sent to it'

const time = z.number().int().nonnegative()
/** File `canaries.json` of a data folder: what the controls found last. Nothing in it is of a person. */
const fileSchema = z.strictObject({
  format: z.literal('kuager-canary-looks/1'),
  controls: z
    .array(
      z.strictObject({
        url: z.string(),
        /** When it last answered pages; null: never. */
        reached: time.nullable(),
        looks: z.array(z.strictObject({ service: z.string(), at: time, found: z.enum(ABROAD) })).max(100),
      }),
    )
    .max(100),
})

interface AbroadSighting {
  readonly at: Instant
  readonly found: Abroad
}

interface Control {
  readonly address: OutsideAddress
  reached: Instant | undefined
  readonly looks: Map<string, AbroadSighting>
  /** The last message about it, so that it is logged once. */
  said: string | undefined
}

export interface CanaryWatchOptions {
  readonly canaries: readonly CrowdCanary[]
  /** Addresses of controls, as the operator named them. */
  readonly controls: readonly string[]
  /** File of what was found last. */
  readonly file: string
  readonly clock: Clock
  readonly log: Log
}

/** What is known of a canary now; without a finding of the last hour nothing. */
export type CanaryFreshness = { readonly abroad: Abroad; readonly freshAt: Instant } | undefined

/**
 * Has controls abroad look at what pages contact, and remembers what they found, also over a restart. Of two that
 * disagree the worse finding counts, as of the earlier look.
 */
export class CanaryWatch {
  readonly #options: CanaryWatchOptions
  readonly #controls: readonly Control[]

  private constructor(options: CanaryWatchOptions, controls: readonly Control[]) {
    this.#options = options
    this.#controls = controls
  }

  /** Throws InputError for an address that is none. What a damaged file held is found again by the next look. */
  static async open(options: CanaryWatchOptions): Promise<CanaryWatch> {
    const kept = await readLooks(options.file)
    const controls = options.controls.map((url): Control => {
      const before = kept.find((one) => one.url === url)
      const looks = (before?.looks ?? []).map(
        ({ service, at, found }) => [service, { at: instant(at), found }] as const,
      )
      const reached = before?.reached ?? null
      return {
        address: readOutsideAddress(url, true),
        reached: reached === null ? undefined : instant(reached),
        looks: new Map(looks),
        said: undefined,
      }
    })
    return new CanaryWatch(options, controls)
  }

  /** What is known of a service's canary at this time. */
  of(service: string): CanaryFreshness {
    const now = this.#options.clock.now()
    let known: CanaryFreshness
    for (const { looks } of this.#controls) {
      const look = looks.get(service)
      // A look of the future is one of a clock that was set back.
      if (look === undefined || now - look.at > FRESH_MS || look.at > now) continue
      known =
        known === undefined
          ? { abroad: look.found, freshAt: look.at }
          : { abroad: worseOf(known.abroad, look.found), freshAt: instant(Math.min(known.freshAt, look.at)) }
    }
    return known
  }

  /**
   * The first controls that answered pages when they were last asked, by https or on this machine, each of another
   * host.
   */
  get reach(): CheckPlan['controls'] {
    const now = this.#options.clock.now()
    const found = new Map<string, CheckPlan['controls'][number]>()
    for (const { address, reached } of this.#controls) {
      const { url, reach } = address
      if (reached === undefined || now - reached > 2 * FRESH_MS) continue
      if (url.protocol !== 'https:' && reach !== 'loopback') continue
      // What blocks a name blocks it on every port; in a test lab one machine stands for several.
      const host = reach === 'loopback' ? url.host : url.hostname
      if (found.has(host) || found.size === MOST_CONTROLS) continue
      found.set(host, { document: new URL('/reach', url).href, image: new URL('/reach.png', url).href })
    }
    return [...found.values()]
  }

  /**
   * Has every control look at every canary once. Gives whether each saw all of them. Throws only where the file cannot
   * be written.
   */
  async look(signal: AbortSignal): Promise<boolean> {
    const done = await Promise.all(this.#controls.map((control) => this.#lookFrom(control, signal)))
    if (signal.aborted) return false
    await this.#keep()
    return done.every(Boolean)
  }

  async #lookFrom(control: Control, signal: AbortSignal): Promise<boolean> {
    const { clock, canaries } = this.#options
    const pages = await getOutside(
      { ...control.address, url: new URL('/reach', control.address.url) },
      { mostBytes: 200, limit: LIMIT, signal },
    )
    const isOurs = pages.kind === 'answered' && pages.status === 200 && textOf(pages).startsWith('kuager-reach/')
    if (signal.aborted) return false
    control.reached = isOurs ? clock.now() : undefined
    const found = new Map<string, AbroadSighting>()
    const waiting = [...canaries]
    const ask = async (): Promise<void> => {
      for (let one = waiting.shift(); one !== undefined && !signal.aborted; one = waiting.shift()) {
        const at = clock.now()
        const halves = await Promise.all([
          this.#ask(control, one.document, 'document', signal),
          this.#ask(control, one.image, 'image', signal),
        ])
        const [document, image] = halves
        if (document !== undefined && image !== undefined)
          found.set(one.service, { at, found: worseOf(document, image) })
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE / 2 }, ask))
    if (signal.aborted) return false
    // Where nothing answers a control its own connection is down, which says nothing about any host.
    const isDown = found.size > 1 && [...found.values()].every((look) => look.found === 'broken')
    if (!isDown) for (const [service, look] of found) control.looks.set(service, look)
    this.#say(control, isDown ? DOWN : isOurs ? undefined : CLOSED)
    return !isDown && found.size === canaries.length
  }

  #say(control: Control, word: string | undefined): void {
    if (word !== undefined && word !== control.said) this.#options.log.warn({ control: control.address.url.host }, word)
    control.said = word
  }

  async #ask(
    { address }: Control,
    url: string,
    half: 'document' | 'image',
    signal: AbortSignal,
  ): Promise<Abroad | undefined> {
    const body = new TextEncoder().encode(JSON.stringify(canaryQuestion(url)))
    const answered = await postOutside(address, {
      body,
      type: 'application/json',
      mostBytes: MOST_BYTES,
      limit: LIMIT,
      signal,
    })
    if (answered.kind === 'failed' || answered.status !== 200) return undefined
    try {
      return judgeCanary(JSON.parse(textOf(answered)), half, url)
    } catch {
      return undefined
    }
  }

  async #keep(): Promise<void> {
    const controls = this.#controls.map(({ reached, looks }, nth) => ({
      url: this.#options.controls[nth] ?? '',
      reached: reached ?? null,
      looks: [...looks].map(([service, look]) => ({ service, ...look })),
    }))
    const text = `${JSON.stringify({ format: 'kuager-canary-looks/1', controls }, null, 1)}\n`
    await writeDurable(this.#options.file, new TextEncoder().encode(text))
  }
}

const textOf = ({ body }: Answered & { readonly kind: 'answered' }): string => new TextDecoder().decode(body)

async function readLooks(file: string): Promise<z.infer<typeof fileSchema>['controls']> {
  const bytes = await readWhole(file)
  if (bytes === undefined) return []
  try {
    const parsed = fileSchema.safeParse(JSON.parse(bytes.toString()))
    return parsed.success ? parsed.data.controls : []
  } catch {
    return []
  }
}
