import { encodeCanonical } from '../../core/evidence/canonical-json.ts'
import { encodeHex } from '../../core/evidence/hex.ts'
import { defined } from '../../core/model/defined.ts'
import type { Mutex } from '../../runtime/mutex.ts'
import { encodeLetterLeaf } from '../core/leaf.ts'
import { InputError } from '../../core/model/errors.ts'
import type { SignatureState } from '../core/letter.ts'
import { formatInstantUtc, instant, parseSha256, type Sha256 } from '../../core/model/units.ts'
import type { LeafAct } from '../registry/contract.ts'
import { allSignatures, sumsOf, type SignedRow } from '../count/all-signatures.ts'
import type { Batches } from '../count/batches.ts'
import { unknownLetter } from './letter-acts.ts'
import type { LetterDeskParts } from '../parts.ts'
import { sha256Of, type Published } from '../count/published.ts'
import { approvers, fits, needs } from './approvals.ts'
import {
  MOST_OF_JOB,
  type Approval,
  type RemovalDesk,
  type RemovalFilter,
  type RemovalJob,
  type RemovalPreview,
  type RemovalState,
} from './contract.ts'
import type { RemovalFiles, RemovalRecord } from './files.ts'

export interface RemovalParts extends Pick<LetterDeskParts, 'store' | 'clock' | 'random' | 'guard'> {
  readonly published: Published
  readonly files: RemovalFiles
  readonly batches: Batches
  readonly mutex: Mutex
  readonly sequence: () => Promise<void>
}

/** In which state a signature must be for each act. */
const STATE_FOR = {
  void: 'counted',
  refuse: 'held',
  release: 'held',
  restore: 'void',
} as const satisfies Record<RemovalJob['act'], SignatureState>
/** Rows changed in one transaction: signatures that come meanwhile wait for it. */
const PORTION = 250

/** Removals of several signatures at once (docs/formats/letter.md, "Removals"). */
export class Removals implements RemovalDesk {
  readonly #parts: RemovalParts

  constructor(parts: RemovalParts) {
    this.#parts = parts
  }

  async plan(asked: Parameters<RemovalDesk['plan']>[0]): Promise<RemovalPreview> {
    const { letter, act, reason, note, filter } = asked
    const state = this.#parts.published.newest(letter)?.row.state
    if (state === undefined) throw unknownLetter()
    if (state === 'destroyed') throw refuse('letter', 'a letter that was not destroyed')
    if (act === 'release' && !this.#parts.published.isOpen(letter))
      throw refuse('letter', 'a letter that was not ended')
    // What comes before its state is asked for: "withdrawn" is only the person's own word.
    if (act === 'void' && reason === 'withdrawn')
      throw refuse('reason', 'duplicate, forged, not-a-person, consent or other')
    const rows = await this.#found(letter, STATE_FOR[act], filter)
    return this.#lay({ letter, act, reason, note }, rows)
  }

  async planRestore(id: string, note: string): Promise<RemovalPreview> {
    const { job, did, state } = await this.#record(id)
    if (job.act !== 'void' || state !== 'done') throw refuse('job', 'a removal that was done and not undone')
    const rows = await this.#restorable(job, did)
    return this.#lay({ letter: job.letter, act: 'restore', reason: job.reason, note, undoes: id }, rows)
  }

  async #lay(
    of: Pick<RemovalJob, 'letter' | 'act' | 'reason' | 'note' | 'undoes'>,
    rows: readonly SignedRow[],
  ): Promise<RemovalPreview> {
    const { files, random, clock } = this.#parts
    if (rows.length === 0)
      throw new InputError(`Cannot do removal: no signature is found that is ${STATE_FOR[of.act]} and fits`, {
        code: 'removal.invalid',
        path: 'filter',
        expected: 'a filter that signatures fit',
      })
    const cts = rows.map(({ ct }) => ct).sort()
    const digest = sha256Of(cts.map((ct) => `${ct}\n`).join(''))
    const same = (await files.list()).find(({ job, state }) => {
      return (
        state === 'waiting' && job.cts_sha256 === digest && encodeCanonical({ ...job, ...of }) === encodeCanonical(job)
      )
    })
    // Asked for again: the approvals it has stand.
    if (same !== undefined) return this.#preview(same, rows)
    const job: RemovalJob = {
      ...of,
      format: 'kuager-letter-removal/1',
      id: encodeHex(random(8)),
      made_at_utc: formatInstantUtc(clock.now()),
      count: cts.length,
      cts_sha256: digest,
    }
    const record: RemovalRecord = {
      job,
      cts,
      state: 'waiting',
      approvals: [],
      did: [],
      ran_at: null,
      approved: false,
    }
    await files.save(record)
    return this.#preview(record, rows)
  }

