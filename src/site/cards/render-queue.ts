import { LRUCache } from 'lru-cache'
import { MINUTE_MS } from '../../core/model/duration.ts'
import type { Clock } from '../../runtime/clock.ts'
import { Mutex } from '../../runtime/mutex.ts'

/** Makes PNG of a drawing; in a thread of its own, so that pages do not wait for it. */
export type Raster = (svg: string) => Promise<Uint8Array<ArrayBuffer>>

/** A picture, or how many seconds later to ask again. */
export type Rendered =
  | { readonly kind: 'picture'; readonly png: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'busy'; readonly seconds: number }

/**
 * Pictures made in a minute at most, waiting at once, and bytes kept: no client uses up the processor of the server.
 */
const MOST_A_MINUTE = 60
const MOST_WAITING = 12
const MOST_KEPT_BYTES = 24 * 1024 * 1024
/** Of these bounds, what pictures may take that any client can ask for: the others keep the rest. */
const SHARE_OF_MADE_UP = 1 / 2

/** Of which there are as many as were published, or one for every minute that a client names. */
export type PictureKind = 'published' | 'made-up'

/**
 * Draws one picture after another, keeps those asked for last, and refuses beyond the bounds. Who asks for a picture
 * that is being made waits for the same one.
 */
export class RenderQueue {
  readonly #raster: Raster
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #most: number
  readonly #kept = new LRUCache<string, Uint8Array<ArrayBuffer>>({
    maxSize: MOST_KEPT_BYTES,
    sizeCalculation: ({ byteLength }) => Math.max(1, byteLength),
  })
  readonly #open = new Map<string, { readonly kind: PictureKind; readonly made: Promise<Uint8Array<ArrayBuffer>> }>()
  readonly #mutex = new Mutex()
  #minute = { since: -Infinity, made: { published: 0, 'made-up': 0 } }

  /** `most` pictures a minute: without bound only where no visitor asks. */
  constructor(raster: Raster, clock: Pick<Clock, 'monotonic'>, most: number = MOST_A_MINUTE) {
    this.#raster = raster
    this.#clock = clock
    this.#most = most
  }

  /** The picture of a key; `draw` makes its drawing and is asked only where it is not kept. */
  async render(key: string, draw: () => Promise<string>, kind: PictureKind = 'published'): Promise<Rendered> {
    const known = this.#kept.get(key)
    if (known !== undefined) return { kind: 'picture', png: known }
    const open = this.#open.get(key)
    if (open !== undefined) return { kind: 'picture', png: await open.made }
    const seconds = this.#wait(kind)
    if (seconds > 0) return { kind: 'busy', seconds }
    this.#minute.made[kind]++
    const made = this.#mutex.run(async () => this.#raster(await draw()))
    this.#open.set(key, { kind, made })
    try {
      const png = await made
      this.#kept.set(key, png)
      return { kind: 'picture', png }
    } finally {
      this.#open.delete(key)
    }
  }

  /** Seconds until another picture of the kind may be made; 0 where it may be now. */
  #wait(kind: PictureKind): number {
    const now = this.#clock.monotonic()
    if (now - this.#minute.since >= MINUTE_MS) this.#minute = { since: now, made: { published: 0, 'made-up': 0 } }
    const { since, made } = this.#minute
    const isFull = (most: number, count: Readonly<Record<PictureKind, number>>): boolean =>
      count.published + count['made-up'] >= most || (kind === 'made-up' && count[kind] >= most * SHARE_OF_MADE_UP)
    if (isFull(this.#most, made)) return Math.max(1, Math.ceil((since + MINUTE_MS - now) / 1000))
    const waiting = { published: 0, 'made-up': 0 }
    for (const open of this.#open.values()) waiting[open.kind]++
    return isFull(MOST_WAITING, waiting) ? 5 : 0
  }
}
