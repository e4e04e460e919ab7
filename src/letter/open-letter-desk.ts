import { defined } from '../core/model/defined.ts'
import { DAY_MS, HOUR_MS } from '../core/model/duration.ts'
import { InputError } from '../core/model/errors.ts'
import type { Region } from '../core/model/region.ts'
import { instant } from '../core/model/units.ts'
import { Mutex } from '../runtime/mutex.ts'
import { Acceptance } from './sign/acceptance.ts'
import { allSignatures, sumsOf, type SignedRow } from './count/all-signatures.ts'
import { Batches, batchSpan } from './count/batches.ts'
import { Confirmation } from './sign/confirmation.ts'
import type { HeldGroup, LetterDesk, LetterStatus, PublishedLetter, ShownCount } from './contract.ts'
import { agrees, Counts } from './count/counts.ts'
import { LetterActs, unknownLetter } from './remove/letter-acts.ts'
import { MailLimits } from '../runtime/mail/mail-limits.ts'
import { TOKEN_MS, type LetterDeskParts } from './parts.ts'
import { lastMoment, Published } from './count/published.ts'
import { Receipts } from './count/receipts.ts'
import { RemovalFiles } from './remove/files.ts'
import { Removals } from './remove/removals.ts'
import { ShownRegions } from './count/shown-regions.ts'
import { SteadyTime } from './sign/steady-time.ts'
import { Trends } from './sign/trends.ts'

/** Opens the desk over a registry, whose log it continues with. Throws Fault where what is kept does not fit. */
export async function openLetterDesk(parts: LetterDeskParts): Promise<LetterDesk> {
  const { store, folder, disk } = parts
  const published = await Published.load(store)
  let waiting = 0
  for (const id of published.ids())
    for (const { state, count } of await store.tally(id)) if (state === 'pending') waiting += count
  const regions = await ShownRegions.load(folder, disk)
  return new OpenLetterDesk(parts, { published, regions, waiting })
}

class OpenLetterDesk implements LetterDesk {
  readonly #parts: LetterDeskParts
  readonly #published: Published
  readonly #regions: ShownRegions
  readonly #counts: Counts
  readonly #batches: Batches
  readonly #mutex = new Mutex()
  readonly #acceptance: Acceptance
  readonly #confirmation: Confirmation
  readonly #receipts: Receipts
  readonly #acts: LetterActs
  readonly removals: Removals
  #ticking: Promise<void> | undefined
  #expiredAt = 0
  readonly #time: SteadyTime
  /** Span in which a withdrawal came that no checkpoint holds yet: it is published with that span, as batches are. */
  #withdrawnIn: number | undefined
  /** Failures that were reported and still last. */
  readonly #said = new Set<string>()

  constructor(
    parts: LetterDeskParts,
    kept: { readonly published: Published; readonly regions: ShownRegions; readonly waiting: number },
  ) {
    const { published, regions, waiting } = kept
    this.#parts = parts
    this.#published = published
    this.#regions = regions
    this.#counts = new Counts(parts.store)
    this.#batches = new Batches({ ...parts, published }, waiting)
    this.#time = new SteadyTime(parts.clock)
    const own = {
      ...parts,
      published,
      regions,
      batches: this.#batches,
      mutex: this.#mutex,
      files: new RemovalFiles(parts.folder, parts.disk),
      limits: new MailLimits({
        clock: parts.clock,
        key: parts.random(32),
        ...defined({ rate: parts.mailRate, senderOf: parts.senderOf }),
      }),
      trends: new Trends(parts.clock, parts.lines),
      onWaiting: () => this.#batches.add(),
      sequence: () => this.#sequence(),
    }
    this.#acceptance = new Acceptance(own)
    this.#confirmation = new Confirmation(own)
    this.#receipts = new Receipts({ ...own, onWithdrawn: () => (this.#withdrawnIn = batchSpan(parts.clock.now())) })
    this.#acts = new LetterActs(own)
    this.removals = new Removals(own)
  }

  get takesMail(): boolean {
    return this.#parts.mail !== undefined
  }

  letters(): readonly PublishedLetter[] {
    return this.#published.ids().flatMap((id) => this.letter(id) ?? [])
  }

  letter(id: string): PublishedLetter | undefined {
    return this.#published.shown(id, this.#parts.clock.now())
  }

  version(id: string, version: number): string | undefined {
    return this.#published.version(id, version)
  }

  sign: LetterDesk['sign'] = (signing, from) => this.#acceptance.sign(signing, from)
  signForm: LetterDesk['signForm'] = (form, from) => this.#acceptance.signForm(form, from)
  look: LetterDesk['look'] = (token) => this.#confirmation.look(token)
  confirm: LetterDesk['confirm'] = (token) => this.#confirmation.confirm(token)
  resend: LetterDesk['resend'] = (receipt, mail, lang, from) => this.#confirmation.resend(receipt, mail, { lang, from })
  standing: LetterDesk['standing'] = (receipt) => this.#receipts.standing(receipt)
  proof: LetterDesk['proof'] = (receipt) => this.#receipts.proof(receipt)
  withdraw: LetterDesk['withdraw'] = (receipt) => this.#receipts.withdraw(receipt)
  publish: LetterDesk['publish'] = (document, options) => this.#acts.publish(document, options)
  close: LetterDesk['close'] = (id) => this.#acts.close(id)
  destroy: LetterDesk['destroy'] = (id) => this.#acts.destroy(id)

