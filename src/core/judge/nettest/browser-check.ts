import { HOUR_MS } from '../../model/duration.ts'
import type { CheckTarget, CrowdOutcome, CrowdTry } from '../../model/people/crowd-check.ts'

// What a page in a reader's browser may conclude from its own requests: docs/methods/browser-check.md. A browser says
// whether a request was answered and when, and not why it was not; all that is judged here follows from that alone.

/** What a control abroad last reported for a target. */
export type TargetAbroad = CheckTarget['abroad']

/** Why there is no verdict on a service. */
export const UNKNOWN_REASONS = [
  /** No control host answered in the same round. */
  'offline',
  /** A control host, or the middle of the targets that answered, took so long that a request given up says nothing. */
  'line-slow',
  /** No control abroad looked at the target within the last hour. */
  'not-fresh',
  /** It does not answer abroad either. */
  'down-abroad',
  /** Its answers may not be read by pages of other sites: a refusal looks like a block. */
  'closed-to-pages',
  /** Refused at once, and on lists of tracking protection: most likely the browser did it. */
  'shielded',
  /** Only one try was made. */
  'one-try',
] as const
export type UnknownReason = (typeof UNKNOWN_REASONS)[number]

/** One service as it was tried. */
export interface TriedTarget {
  readonly service: string
  /** Host that was asked. */
  readonly host: string
  /** The nth of them belongs to the nth round of the run; a second only where the first left something open. */
  readonly tries: readonly CrowdTry[]
  readonly abroad: TargetAbroad
  /** How long ago the control abroad looked, in milliseconds at the time of the check; undefined: never. */
  readonly freshAgeMs: number | undefined
}

/** One control host as it was asked. */
export interface AskedControl {
  readonly host: string
  /** The nth of them is how it answered in the nth round of the run. */
  readonly tries: readonly CrowdTry[]
}

/** One run: every target and the control hosts, in one or two rounds. */
export interface BrowserRun {
  /** Empty: none was named. */
  readonly controls: readonly AskedControl[]
  readonly targets: readonly TriedTarget[]
  /** Length after which a request was given up. */
  readonly timeoutMs: number
}

export interface JudgedTarget {
  readonly service: string
  readonly outcome: CrowdOutcome
  readonly why?: UnknownReason
  /** Tracking protection of browsers refuses this host too: the reader sees a note. */
  readonly mayBeShield?: true
}

export interface JudgedRun {
  /** Whether a control host answered at all; where none did, nothing is judged. */
  readonly online: boolean
  /** Control hosts that answered in a round, and those that did in none: a fact, from which nothing is concluded. */
  readonly controls: { readonly answered: readonly string[]; readonly silent: readonly string[] }
  readonly results: readonly JudgedTarget[]
  /**
   * Services that answered in full at least once, independent of the control hosts: no one else can answer for them.
   */
  readonly answered: readonly string[]
}

/** A target that no control abroad has looked at for longer says nothing where it fails. */
export const FRESH_MS = HOUR_MS
/** Slow is what takes this many times as long as the middle of the reader's own answers, and longer than SLOW_MS. */
const SLOW_TIMES = 5
const SLOW_MS = 1500
/** And this many times as long as each control host that answered, asked beside the targets: a narrow line is filled by them. */
const SLOW_TIMES_CONTROL = 2
/** Answers of one's own without which none is called slow. */
const FEWEST_ANSWERS = 3
/** A failure within a quarter of the quickest answer, and never above this, came before any server could be spoken to. */
const AT_ONCE_MS = 20
const AT_ONCE_SHARE = 4

/**
 * Sites that lists of tracking protection hold because other sites embed them (Disconnect, "social" and "content"; used
 * by Firefox, Edge, Brave and most blockers). A page that asks for them may be refused by the browser itself.
 */
const SHIELDED =
  /(?:^|\.)(?:facebook|fb|instagram|messenger|threads|twitter|x|tiktok|youtube|linkedin|vk|pinterest|reddit)\.(?:com|net|ru)$/

type TryClass = 'answered' | 'page' | 'refused' | 'silent' | 'mixed'

function classOf({ document, image }: CrowdTry): TryClass {
  if (document === 'answered' && image === 'answered') return 'answered'
  if (document === 'answered' && image === 'failed') return 'page'
  if (document === 'failed' && image === 'failed') return 'refused'
  return document === 'timed-out' && image === 'timed-out' ? 'silent' : 'mixed'
}

/** Whether a first try settles a service, so that no second one is made. */
export const isSettled = (one: CrowdTry): boolean => classOf(one) === 'answered' && one.document_ms <= SLOW_MS

/**
 * Judges a run. The order of the targets changes nothing, and a target changes no other but by its time: in the middle of
 * all, and in that of its round, which distinguishes timeouts of a slow connection from those of one service.
 */
export function judgeBrowserCheck(run: BrowserRun): JudgedRun {
  const rounds = roundsOf(run)
  const times = answerTimes(run, rounds)
  const middle = middleOf(times)
  const quickest = times.length === 0 ? undefined : Math.min(...times)
  const around: Around = { rounds, middle, quickest, isLineSlow: isLineSlow(run, rounds) }
  const answered = run.controls.filter(({ tries }) => tries.some(isWhole))
  return {
    online: answered.length > 0,
    controls: {
      answered: answered.map(({ host }) => host),
      silent: run.controls.filter((one) => !answered.includes(one)).map(({ host }) => host),
    },
    results: run.targets.map((target) => judgeTarget(target, around)),
    answered: run.targets.filter(({ tries }) => tries.some(isWhole)).map(({ service }) => service),
  }
}

/** How long the control hosts took that answered in a round, the longest of them; undefined: none answered. */
type Round = number | undefined

