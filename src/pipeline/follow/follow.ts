import { join } from 'node:path'
import { DAY_MS, MINUTE_MS } from '../../core/model/duration.ts'
import { Fault, InputError } from '../../core/model/errors.ts'
import { type CountryCode, type Instant, type Millis, instant, millis } from '../../core/model/units.ts'
import { REAL_DISK } from '../../runtime/files/disk.ts'
import { importMeasurements, type ImportStores } from '../import/import.ts'
import { addTally, emptyTally, type ImportTally } from '../import/tally.ts'
import { openBucket, type Bucket } from './bucket.ts'
import type { BucketObject } from '../../runtime/objects/bucket-xml.ts'
import { chooseObjects, CLOSED_AFTER_MS, formatSlot, listSlot, nextSlot, SETTLED_AFTER_MS, bucketSlot } from './slot.ts'
import { z } from 'zod'
import { readWhole, writeDurable } from '../../runtime/files/durable-file.ts'

export interface FollowOptions {
  readonly url: string
  readonly country: CountryCode
  /** Where a first pass begins; later ones go on where the state says. */
  readonly since: Instant
  readonly signal: AbortSignal
  wait(delay: Millis, signal: AbortSignal): Promise<void>
  /** One line for a person. */
  onLine(line: string): void
}

export interface PassResult {
  readonly tally: ImportTally
  readonly files: number
  /** Objects and slots left for the next pass. */
  readonly pending: number
  /** Whether a judging thread died with rows of leaves that exist. */
  readonly rowsLost: boolean
}

/** A larger object is not fetched: an hour of one country and test has a thousandth of it. */
const OBJECT_BYTES = 4 * 2 ** 30
const GIVE_UP_MS = 30 * DAY_MS
/** Listings that fail one after the other before the pass ends: the bucket is away, not an hour. */
const FAILURES = 3

/** One pass over everything of a country that the bucket has and we do not; continues where an earlier one stopped. */
export async function followOnce(stores: ImportStores, options: FollowOptions): Promise<PassResult> {
  const name = `ooni-${options.country}`
  const state = (await loadFollowState(stores.folder, name)) ?? emptyFollowState(bucketSlot(options.since))
  const pass = new Pass(stores, options, { name, state })
  await pass.run()
  return pass.result
}

class Pass {
  readonly #stores: ImportStores
  readonly #options: FollowOptions
  readonly #name: string
  readonly #state: FollowState
  readonly #bucket: Bucket
  readonly #tally = emptyTally()
  #files = 0
  #failed = 0
  #rowsLost = false

  constructor(stores: ImportStores, options: FollowOptions, { name, state }: { name: string; state: FollowState }) {
    this.#stores = stores
    this.#options = options
    this.#name = name
    this.#state = state
    this.#bucket = openBucket(options)
  }

  get result(): PassResult {
    return {
      tally: this.#tally,
      files: this.#files,
      pending: this.#state.retry.length + this.#failed,
      rowsLost: this.#rowsLost,
    }
  }

  async run(): Promise<void> {
    const state = this.#state
    for (const { key } of [...state.retry]) await this.#tryAgain(key)
    const now = this.#stores.clock.now()
    let gapless = true
    for (let slot = instant(state.closed_until); slot <= now && this.#failed < FAILURES; slot = nextSlot(slot)) {
      this.#options.signal.throwIfAborted()
      const age = now - slot
      const settled = state.settled.includes(slot)
      const closed = settled && age < CLOSED_AFTER_MS ? false : await this.#visit(slot, age)
      gapless &&= closed
      if (gapless) this.#close(slot)
      if (gapless || age >= SETTLED_AFTER_MS) await this.#save()
    }
  }

  /** The object may have been replaced since: what the bucket lists now is what is fetched. */
  async #tryAgain(key: string): Promise<void> {
    try {
      const object = (await this.#bucket.list(key)).find((listed) => listed.key === key)
      if (object !== undefined) await this.#take({ key, size: object.size, etag: object.etag })
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      this.#options.onLine(`${key}: ${error.message}; tried again in the next pass`)
    }
  }

  /** Lists a slot and imports what is new in it; true when it needs no other look. */
  async #visit(slot: Instant, age: number): Promise<boolean> {
    const { country, onLine } = this.#options
    let listed: readonly BucketObject[]
    try {
      listed = await listSlot(this.#bucket, slot, country)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      onLine(`${formatSlot(slot)}: ${error.message}; tried again in the next pass`)
      this.#failed++
      return false
    }
    const closing = age >= CLOSED_AFTER_MS
    const chosen = chooseObjects(listed, closing)
    for (const object of chosen) if (!this.#isDone(object)) await this.#take(object)
    const late = chosen.length > 0 ? `, ${chosen.length} files` : ', nothing'
    if (age >= SETTLED_AFTER_MS) onLine(`${formatSlot(slot)}${late}${closing ? '' : ', listed again a day later'}`)
    if (age >= SETTLED_AFTER_MS && !this.#state.settled.includes(slot)) this.#state.settled.push(slot)
    return closing
  }

  #isDone({ key, size, etag }: BucketObject): boolean {
    const { done, retry, given_up: givenUp } = this.#state
    const same = (other: BucketObject): boolean => other.key === key && other.size === size && other.etag === etag
    return done.some(same) || retry.some(same) || givenUp.includes(key)
  }

  /** Downloads and imports one object. What came short is kept for another try and stops nothing else. */
  async #take(object: BucketObject): Promise<void> {
    const { key, size, etag } = object
    const state = this.#state
    const why = await this.#import(object)
    const before = state.retry.find((entry) => entry.key === key)
    state.retry = state.retry.filter((entry) => entry.key !== key)
    state.done = state.done.filter((entry) => entry.key !== key)
    if (why === undefined) state.done.push({ key, size, etag })
    else {
      const now = this.#stores.clock.now()
      const since = before?.since ?? now
      const entry = { key, size, etag, tries: (before?.tries ?? 0) + 1, since, why }
      if (now - since > GIVE_UP_MS) state.given_up.push(key)
      else state.retry.push(entry)
      const next = now - since > GIVE_UP_MS ? 'given up' : 'tried again in the next pass'
      this.#options.onLine(`${key}: ${why}; ${next}`)
    }
    await this.#save()
  }

