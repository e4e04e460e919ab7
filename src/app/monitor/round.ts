import { checkpointSigners, parseCheckpoint, type Checkpoint } from '../../core/evidence/log/checkpoint.ts'
import { formatVerifierKey, parseVerifierKey, type VerifierKey } from '../../core/evidence/log/signed-note.ts'
import { TILE_WIDTH } from '../../core/evidence/log/tile.ts'
import { parseTlogProof } from '../../core/evidence/log/tlog-proof.ts'
import { evaluatePolicy, parsePolicy, type WitnessPolicy } from '../../core/evidence/witness/policy.ts'
import { defined } from '../../core/model/defined.ts'
import { HOUR_MS } from '../../core/model/duration.ts'
import { InputError } from '../../core/model/errors.ts'
import { formatInstantUtc, type Instant } from '../../core/model/units.ts'
import { DeadlineReached } from '../../runtime/deadline.ts'
import { ServedTree, withheld } from '../../pipeline/log/served-tree.ts'
import { sha256, verifyEd25519 } from '../../runtime/ed25519.ts'
import { followKeys, readEntryBundle, type WatchedEntry, type WatchedLog } from './check-entries.ts'
import { checkShownIncident, checkLoggedRevision, listIncidents, type IncidentTools } from './check-incident.ts'
import { attempt, unreadable, type Alert, type Get } from './finding.ts'
import { fitsState, nameFork, type Fork, type MonitorState } from './state.ts'

const MOST_NOTE = 100_000
/** Bundles of entries that one round reads: 5,120 entries; the next round continues behind them. */
const MOST_BUNDLES = 20
/** A quorum that is missing for longer is no lag: witnesses are asked each minute. */
const QUORUM_WITHIN_MS = HOUR_MS

/** What one round is made with. */
export interface RoundTools extends Omit<IncidentTools, keyof WatchedLog | 'now' | 'count'> {
  readonly get: Get
  readonly url: string
  readonly now: Instant
  /** Keys that the person who watches trusts; none: those of the first look. */
  readonly trusted: readonly VerifierKey[]
  /** The watcher's own policy; absent: the one that the server published first. */
  readonly policy?: WitnessPolicy
  /** The newest checkpoint that a witness has; undefined where it does not answer. */
  readonly atWitness: (url: string, origin: string) => Promise<Uint8Array | undefined>
  /** Incidents, and earlier entries, that are checked. */
  readonly sample: number
}

/** What was done, counted. */
export const COUNTED = ['entries', 'revisions', 'pages', 'measurements', 'derived', 'witnesses'] as const
export type RoundCounts = Record<(typeof COUNTED)[number], number>

/** What a round found. */
export interface RoundFound {
  readonly alerts: readonly Alert[]
  readonly forks: readonly Fork[]
  readonly counts: RoundCounts
  /** What to keep; absent where the log cannot be believed. */
  readonly next?: MonitorState
  readonly size?: number
}

/**
 * Looks at a log once, and at a sample of what it is about. Never rejects for what the server does: a round that reaches
 * its time limit is an alert too, or a server could end the monitor by answering slowly.
 */
export async function monitorRound(before: MonitorState | undefined, tools: RoundTools): Promise<RoundFound> {
  const round = new Round(before, tools)
  try {
    await attempt(round.alerts, () => round.run())
  } catch (error) {
    if (!(error instanceof DeadlineReached)) throw error
    round.alerts.push({
      kind: 'unreachable',
      about: 'The server did not answer everything within the time of one round',
    })
  }
  const { alerts, forks, counts, next, size } = round
  return { alerts, forks, counts, ...defined({ next, size }) }
}

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

class Round {
  readonly alerts: Alert[] = []
  readonly forks: Fork[] = []
  readonly counts: RoundCounts = { entries: 0, revisions: 0, pages: 0, measurements: 0, derived: 0, witnesses: 0 }
  next: MonitorState | undefined
  size: number | undefined
  readonly #before: MonitorState | undefined
  readonly #tools: RoundTools

