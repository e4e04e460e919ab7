import type { NameRole } from '../../core/model/measured/observation.ts'
import type { ConnectOutcome, HandshakeOutcome, Roled } from '../../core/model/measured/operation.ts'
import { LIMITS, MOST_ROUNDS, SLOW } from '../plan/limits.ts'
import type { Millis } from '../../core/model/units.ts'

/** What one handshake left: no handshake where no connection stood. */
export interface PairHandshake {
  readonly connect?: ConnectOutcome
  readonly handshake?: HandshakeOutcome
}

/** One handshake under a name with one address, on a connection of its own; the limit counts for each of both. */
export type Shake = (name: string | undefined, limit: Millis, verify: boolean) => Promise<PairHandshake>

export interface PairSettings {
  /** Absent: an endpoint that is an address sends no name. */
  readonly target: string | undefined
  /** Draws a new control name for each round. */
  readonly innocent: () => string
  readonly shake: Shake
  readonly limit: Millis
  /**
   * `triple`: control, target, control. `pair`: the last control only where the target fails or is slow. `target`: the
   * target alone, and triples only where it fails.
   */
  readonly begin: 'triple' | 'pair' | 'target'
  /** Waits a step of the search for an address that has gone silent. */
  readonly rest: () => Promise<void>
  /** Whether another round, or a wait for an address gone silent, may begin; absent: always. */
  readonly mayRepeat?: () => boolean
  /** Called as soon as the target has failed while the control name passed; at most once. */
  readonly onDiscord?: () => void
}

/** What the rounds of one address came to; the rows tell the same, this spares reading them. */
export type PairSeen =
  | 'alike' // both passed in the first round, or only the control failed
  | 'discordant' // the target failed, or was far slower, while the control passed, in every round
  | 'mixed' // in some rounds
  | 'both-fail' // neither passed
  | 'unconnected' // no connection stood
  | 'certificate' // the target answered with a chain that was refused

export interface PairRows {
  readonly seen: PairSeen
  readonly handshakes: readonly Roled<HandshakeOutcome>[]
  /** Connections that came to no handshake. */
  readonly connects: readonly Roled<ConnectOutcome>[]
  /** The address answered before the target's name was sent to it, and not afterwards. */
  readonly residual: boolean
}

type Half = PairHandshake | undefined

const stood = (half: Half): boolean => half?.handshake !== undefined
/** The control half counts as passed when anything of TLS or QUIC came back. */
const answered = (half: Half): boolean => half?.handshake?.answered === true
const failed = (half: Half): boolean => half?.handshake === undefined || half.handshake.failure !== undefined
const refusedChain = (half: Half): boolean =>
  half?.handshake?.failure?.stage === 'verify' || /^ssl_(invalid|unknown)/.test(half?.handshake?.failure?.code ?? '')

const lasted = (half: Half): number => {
  const handshake = half?.handshake
  return handshake === undefined ? 0 : handshake.endedAt - (handshake.helloAt ?? handshake.startedAt)
}

/** Whether the target's handshake took so much longer than a control one that it is asked again. */
function isSlow(target: Half, innocents: readonly Half[]): boolean {
  const passing = innocents.filter(answered).map(lasted)
  if (failed(target) || passing.length === 0) return false
  const yardstick = Math.max(...passing)
  return lasted(target) - yardstick > SLOW.over && lasted(target) > yardstick * SLOW.ratio
}

type RoundSeen = 'alike' | 'discordant' | 'certificate' | 'both-fail' | 'unconnected'

class Rounds {
  readonly handshakes: Roled<HandshakeOutcome>[] = []
  readonly connects: Roled<ConnectOutcome>[] = []
  residual = false
  readonly #settings: PairSettings

  constructor(settings: PairSettings) {
    this.#settings = settings
  }

  async half(role: NameRole, round: number, limit: Millis): Promise<PairHandshake> {
    const { target, innocent, shake } = this.#settings
    const shaken = await (role === 'target' ? shake(target, limit, true) : shake(innocent(), limit, false))
    this.#keep(shaken, role, round)
    return shaken
  }