  async count(id: string): Promise<ShownCount | undefined> {
    if (this.#published.newest(id) === undefined) return undefined
    await this.#counts.follow((await this.#parts.log.latest())?.size ?? 0)
    return { ...this.#counts.of(id), regions: this.#regions.of(id) }
  }

  tick(): Promise<void> {
    this.#ticking ??= this.#due().finally(() => (this.#ticking = undefined))
    return this.#ticking
  }

  async #due(): Promise<void> {
    const { store, clock, log } = this.#parts
    const now = clock.now()
    // What nothing brings back is never done for one wrong reading of a clock.
    const steady = this.#time.isSteady()
    if (steady && Math.abs(now - this.#expiredAt) >= HOUR_MS)
      await this.#try('what was not confirmed is not removed', async () => {
        await this.#mutex.run(() => store.expire(instant(now - TOKEN_MS - HOUR_MS)))
        this.#expiredAt = now
      })
    if (this.#batches.isDue()) await this.#try('signatures are not counted', () => this.#batch({ all: false }))
    for (const id of steady ? this.#published.ids() : [])
      await this.#try(`what the dates of letter ${id} say is not done`, () => this.#end(id))
    await this.#try('the log takes nothing in', async () => {
      if (batchSpan(now) === this.#withdrawnIn) return
      if (((await log.latest())?.size ?? 0) < store.size) await this.#mutex.run(() => this.#sequence())
    })
  }

  /** One failure stops nothing else; each is said once, since it comes again every few seconds. */
  async #try(what: string, act: () => Promise<unknown>): Promise<void> {
    try {
      await act()
      this.#said.delete(what)
    } catch (error) {
      if (!this.#said.has(what)) this.#parts.lines.error({ error }, what)
      this.#said.add(what)
    }
  }

  /** What the dates of a letter say is done without being asked for. */
  async #end(id: string): Promise<void> {
    const newest = this.#published.newest(id)
    if (newest === undefined || newest.row.state === 'destroyed') return
    const { closes, destroys } = newest.letter
    const now = this.#parts.clock.now()
    if (now >= lastMoment(destroys)) await this.destroy(id)
    // Those who signed on the last day have seven more to confirm, and a person reviews what is held meanwhile.
    else if (newest.row.state === 'open' && now >= lastMoment(closes) + TOKEN_MS) await this.close(id)
  }

  countNow(): Promise<number> {
    return this.#batch({ all: true })
  }

  #batch(which: { readonly all: boolean }): Promise<number> {
    return this.#mutex.run(async () => {
      const counted = await this.#batches.run(which)
      await this.#sequence()
      return counted
    })
  }

  /**
   * Takes new leaves into the log, counts them and updates the regions shown. What fails is tried again by the next
   * tick.
   */
  async #sequence(): Promise<void> {
    const { log, store } = this.#parts
    await this.#try('the log is not followed', async () => {
      const size = (await log.sequence())?.size ?? 0
      this.#withdrawnIn = undefined
      await this.#counts.follow(size)
      // Only where the log holds every leaf are the registry's rows those of the log.
      if (size === store.size) for (const id of this.#published.ids()) await this.#showRegions(id)
    })
  }

  async #showRegions(id: string): Promise<void> {
    const changes = this.#counts.changes(id)
    if (!this.#regions.isDue(id, changes) || this.#published.newest(id)?.row.state === 'destroyed') return
    const tally = await this.#parts.store.tally(id)
    if (!agrees(this.#counts.of(id), tally))
      this.#parts.lines.error({ letter: id }, 'the registry does not count what the log counts')
    const counts: Partial<Record<Region, number>> = {}
    for (const { state, region, count } of tally)
      if (state === 'counted') counts[region] = (counts[region] ?? 0) + count
    await this.#regions.update(id, counts, changes)
  }

  status(): Promise<readonly LetterStatus[]> {
    return this.#mutex.run(async () => {
      await this.#sequence()
      const statuses: LetterStatus[] = []
      for (const id of this.#published.ids()) statuses.push(await this.#statusOf(id))
      return statuses
    })
  }

  async #statusOf(id: string): Promise<LetterStatus> {
    const { store, clock } = this.#parts
    const { letter, state } = this.letter(id)! // one of the ids
    const tally = await store.tally(id)
    const waiting = { awaiting: 0, pending: 0, held: 0, counted: 0, void: 0 }
    for (const row of tally) waiting[row.state] += row.count
    const shown = (await this.count(id))! // as above
    return {
      letter: id,
      state,
      waiting,
      shown,
      agrees: shown.size === store.size && agrees(shown, tally),
      daysToDestruction: Math.ceil((lastMoment(letter.destroys) - clock.now()) / DAY_MS),
    }
  }

  async held(id: string): Promise<readonly HeldGroup[]> {
    if (this.#published.newest(id) === undefined) throw unknownLetter()
    const rows: SignedRow[] = []
    for await (const row of allSignatures(this.#parts.store, { letter: id, state: 'held' })) rows.push(row)
    return [...Map.groupBy(rows, ({ held }) => held ?? '')]
      .map(([label, of]) => ({ label, count: of.length, ...sumsOf(of) }))
      .sort((a, b) => b.count - a.count || (a.label < b.label ? -1 : 1))
  }

  async release(id: string, label: string): Promise<number> {
    const { job, needs } = await this.removals.plan({
      letter: id,
      act: 'release',
      reason: 'other',
      note: '',
      filter: { held: label },
    })
    if (needs === 0) return this.removals.run(job.id)
    throw new InputError(`Cannot release ${job.count} signatures: job ${job.id} waits for the approval of two people`, {
      code: 'removal.approvals',
      path: 'job',
      expected: 'approvals of two reviewers',
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#ticking?.catch(() => undefined)
    // What is known in memory, such as where a signature came from, ends here: the last batch still knows it.
    await this.countNow()
  }
}