  constructor(before: MonitorState | undefined, tools: RoundTools) {
    this.#before = before
    this.#tools = tools
  }

  #alert(kind: Alert['kind'], about: string): void {
    this.alerts.push({ kind, about })
  }

  async run(): Promise<void> {
    const { get } = this.#tools
    const bytes = await get('/log/checkpoint', MOST_NOTE)
    if (bytes === undefined) throw withheld('checkpoint')
    const newest = parseCheckpoint(bytes)
    const served = await this.#servedKeys()
    const trusted = this.#trustedKeys(served)
    if (checkpointSigners(newest, trusted, verifyEd25519).length === 0)
      return this.#alert('unsigned', `The checkpoint of ${newest.size} entries is signed by no key that is trusted`)
    const tree = new ServedTree(newest, (path, most) => get(`/log/${path}`, most))
    if (!(await this.#goesOn(newest, bytes, tree))) return
    this.size = newest.size
    const log: WatchedLog = { tree, size: newest.size, get, alerts: this.alerts }
    const policy = await this.#policy()
    const cosigned = await attempt(this.alerts, () => this.#quorum(policy.counts, { newest, tree, trusted }))
    await this.#witnesses({ newest, bytes, tree, trusted })
    const read = await this.#entries(log, trusted)
    for (const key of served)
      if (!read.keys.some((known) => formatVerifierKey(known) === formatVerifierKey(key)))
        this.#alert('unknown-key', `The log names a key that no trusted key named: ${formatVerifierKey(key)}`)
    await this.#incidents(log)
    const next: MonitorState = {
      format: 'kuager-log-monitor/1',
      url: this.#tools.url,
      keys: read.keys.map(formatVerifierKey),
      policy: policy.published ?? null,
      checkpoint: textOf(bytes),
      read_until: read.until,
      // Without an answer the time since the last quorum goes on.
      cosigned: cosigned === undefined ? (this.#before?.cosigned ?? null) : cosigned,
    }
    if (fitsState(next)) this.next = next
    else this.#alert('unreadable', 'Keys, policy and checkpoint are together larger than what a monitor keeps')
  }

  async #servedKeys(): Promise<readonly VerifierKey[]> {
    const bytes = await this.#tools.get('/log/keys', MOST_NOTE)
    if (bytes === undefined) throw withheld('keys')
    const lines = textOf(bytes).split('\n')
    return lines.flatMap((line) => (line === '' ? [] : [parseVerifierKey(line, sha256)]))
  }

  #trustedKeys(served: readonly VerifierKey[]): readonly VerifierKey[] {
    const kept = (this.#before?.keys ?? []).map((line) => parseVerifierKey(line, sha256))
    const { trusted } = this.#tools
    if (trusted.length === 0) return kept.length === 0 ? served : kept
    const lines = trusted.map(formatVerifierKey)
    return [...trusted, ...kept.filter((key) => !lines.includes(formatVerifierKey(key)))]
  }

  /** Whether the log continues from what was kept; where it does not, both checkpoints are evidence. */
  async #goesOn(newest: Checkpoint, bytes: Uint8Array, tree: ServedTree): Promise<boolean> {
    if (this.#before === undefined) return true
    const kept = parseCheckpoint(Buffer.from(this.#before.checkpoint))
    if (kept.origin !== newest.origin) {
      this.#alert('other-log', `The log was "${kept.origin}" and is "${newest.origin}" now`)
      return false
    }
    const fork = nameFork([kept, this.#before.checkpoint], [newest, textOf(bytes)])
    if (newest.size < kept.size) {
      this.forks.push(fork)
      this.#alert('shorter', `The log had ${kept.size} entries and has ${newest.size} now`)
      return false
    }
    if (await tree.goesOnFrom(kept)) return true
    this.forks.push(fork)
    this.#alert('rewritten', `The tree of ${newest.size} entries does not go on from the one of ${kept.size}`)
    return false
  }

  /** The policy that counts: the watcher's own, else the one that was published at the first look. */
  async #policy(): Promise<{ readonly counts?: WitnessPolicy; readonly published?: string }> {
    const bytes = await this.#tools.get('/log/policy', MOST_NOTE / 2)
    const served = bytes === undefined ? undefined : textOf(bytes)
    const kept = this.#before?.policy ?? undefined
    if (kept !== undefined && kept !== served)
      this.#alert('policy-changed', 'The policy of witnesses is another than before')
    const first = kept ?? served
    const published = first === undefined ? undefined : parsePolicy(Buffer.from(first), sha256)
    return defined({ counts: this.#tools.policy ?? published, published: served ?? first })
  }

  /** The newest checkpoint that has its quorum; the log may be ahead of its witnesses for a while. */
  async #quorum(
    policy: WitnessPolicy | undefined,
    { newest, tree, trusted }: { newest: Checkpoint; tree: ServedTree; trusted: readonly VerifierKey[] },
  ): Promise<MonitorState['cosigned']> {
    if (policy?.quorum === undefined || newest.size === 0) return null
    const before = this.#before?.cosigned ?? null
    const now = formatInstantUtc(this.#tools.now)
    const has = (one: Checkpoint): boolean =>
      checkpointSigners(one, trusted, verifyEd25519).length > 0 && evaluatePolicy(one, policy, verifyEd25519).satisfied
    if (has(newest)) return { size: newest.size, since_utc: now }
    const proof = await this.#tools.get('/log/proof/0', MOST_NOTE)
    const older = proof === undefined ? undefined : parseTlogProof(proof).checkpoint
    if (older === undefined || !has(older) || !(await tree.goesOnFrom(older))) {
      this.#alert('quorum', `No checkpoint has the signatures of the quorum "${policy.quorum}"`)
      return before
    }
    // An older one than before is none that witnesses signed since: two of them in turn are no progress.
    if (before === null || older.size > before.size) return { size: older.size, since_utc: now }
    if (this.#tools.now - Date.parse(before.since_utc) > QUORUM_WITHIN_MS)
      this.#alert('quorum', `Witnesses have signed nothing since the tree of ${older.size} entries`)
    return before
  }

  /** Compares with what each witness of the watcher's own policy has, where it answers. */
  async #witnesses(log: {
    readonly newest: Checkpoint
    readonly bytes: Uint8Array
    readonly tree: ServedTree
    readonly trusted: readonly VerifierKey[]
  }): Promise<void> {
    const { newest, bytes, tree, trusted } = log
    for (const { name, url } of this.#tools.policy?.witnesses ?? []) {
      const copy = url === undefined ? undefined : await this.#tools.atWitness(url, newest.origin)
      if (copy === undefined) continue
      await attempt(this.alerts, async () => {
        const theirs = parseCheckpoint(copy)
        // What this log did not sign says nothing about it.
        if (checkpointSigners(theirs, trusted, verifyEd25519).length === 0)
          throw unreadable(`witness ${name}`, 'a checkpoint that the log signed')
        const at = theirs.size <= newest.size ? { newest, bytes, tree } : await this.#newerTree(trusted)
        if (await at.tree.goesOnFrom(theirs)) this.counts.witnesses++
        else {
          this.#alert('witness-differs', `Witness "${name}" holds a tree of ${theirs.size} entries that this log lacks`)
          this.forks.push(nameFork([theirs, textOf(copy)], [at.newest, textOf(at.bytes)]))
        }
      })
    }
  }

  /** The tree of a checkpoint that is fetched again: a witness may have seen one that came after ours. */
  async #newerTree(
    trusted: readonly VerifierKey[],
  ): Promise<{ readonly newest: Checkpoint; readonly bytes: Uint8Array; readonly tree: ServedTree }> {
    const { get } = this.#tools
    const bytes = await get('/log/checkpoint', MOST_NOTE)
    if (bytes === undefined) throw withheld('checkpoint')
    const newer = parseCheckpoint(bytes)
    if (checkpointSigners(newer, trusted, verifyEd25519).length === 0)
      throw unreadable('checkpoint', 'the signature of a key that is trusted')
    return { newest: newer, bytes, tree: new ServedTree(newer, (path, most) => get(`/log/${path}`, most)) }
  }

  /**
   * Reads the entries that are new, as many as one round may, and some earlier ones by chance. The next round begins
   * with the first one whose check got no answer: a server must not pass over an entry by failing once.
   */
  async #entries(
    log: WatchedLog,
    trusted: readonly VerifierKey[],
  ): Promise<{ readonly until: number; readonly keys: readonly VerifierKey[] }> {
    const { sample, below } = this.#tools
    let keys = trusted
    let unanswered: number | undefined
    // At the first look the last entries; what came before is sampled at random.
    const first = Math.max(0, log.size - (log.size % TILE_WIDTH) - TILE_WIDTH)
    let until = Math.min(this.#before?.read_until ?? first, log.size)
    for (let nth = 0; nth < MOST_BUNDLES && until < log.size; nth++) {
      const found = await attempt(this.alerts, () => readEntryBundle(log, { from: until, until: log.size }))
      if (found === undefined) return { until: unanswered ?? until, keys }
      for (const entry of found) {
        this.counts.entries++
        const before = this.alerts.length
        await this.#revision(log, entry)
        if (entry.record.kind === 'key-change')
          keys = (await attempt(this.alerts, () => followKeys(log, entry, keys))) ?? keys
        if (this.alerts.slice(before).some(isUnanswered)) unanswered ??= entry.index
      }
      until = Math.min(log.size, until - (until % TILE_WIDTH) + TILE_WIDTH)
    }
    for (let nth = 0; nth < sample && log.size > 0; nth++) {
      const from = below(log.size)
      const found = await attempt(this.alerts, () => readEntryBundle(log, { from, until: from + 1 }))
      for (const entry of found ?? []) {
        this.counts.entries++
        await this.#revision(log, entry)
      }
    }
    return { until: unanswered ?? until, keys }
  }

  /** A revision that was logged is still shown; other entries need no such check. */
  async #revision(log: WatchedLog, entry: WatchedEntry): Promise<void> {
    if (entry.record.kind === 'incident-revision')
      await attempt(this.alerts, () => checkLoggedRevision(this.#incidentTools(log), entry))
  }

  async #incidents(log: WatchedLog): Promise<void> {
    const ids = [...((await attempt(this.alerts, () => listIncidents(log))) ?? [])]
    const { sample, below } = this.#tools
    for (let nth = 0; nth < sample && ids.length > 0; nth++) {
      const [id = ''] = ids.splice(below(ids.length), 1)
      await attempt(this.alerts, () => checkShownIncident(this.#incidentTools(log), id))
    }
  }

  #incidentTools(log: WatchedLog): IncidentTools {
    const { judge, verify, below, now } = this.#tools
    return { ...log, judge, verify, below, now, count: (what) => this.counts[what]++ }
  }
}

/** Whether a failure is one of the server or of the way to it, which the next round may not meet. */
export const isPassing = (alerts: readonly Alert[]): boolean => alerts.every(isUnanswered)
const isUnanswered = ({ kind }: Alert): boolean => kind === 'unreachable'

/** Throws InputError where the state is of another observatory. */
export function checkSame(state: MonitorState | undefined, url: string): void {
  if (state !== undefined && state.url !== url)
    throw new InputError(`Cannot use the state of "${state.url}" for "${url}"`, {
      code: 'monitor.state',
      path: '--state',
      expected: 'a state of this address, or a new name of a file',
    })
}