  #keep({ connect, handshake }: PairHandshake, role: NameRole, round: number): void {
    if (handshake !== undefined) this.handshakes.push({ role, round, outcome: handshake })
    else if (connect !== undefined) this.connects.push({ role, round, outcome: connect })
  }

  mayRepeat(): boolean {
    return this.#settings.mayRepeat?.() !== false
  }

  /** Control, target, control. `first` is a control that has been made already, as the end of a wait. */
  async triple(round: number, limit: Millis, first?: PairHandshake): Promise<RoundSeen> {
    if (first !== undefined) this.#keep(first, 'innocent', round)
    const before = first ?? (await this.half('innocent', round, limit))
    if (!stood(before)) return 'unconnected'
    const target = await this.half('target', round, limit)
    if (!answered(before) && failed(target)) return 'both-fail'
    const isWell = answered(before) && !failed(target) && !isSlow(target, [before])
    if (isWell && this.#settings.begin === 'pair') return 'alike'
    const after = await this.half('innocent', round, limit)
    if (!answered(before)) return 'alike'
    if (!answered(after) && failed(target)) this.residual = true
    if (refusedChain(target)) return 'certificate'
    return failed(target) || isSlow(target, [before, after]) ? 'discordant' : 'alike'
  }

  /** The first control handshake that passes again at an address gone silent, or undefined after the longest wait. */
  async recover(): Promise<PairHandshake | undefined> {
    for (let waited = 0; waited < LIMITS.residual && this.mayRepeat(); waited += LIMITS.residualStep) {
      await this.#settings.rest()
      const shaken = await this.#settings.shake(this.#settings.innocent(), LIMITS.residualStep, false)
      if (answered(shaken)) return shaken
    }
    return undefined
  }
}

const SETTLED: readonly (readonly [RoundSeen, PairSeen])[] = [
  ['unconnected', 'unconnected'],
  ['both-fail', 'both-fail'],
]

/** One word for all rounds. */
function summarise(rounds: readonly RoundSeen[]): PairSeen {
  for (const [round, seen] of SETTLED) if (rounds.length > 0 && rounds.every((one) => one === round)) return seen
  if (rounds.some((one) => one === 'certificate')) return 'certificate'
  const discordant = rounds.filter((one) => one === 'discordant').length
  if (discordant === 0) return rounds.includes('alike') ? 'alike' : 'both-fail'
  return discordant === rounds.length ? 'discordant' : 'mixed'
}

/**
 * Pairs of one address: control, target, control with a control name, each on a connection of its own from a fresh
 * source port (docs/methods/measuring.md, pairs). Where the target fails, or is far slower, while the control name
 * passes, up to two more rounds with a longer limit decide: one more if it says the same again, two if it does not.
 * Where the last control fails after the first passed, the address is waited for, so that the punishment of one round
 * is not read as the failure of the next.
 */
export async function measurePairs(settings: PairSettings): Promise<PairRows> {
  const rounds = new Rounds(settings)
  const seen: RoundSeen[] = []
  let first: PairHandshake | undefined
  if (settings.begin === 'target') {
    const alone = await rounds.half('target', 0, settings.limit)
    if (!failed(alone)) return { ...rowsOf(rounds), seen: 'alike' }
    if (!rounds.mayRepeat()) return { ...rowsOf(rounds), seen: 'both-fail' }
    // The name alone may have silenced the address: nothing was heard there before, so the control is waited for.
    if (stood(alone) && !refusedChain(alone)) {
      const next = await settings.shake(settings.innocent(), settings.limit, false)
      first = answered(next) ? next : await rounds.recover()
      rounds.residual = !answered(next) && first !== undefined
      if (first === undefined) first = next
    }
  }
  for (let round = settings.begin === 'target' ? 1 : 0; round <= MOST_ROUNDS; round++) {
    const limit = round === 0 ? settings.limit : LIMITS.confirm
    const one = await rounds.triple(round, limit, first)
    if (one === 'discordant' && !seen.includes('discordant')) settings.onDiscord?.()
    seen.push(one)
    if (seen.length >= MOST_ROUNDS || !wantsMore(seen, rounds, settings.begin === 'triple')) break
    if (!rounds.mayRepeat()) break
    first = undefined
    if (rounds.residual) {
      first = await rounds.recover()
      if (first === undefined) break
    }
  }
  return { ...rowsOf(rounds), seen: summarise(seen) }
}

const rowsOf = ({ handshakes, connects, residual }: Rounds): Omit<PairRows, 'seen'> => ({
  handshakes,
  connects,
  residual,
})

/** Nothing was heard, or the connection was cut; an alert is an answer. */
const isBroken = (outcome: HandshakeOutcome): boolean => !outcome.answered || isCut(outcome)

const isCut = ({ failure }: HandshakeOutcome): boolean =>
  failure?.code === 'connection_reset' || failure?.code === 'eof_error'

/** Whether another round can change what the rows say. */
function wantsMore(seen: readonly RoundSeen[], rounds: Rounds, isFull: boolean): boolean {
  const last = seen.at(-1)
  if (seen.length === 1) return last === 'discordant' || last === 'certificate'
  if (last === 'certificate') return false
  // Twice the same is enough, unless only slowness was seen: that is asked three times.
  const slow = rounds.handshakes.some(({ role, outcome }) => role === 'target' && outcome.failure === undefined)
  // If control halves were interrupted as well, twice the same may be what the connection does to any name. A cut costs
  // no time, though bytes of control halves, which core runs lack.
  const isDoubtful = rounds.handshakes.some(({ role, outcome }) =>
    role === 'innocent' ? isBroken(outcome) : isFull && isCut(outcome),
  )
  return last === 'discordant' ? slow || (isDoubtful && !rounds.residual) : seen[0] === 'discordant'
}