interface Around {
  readonly rounds: readonly Round[]
  readonly middle: number | undefined
  readonly quickest: number | undefined
  readonly isLineSlow: boolean
}

const isWhole = (one: CrowdTry): boolean => classOf(one) === 'answered'

function roundsOf({ controls }: BrowserRun): readonly Round[] {
  const length = Math.max(0, ...controls.map(({ tries }) => tries.length))
  return Array.from({ length }, (_, nth) => {
    const tries = controls.flatMap((one) => one.tries[nth] ?? []).filter(isWhole)
    return tries.length === 0 ? undefined : Math.max(...tries.map(({ document_ms: took }) => took))
  })
}

function judgeTarget(target: TriedTarget, around: Around): JudgedTarget {
  const { service, tries } = target
  const witnessed = tries.filter((_, round) => around.rounds[round] !== undefined)
  const unknown = (why: UnknownReason): JudgedTarget => ({ service, outcome: 'unknown', why })
  if (witnessed.length === 0) return unknown('offline')
  const classes = witnessed.map(classOf)
  const [first] = classes
  if (first === undefined || classes.some((one) => one !== first)) return { service, outcome: 'unstable' }
  if (first === 'answered') {
    const isWhole = witnessed.length === tries.length
    const slow = isWhole && !around.isLineSlow && witnessed.every((one) => isLong(one.document_ms, around))
    return { service, outcome: slow ? 'slow' : 'reachable' }
  }
  // Half a pair says nothing, and neither does a try whose other half had no control.
  if (witnessed.length < 2) return unknown(tries.length < 2 ? 'one-try' : 'offline')
  if (first === 'mixed') return { service, outcome: 'unstable' }
  const doubt = doubtOf(target, { ...around, first })
  return doubt === undefined ? failed(target, first) : unknown(doubt)
}

/** Whether an answer took long beside the middle given and the control hosts. */
const isLong = (took: number, { middle, rounds }: Pick<Around, 'middle' | 'rounds'>): boolean =>
  middle !== undefined &&
  took > SLOW_MS &&
  took > SLOW_TIMES * middle &&
  rounds.every((control) => control === undefined || took > SLOW_TIMES_CONTROL * control)

/** How long what was answered of a try took, the longest of it; none: nothing was. */
function answerOf({ document, document_ms, image, image_ms }: CrowdTry): readonly [number] | readonly [] {
  const took = Math.max(document === 'answered' ? document_ms : -1, image === 'answered' ? image_ms : -1)
  return took < 0 ? [] : [took]
}

/**
 * Whether in a round a control host, or the middle of the targets of which anything was answered, took more than half of
 * the time limit: what was given up there may have been on its way. A target that is slow beside the other targets says
 * nothing of the line: a second round asks for such ones again and for no quick one. Control hosts are left out of that
 * middle, since they are small.
 */
function isLineSlow({ targets, timeoutMs }: BrowserRun, rounds: readonly Round[]): boolean {
  const middle = middleOf(targets.flatMap(({ tries }) => tries.flatMap(answerOf).slice(-1)))
  const ofTheLine = targets.filter(
    ({ tries }) => !tries.flatMap(answerOf).every((took) => isLong(took, { middle, rounds })),
  )
  return rounds.some((control = 0, nth) => {
    const took = medianOf(ofTheLine.flatMap(({ tries }) => tries.slice(nth, nth + 1).flatMap(answerOf)))
    return Math.max(control, took ?? 0) * 2 > timeoutMs
  })
}

/** What else may have kept a target from answering than what lies between. */
function doubtOf(
  { abroad, freshAgeMs, host, tries }: TriedTarget,
  { isLineSlow: isLate, quickest, first }: Around & { readonly first: TryClass },
): UnknownReason | undefined {
  if (abroad === null || freshAgeMs === undefined || !(freshAgeMs <= FRESH_MS)) return 'not-fresh'
  if (abroad === 'broken') return 'down-abroad'
  if (abroad === 'closed-to-pages') return 'closed-to-pages'
  if (first === 'silent' && isLate) return 'line-slow'
  const atOnce = Math.min(AT_ONCE_MS, (quickest ?? 0) / AT_ONCE_SHARE)
  const refusedAtOnce = tries.every((one) => one.document_ms <= atOnce && one.image_ms <= atOnce)
  return first === 'refused' && SHIELDED.test(host) && refusedAtOnce ? 'shielded' : undefined
}

function failed({ service, host }: TriedTarget, first: 'page' | 'refused' | 'silent'): JudgedTarget {
  const shield = SHIELDED.test(host) ? { mayBeShield: true as const } : {}
  switch (first) {
    case 'page':
      return { service, outcome: 'not-the-site', ...shield }
    case 'silent':
      return { service, outcome: 'black-hole' }
    case 'refused':
      return { service, outcome: 'interference', ...shield }
  }
}

/** Times of the documents that were answered: of each target its last, and of the control hosts one in each round. */
const answerTimes = ({ targets }: BrowserRun, rounds: readonly Round[]): readonly number[] => [
  ...rounds.filter((took) => took !== undefined),
  ...targets.flatMap(({ tries }) => tries.findLast(({ document }) => document === 'answered')?.document_ms ?? []),
]

const middleOf = (times: readonly number[]): number | undefined =>
  times.length < FEWEST_ANSWERS ? undefined : medianOf(times)

function medianOf(times: readonly number[]): number | undefined {
  if (times.length === 0) return undefined
  const sorted = times.toSorted((a, b) => a - b)
  const half = Math.floor(sorted.length / 2)
  const [low, high] = [sorted[half - 1] ?? 0, sorted[half] ?? 0]
  return sorted.length % 2 === 1 ? high : (low + high) / 2
}