  /** Undefined when the object was whole; otherwise why not. What was complete of it is imported either way. */
  async #import(object: BucketObject): Promise<string | undefined> {
    const { folder } = this.#stores
    const path = join(folder, 'follow', object.key.replace(/^.*\//s, '').replace(/[^\w.-]/g, '_'))
    try {
      const short = await this.#download(object, path)
      if (short !== undefined) return short
      const { signal } = this.#options
      const result = await importMeasurements(path, this.#stores, {
        signal,
        channel: 'ooni-bucket',
        origin: object.key,
      })
      addTally(this.#tally, result.tally)
      this.#files++
      this.#rowsLost ||= result.rowsLost
      const cut = Object.keys(result.tally.reasons).find((code) => /^(gzip|tar|zstd)\.(truncated|corrupt)$/.test(code))
      return cut === undefined ? undefined : `the file itself is cut off (${cut})`
    } finally {
      await REAL_DISK.remove(path).catch(() => undefined)
    }
  }

  async #download({ key, size }: BucketObject, path: string): Promise<string | undefined> {
    if (size > OBJECT_BYTES) return `${size} bytes, at most ${OBJECT_BYTES} are fetched`
    await REAL_DISK.makeFolder(join(path, '..'))
    const file = await REAL_DISK.open(path, 'append')
    try {
      await file.truncate(0)
      let at = 0
      for await (const chunk of this.#bucket.fetch(key)) {
        if (at + chunk.length > size) return `more than the listed ${size} bytes came`
        await file.write(chunk, at)
        at += chunk.length
      }
      return at === size ? undefined : `${at} of ${size} bytes came`
    } catch (error) {
      if (error instanceof InputError) return error.message
      throw error
    } finally {
      await file.close()
    }
  }

  #close(slot: Instant): void {
    const state = this.#state
    state.closed_until = nextSlot(slot)
    state.settled = state.settled.filter((other) => other > slot)
    const name = formatSlot(slot)
    const hour = `/${name.slice(0, 8)}/${name.slice(8)}/`
    state.done = state.done.filter(({ key }) => !`/${key}`.includes(hour))
  }

  #save(): Promise<void> {
    return saveFollowState(this.#stores.folder, this.#name, this.#state)
  }
}

/** Time between two passes: files of an hour appear about 75 minutes after it began. */
export const PASS_EVERY = millis(15 * MINUTE_MS)

/** Passes without end, until the signal ends it. */
export async function follow(stores: ImportStores, options: FollowOptions): Promise<never> {
  for (;;) {
    const { tally, files, pending, rowsLost } = await followOnce(stores, options)
    if (rowsLost) throw new Fault('A judging thread was lost: start again to complete the warehouse')
    options.onLine(`${files} files, ${tally.added} measurements added, ${tally.known} known, ${pending} things pending`)
    await options.wait(PASS_EVERY, options.signal)
    options.signal.throwIfAborted()
  }
}

const objectSchema = z.strictObject({ key: z.string(), size: z.number(), etag: z.string() })
const stateSchema = z.strictObject({
  v: z.literal(1),
  /** Every slot before this one is closed: it is never listed again. Milliseconds since 1970. */
  closed_until: z.number().int(),
  /** Slots that were found settled and wait for their last listing. */
  settled: z.array(z.number().int()),
  /** Objects imported, of slots that are not closed. */
  done: z.array(objectSchema),
  /** Objects that were cut short or could not be fetched, tried again in every pass. */
  retry: z.array(objectSchema.extend({ tries: z.number().int(), since: z.number().int(), why: z.string() })),
  /** Keys given up after a month of trying. */
  given_up: z.array(z.string()),
})
type FollowState = z.infer<typeof stateSchema>
const emptyFollowState = (closedUntil: number): FollowState => ({
  v: 1,
  closed_until: closedUntil,
  settled: [],
  done: [],
  retry: [],
  given_up: [],
})

const pathOf = (folder: string, name: string): string => join(folder, 'follow', `${name}.json`)

/** State of an earlier pass, or undefined before the first. Throws Fault where the file is not ours. */
async function loadFollowState(folder: string, name: string): Promise<FollowState | undefined> {
  const path = pathOf(folder, name)
  const bytes = await readWhole(path)
  if (bytes === undefined) return undefined
  try {
    return stateSchema.parse(JSON.parse(bytes.toString('utf8')))
  } catch (error) {
    throw new Fault(`Cannot read "${path}": not the state of a follower; remove it to start again`, { cause: error })
  }
}

/** Durable when resolved. */
async function saveFollowState(folder: string, name: string, state: FollowState): Promise<void> {
  await REAL_DISK.makeFolder(join(folder, 'follow'))
  await writeDurable(pathOf(folder, name), Buffer.from(JSON.stringify(state)))
}