  async approve(approval: Approval): Promise<RemovalPreview> {
    return this.#parts.mutex.run(async () => {
      const record = await this.#record(approval.job)
      if (record.state !== 'waiting') throw refuse('job', 'a job that was not done yet')
      const reviewers = await this.#parts.files.reviewers()
      if (!reviewers.some(({ key }) => key === approval.key))
        throw refuse('key', 'the key of a reviewer of this folder')
      if (!fits(record.job, approval)) throw refuse('signature', 'a signature over the canonical JSON of this very job')
      const others = record.approvals.filter(({ key }) => key !== approval.key)
      const approved = { ...record, approvals: [...others, approval] }
      await this.#parts.files.save(approved)
      return this.#preview(approved)
    })
  }

  async run(id: string): Promise<number> {
    const { files, mutex, clock, sequence } = this.#parts
    return mutex.run(async () => {
      const record = await this.#record(id)
      if (record.state === 'done' || record.state === 'undone') return 0
      const asked = await needs(this.#parts, record)
      const by = await approvers(this.#parts.files, record)
      if (by.length < asked)
        throw new InputError(`Cannot run job ${id}: ${by.length} of ${asked} people have approved it`, {
          code: 'removal.approvals',
          path: 'job',
          expected: `approvals of ${asked} reviewers ("reviewers.json" of the folder)`,
        })
      const began: RemovalRecord =
        record.state === 'running'
          ? record
          : {
              ...record,
              state: 'running',
              approved: asked > 0,
              did: (await this.#rowsOf(record)).map(({ ct }) => ct),
            }
      if (began !== record) await files.save(began)
      const changed = await this.#act(began)
      await files.save({ ...began, state: 'done', ran_at: clock.now() })
      if (began.job.undoes !== undefined) {
        const undone = await this.#record(began.job.undoes)
        await files.save({ ...undone, state: 'undone' })
      }
      await sequence()
      return changed
    })
  }

  async job(id: string): Promise<(RemovalPreview & { readonly state: RemovalState }) | undefined> {
    const record = await this.#parts.files.load(id)
    return record === undefined ? undefined : { ...(await this.#preview(record)), state: stateOf(record) }
  }

  async jobs(): Promise<readonly { readonly job: RemovalJob; readonly state: RemovalState }[]> {
    return (await this.#parts.files.list()).map((record) => ({ job: record.job, state: stateOf(record) }))
  }

  /** Changes what still stands as it did when the job was begun: again after a crash it finds nothing left. */
  async #act({ job, did }: RemovalRecord): Promise<number> {
    const { store, batches, guard, published } = this.#parts
    if (job.act === 'release' && !published.isOpen(job.letter)) throw refuse('letter', 'a letter that was not ended')
    const rows =
      job.act === 'restore'
        ? await this.#restorable(job, did)
        : await this.#rows(did, job.letter, STATE_FOR[job.act], () => true)
    const portions = Array.from({ length: Math.ceil(rows.length / PORTION) }, (_, nth) =>
      rows.slice(nth * PORTION, (nth + 1) * PORTION),
    )
    // One that a crash has cut off continues: the leaf behind them tells of those before it too.
    const before = job.act === 'void' ? await this.#tookOut(job, did) : []
    for (const [nth, portion] of portions.entries()) {
      const cts = portion.map(({ ct }) => ct)
      switch (job.act) {
        case 'void': {
          const last = nth === portions.length - 1
          await store.append([...voidsOf(job, cts), ...(last ? [sumOf(job, before.length + rows.length)] : [])])
          break
        }
        case 'restore':
          await store.append(restoresOf(job, cts))
          break
        case 'refuse':
          await store.drop(cts)
          guard.settle(cts)
          break
        case 'release':
          await store.setState(cts, 'pending', null)
          await batches.count(portion)
          break
      }
    }
    return rows.length
  }

  /** Those of a job that are out by it already, and by no other that took them meanwhile. */
  async #tookOut(job: RemovalJob, did: readonly string[]): Promise<readonly SignedRow[]> {
    const rows = await this.#rows(did, job.letter, 'void', ({ reason }) => reason === job.reason)
    if (rows.length === 0) return rows
    const others = (await this.#parts.files.list()).filter(
      (other) => other.job.id !== job.id && other.job.act === 'void' && ['done', 'running'].includes(other.state),
    )
    const theirs = new Set<string>(others.flatMap((other) => other.did))
    return rows.filter(({ ct }) => !theirs.has(ct))
  }

  async #preview(record: RemovalRecord, rows?: readonly SignedRow[]): Promise<RemovalPreview> {
    const sums = sumsOf(rows ?? (await this.#rowsOf(record)))
    return {
      job: record.job,
      ...sums,
      needs: await needs(this.#parts, record),
      approvedBy: await approvers(this.#parts.files, record),
    }
  }

  #rowsOf({ job, cts }: RemovalRecord): Promise<readonly SignedRow[]> {
    if (job.act === 'restore') return this.#restorable(job, cts)
    return this.#rows(cts, job.letter, STATE_FOR[job.act], () => true)
  }

  /** Those a job took out that are out for its reason still, and whose mailbox has not signed again meanwhile. */
  async #restorable({ letter, reason }: RemovalJob, cts: readonly string[]): Promise<readonly SignedRow[]> {
    const rows = await this.#rows(cts, letter, 'void', (row) => row.reason === reason)
    const anew = await Promise.all(rows.map(({ mailbox }) => this.#signedAnew(letter, mailbox)))
    return rows.filter((_, nth) => anew[nth] === false)
  }

  async #signedAnew(letter: string, mailbox: string | null): Promise<boolean> {
    return mailbox !== null && this.#parts.store.isConfirmed(letter, mailbox)
  }

  async #found(letter: string, state: SignatureState, filter: RemovalFilter): Promise<readonly SignedRow[]> {
    const { tier, region, held, hours } = filter
    const fitsAll = (row: SignedRow): boolean =>
      (tier === undefined || row.tier === tier) &&
      (region === undefined || row.region === region) &&
      (held === undefined || row.held === held) &&
      (hours === undefined || (row.hour !== null && row.hour >= hours.since && row.hour < hours.until))
    if (filter.cts !== undefined) return this.#rows(filter.cts, letter, state, fitsAll)
    const rows: SignedRow[] = []
    const asked = {
      letter,
      state,
      ...defined({ tier, region, held }),
      ...(hours === undefined ? {} : { hours: { since: instant(hours.since), until: instant(hours.until) } }),
    }
    for await (const row of allSignatures(this.#parts.store, asked)) {
      rows.push(row)
      if (rows.length > MOST_OF_JOB) throw refuse('filter', `one that at most ${MOST_OF_JOB} signatures fit`)
    }
    return rows
  }

  async #rows(
    cts: readonly string[],
    letter: string,
    state: SignatureState,
    fitsToo: (row: SignedRow) => boolean,
  ): Promise<readonly SignedRow[]> {
    const rows: SignedRow[] = []
    for (const ct of new Set(cts)) {
      const row = await this.#parts.store.signature(parseSha256(ct))
      if (row?.letter !== letter || row.state !== state || !fitsToo(row)) continue
      const { sealed: _, ...rest } = row
      rows.push(rest)
    }
    return rows
  }

  async #record(id: string): Promise<RemovalRecord> {
    const record = await this.#parts.files.load(id)
    if (record === undefined) throw refuse('job', 'the id of a job')
    return record
  }
}

const stateOf = ({ state }: RemovalRecord): RemovalState => (state === 'running' ? 'waiting' : state)

const voidsOf = ({ letter, reason }: RemovalJob, cts: readonly Sha256[]): readonly LeafAct[] =>
  cts.map((ct) => ({
    leaf: encodeLetterLeaf({ kind: 'signature-void', letter, ct, reason }),
    change: { kind: 'void', ct, reason, erase: false },
  }))

const sumOf = ({ letter, reason }: RemovalJob, count: number): LeafAct => ({
  leaf: encodeLetterLeaf({ kind: 'letter-removal', letter, count, reason }),
})

const restoresOf = ({ letter }: RemovalJob, cts: readonly Sha256[]): readonly LeafAct[] =>
  cts.map((ct) => ({
    leaf: encodeLetterLeaf({ kind: 'signature-restored', letter, ct }),
    change: { kind: 'restore', ct },
  }))

const refuse = (path: string, expected: string): InputError =>
  new InputError(`Cannot do removal: "${path}" does not fit`, { code: 'removal.invalid', path, expected })
