import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { defined } from '../../../core/model/defined.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../core/model/duration.ts'
import { InputError } from '../../../core/model/errors.ts'
import type { OthersFile } from '../../../core/model/tables/others.ts'
import { formatInstantUtc, instant, millis, type Instant, type Millis } from '../../../core/model/units.ts'
import type { Clock } from '../../../runtime/clock.ts'
import { REAL_DISK } from '../../../runtime/files/disk.ts'
import { writeDurable } from '../../../runtime/files/durable-file.ts'
import { readAnswer, type OthersOptions } from '../../../runtime/tables/others-answer.ts'
import { OTHERS_MOST_ROWS, rowsOfPart, rowsOfList } from '../../../runtime/tables/others.ts'
import { askOthers, type OthersAnswer } from './ask.ts'
import {
  answerPath,
  isHeld,
  loadFollowed,
  loadOthersState,
  noteAnswer,
  saveFollowed,
  saveOthersState,
  type OthersState,
} from './others-state.ts'
import { monthsBetween, queriesOf, type FollowedSource, type OthersQuery, type QueryPlan } from './queries.ts'

export interface FollowOthersOptions extends QueryPlan {
  readonly folder: string
  /** Where a first pass begins; later ones keep it. */
  readonly since: Instant
  /** Who asks: an address of the operator, sent with every question. */
  readonly contact: string
  /** Token of Radar's interface; sent to it alone. */
  readonly radarToken?: string
  readonly reading: OthersOptions
  /** Rows over all files that pages read; a server refuses more. */
  readonly mostRows?: number
  readonly clock: Clock
  readonly signal: AbortSignal
  wait(delay: Millis, signal: AbortSignal): Promise<void>
  /** One line for a person. */
  onLine(line: string): void
}

export interface OthersPass {
  readonly asked: number
  readonly changed: number
  readonly unchanged: number
  /** Questions that got no usable answer, or were left for the next pass. */
  readonly pending: number
}

/** Time between two questions to one source. */
const BETWEEN = millis(5 * SECOND_MS)
/** Answers that fail one after the other before a source is left for this pass. */
const FAILURES = 3
/** How long a source that does not answer is left alone, unless it names a time itself. */
const REST_MS = HOUR_MS
const LONGEST_REST_MS = 7 * DAY_MS
/** Late measurements and corrections come within this time after a month: it is asked for the last time then. */
const SETTLED_AFTER_MS = 7 * DAY_MS
/** Time between two passes. */
export const OTHERS_EVERY = millis(6 * 60 * MINUTE_MS)

/** Longest key that is a name of files itself. */
const LONGEST_NAME = 90
const AFTER_NAME = /^\.[0-9a-f]{12}\.json$/

/** How names of files of a question begin: its key, or of a long one the beginning with a hash of the whole. */
const nameOf = (key: string): string =>
  key.length <= LONGEST_NAME
    ? key
    : `${key.slice(0, 60)}_${createHash('sha256').update(key).digest('hex').slice(0, 24)}`

/** One pass over everything that is not settled; continues where an earlier one stopped. */
export async function followOthersOnce(options: FollowOthersOptions): Promise<OthersPass> {
  const { folder, clock } = options
  await REAL_DISK.makeFolder(join(folder, 'others'))
  const state = await loadOthersState(folder, options.since)
  const files = await loadFollowed(folder)
  const held = new Set<string>()
  for (const one of files) if (await isHeld(folder, one)) held.add(one.file)
  const pass = new OthersRun(options, state, { files, held })
  const questions = monthsBetween(instant(state.since), clock.now()).flatMap((month) => queriesOf(options, month))
  for (const source of options.sources)
    await pass.askSource(
      source,
      questions.filter((one) => one.source === source),
    )
  return pass.tally
}

class OthersRun {
  readonly #options: FollowOthersOptions
  readonly #state: OthersState
  #files: readonly OthersFile[]
  /** Names of listed files that are there with their hash: only what is there is settled, or asked for on condition. */
  readonly #held: Set<string>
  /** Rows of the operator's files, and of listed ones by name; read when the first answer comes. */
  #rows: { readonly own: number; readonly listed: Map<string, number> } | undefined
  readonly tally = { asked: 0, changed: 0, unchanged: 0, pending: 0 }

  constructor(
    options: FollowOthersOptions,
    state: OthersState,
    { files, held }: { readonly files: readonly OthersFile[]; readonly held: Set<string> },
  ) {
    this.#options = options
    this.#state = state
    this.#files = files
    this.#held = held
  }

  /** What is known of a question whose answer is there; of another one nothing, so that it is asked in full. */
  #known(question: OthersQuery): OthersState['questions'][string] | undefined {
    const isThere = this.#filesOf(question).some(({ file }) => this.#held.has(file))
    return isThere ? this.#state.questions[question.key] : undefined
  }

  /** Rows of everything that is listed except some files. */
  #rowsWithout(some: readonly OthersFile[]): number {
    const { folder, reading } = this.#options
    const place = join(folder, 'others')
    if (this.#rows === undefined) {
      const own = [...rowsOfList(place, 'others.json', reading).values()].reduce((sum, rows) => sum + rows, 0)
      this.#rows = { own, listed: new Map(rowsOfList(place, 'followed.json', reading)) }
    }
    const { own, listed } = this.#rows
    return this.#files.reduce((sum, one) => (some.includes(one) ? sum : sum + (listed.get(one.file) ?? 0)), own)
  }

  /** Asks one source what is not settled, one question after the other. A source that fails is left alone for a while. */
  async askSource(source: FollowedSource, questions: readonly OthersQuery[]): Promise<void> {
    const { clock, wait, signal, onLine } = this.#options
    const open = questions.filter((one) => this.#known(one)?.settled !== true)
    const patience = this.#state.wait_until[source] ?? 0
    if (patience > clock.now()) {
      this.tally.pending += open.length
      onLine(`${source}: left alone until ${formatInstantUtc(instant(patience))}, as it asked`)
      return
    }
    let failed = 0
    for (const [i, question] of open.entries()) {
      signal.throwIfAborted()
      if (i > 0) await wait(BETWEEN, signal)
      const rest = await this.#ask(question)
      if (rest === undefined) {
        failed = 0
        continue
      }
      this.tally.pending++
      failed++
      if (rest > 0 || failed >= FAILURES) {
        const until = clock.now() + Math.min(Math.max(rest, failed >= FAILURES ? REST_MS : 0), LONGEST_REST_MS)
        this.#state.wait_until[source] = until
        await saveOthersState(this.#options.folder, this.#state)
        this.tally.pending += open.length - i - 1
        onLine(`${source}: left alone until ${formatInstantUtc(instant(until))}`)
        return
      }
    }
  }

  /** Undefined when it was answered; otherwise for how long the source asks to be left alone, 0 if it does not say. */
  async #ask(question: OthersQuery): Promise<number | undefined> {
    const { contact, radarToken, signal, onLine, clock } = this.#options
    const known = this.#known(question)
    const answer = await askOthers(question.url, {
      contact,
      signal,
      ...defined({
        etag: known?.etag,
        lastModified: known?.last_modified,
        token: question.source === 'radar' ? radarToken : undefined,
      }),
    })
    this.tally.asked++
    if (answer.kind === 'failed') {
      onLine(`${question.key}: ${answer.why}; tried again in the next pass`)
      return answer.restMs
    }
    const at = clock.now()
    if (answer.kind === 'unchanged') {
      this.tally.unchanged++
      const sha256 = this.#filesOf(question)[0]?.sha256 ?? ''
      const line = { at_utc: formatInstantUtc(at), url: question.url, status: 304, bytes: 0, sha256 }
      await noteAnswer(this.#options.folder, line)
      await this.#answered(question, at, { ...defined({ etag: known?.etag, lastModified: known?.last_modified }) })
      return undefined
    }
    return this.#take(question, at, answer)
  }

  /** Keeps an answer, if it is in its form: bytes first, then the list that names them, then the state. */
  async #take(
    question: OthersQuery,
    at: Instant,
    answer: OthersAnswer & { kind: 'answered' },
  ): Promise<number | undefined> {
    const { folder, reading, onLine, mostRows = OTHERS_MOST_ROWS } = this.#options
    const sha256 = createHash('sha256').update(answer.body).digest('hex')
    const file = `${nameOf(question.key)}.${sha256.slice(0, 12)}.json`
    const line = {
      at_utc: formatInstantUtc(at),
      url: question.url,
      status: 200,
      bytes: answer.body.length,
      sha256,
    }
    const entry: OthersFile = {
      file,
      form: question.form,
      title: question.title,
      url: question.url,
      retrieved: new Date(at).toISOString().slice(0, 10),
      retrieved_at_utc: formatInstantUtc(instant(Math.floor(at / 1000) * 1000)),
      sha256,
      since: new Date(question.month.from).toISOString().slice(0, 10),
      // What lies ahead was not asked: a day without a row would say that there is none.
      until: new Date(Math.min(question.month.until - 1, at)).toISOString().slice(0, 10),
      ...defined({ domain: question.domain, test: question.test, network: question.network }),
    }
    const before = this.#filesOf(question)
    let rows: number
    try {
      rows = rowsOfPart(readAnswer(entry, new TextDecoder().decode(answer.body), reading))
      const all = this.#rowsWithout(before) + rows
      if (all > mostRows)
        throw new InputError(`Cannot take "${file}": ${all} rows over all files, at most ${mostRows}`, {
          code: 'others.rows',
          path: file,
          expected: 'fewer files in others/, or services and networks that are asked about',
        })
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      await noteAnswer(folder, { ...line, why: error.message })
      onLine(`${question.key}: ${error.message}; what was there before is kept`)
      return 0
    }
    await writeDurable(answerPath(folder, file), answer.body)
    await noteAnswer(folder, { ...line, file })
    this.#files = [...this.#files.filter((one) => !before.includes(one)), entry]
    await saveFollowed(folder, this.#files)
    this.#held.add(file)
    this.#rows?.listed.set(file, rows)
    for (const one of before)
      if (one.file !== file) await REAL_DISK.remove(answerPath(folder, one.file)).catch(() => undefined)
    if (before.some((one) => one.file === file)) this.tally.unchanged++
    else this.tally.changed++
    await this.#answered(question, at, answer)
    return undefined
  }

  #filesOf({ key, url }: OthersQuery): readonly OthersFile[] {
    const name = nameOf(key)
    return this.#files.filter(
      (one) => one.url === url || (one.file.startsWith(name) && AFTER_NAME.test(one.file.slice(name.length))),
    )
  }

  async #answered(
    { key, month }: OthersQuery,
    at: Instant,
    { etag, lastModified }: { readonly etag?: string; readonly lastModified?: string },
  ): Promise<void> {
    this.#state.questions[key] = {
      asked_at: at,
      ...defined({ etag, last_modified: lastModified }),
      settled: at >= month.until + SETTLED_AFTER_MS,
    }
    await saveOthersState(this.#options.folder, this.#state)
  }
}

/** Passes without end, until the signal ends it. */
export async function followOthers(options: FollowOthersOptions): Promise<never> {
  for (;;) {
    const { asked, changed, unchanged, pending } = await followOthersOnce(options)
    options.onLine(`${asked} asked: ${changed} new, ${unchanged} as before, ${pending} pending`)
    await options.wait(OTHERS_EVERY, options.signal)
    options.signal.throwIfAborted()
  }
}
