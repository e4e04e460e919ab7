import { canaryOf, controlOf, hasArtefact, targetOf } from '../chain/columns.ts'
import type { DetectSettings } from '../chain/settings.ts'
import type { Chain } from '../chain/transition.ts'

// What one reading says of every state: P(reading | state), docs/methods/detecting.md, section 3.

const CANARY_FAIL_UP = 0.02
const CANARY_FAIL_DOWN = 0.95
const HALF_FAIL_DOWN = 0.98
/** P(both halves fail | network up): the service itself, its address, the path. The same in every other state. */
const BOTH_FAIL_UP = 0.05
const SLOW_OPEN = 0.02
/** Where a restriction throttles, seven hits of ten are slow; most restrictions fail instead, and no state knows which it is. */
const SLOW_HIT = 0.25
/** log10 of P(slow | hit) / P(slow | passed): what a reading marked as slow is worth. */
export const SLOW_LOG10_LR = Math.log10(SLOW_HIT / SLOW_OPEN)
const ARTEFACT = 0.001
const ARTEFACT_RATIO = 100
/** Least |log10 ratio| that says anything, and the cap of a single item. */
const LEAST_LOG10 = 0.05
const MOST_LOG10 = 2

/** What a reading is to the chain of restriction. */
export interface Meaning {
  /** `restriction`: speaks about it; `line`: about the network alone; `nothing`: missing. */
  readonly about: 'restriction' | 'line' | 'nothing'
  readonly failed: boolean
  readonly passed: boolean
}

/** Where a series never has a control, a plain failure counts; elsewhere a failure without one is missing. */
export interface Reader {
  readonly chain: Chain
  readonly settings: DetectSettings
  readonly controlled: boolean
}

const useful = (log10Lr: number): boolean => Math.abs(log10Lr) >= LEAST_LOG10

/** Says what a reading means: `outcome` packed, `log10Lr` NaN where absent. */
export function meaningOf(outcome: number, log10Lr: number, controlled: boolean): Meaning {
  const target = targetOf(outcome)
  const control = controlOf(outcome)
  const line = { about: canaryOf(outcome) === 'none' ? 'nothing' : 'line', failed: false, passed: false } as const
  if (hasArtefact(outcome)) return { about: 'restriction', failed: true, passed: false }
  if (target === 'none') return control === 'none' ? line : { about: 'restriction', failed: false, passed: false }
  if (!Number.isNaN(log10Lr) && !useful(log10Lr) && target !== 'ok') return line
  if (target === 'ok' && (Number.isNaN(log10Lr) || log10Lr < LEAST_LOG10))
    return { about: 'restriction', failed: false, passed: true }
  if (control === 'fail') return { about: 'line', failed: false, passed: false }
  if (control === 'none' && controlled && Number.isNaN(log10Lr)) return line
  return Number.isNaN(log10Lr) || log10Lr > 0
    ? { about: 'restriction', failed: true, passed: false }
    : { about: 'restriction', failed: false, passed: true }
}

/** Length of one row of evidence: (down, load, level with 0 = open). */
export const rowLength = (chain: Chain): number => 2 * chain.loads * (chain.levels + 1)

/** Writes ln P(reading | state) into `into` from `offset`: one row, loads and levels of the chain. */
export function logEvidence(
  { chain, settings, controlled }: Reader,
  reading: readonly [number, number],
  to: readonly [Float64Array, number],
): void {
  const [outcome, log10Lr] = reading
  const [into, offset] = to
  const { about } = meaningOf(outcome, log10Lr, controlled)
  const loads = [settings.failOpen, ...settings.loads]
  const passing = [1, ...settings.passing]
  let at = offset
  for (const load of loads)
    for (const pass of passing)
      into[at++] = Math.log(Math.max(1e-12, upEvidence(about, { outcome, log10Lr, load, pass, settings })))
  const half = at - offset
  // If the connection was never checked, a reading cannot tell that it was down: it weighs as it does where it is up.
  if (!controlled && canaryOf(outcome) === 'none') into.copyWithin(at, offset, offset + half)
  else into.fill(Math.log(downEvidence(about, outcome)), at, offset + rowLength(chain))
}

interface Asked {
  readonly outcome: number
  readonly log10Lr: number
  /** P(an exchange fails | load) and share that passes the restriction. */
  readonly load: number
  readonly pass: number
  readonly settings: DetectSettings
}

function upEvidence(about: Meaning['about'], asked: Asked): number {
  const canary = canaryOf(asked.outcome)
  const line = canary === 'none' ? 1 : canary === 'fail' ? CANARY_FAIL_UP : 1 - CANARY_FAIL_UP
  if (about === 'nothing') return 1
  if (about === 'line')
    return line * (targetOf(asked.outcome) === 'fail' && controlOf(asked.outcome) === 'fail' ? BOTH_FAIL_UP : 1)
  if (hasArtefact(asked.outcome)) return line * ARTEFACT * ((1 - asked.pass) * ARTEFACT_RATIO + asked.pass)
  const control = controlOf(asked.outcome)
  const fails = Math.min(0.98, asked.load / asked.settings.controlFactor)
  return line * targetEvidence(asked) * (control === 'none' ? 1 : control === 'fail' ? fails : 1 - fails)
}

/**
 * P(target half): hit with probability 1 − pass, else it fails as load has it; `ratio` is P(seen | hit) /
 * P(seen | passed, no load). Slow is a completed exchange against its own control: load slows both halves, and makes
 * none of them slower than the other.
 */
function targetEvidence({ outcome, log10Lr, load, pass, settings }: Asked): number {
  const target = targetOf(outcome)
  if (target === 'none') return 1
  const bad = target === 'slow' ? SLOW_OPEN : settings.failOpen
  const usual = target === 'slow' ? SLOW_HIT / SLOW_OPEN : target === 'fail' ? 1 / settings.failOpen : 0
  const ratio = Number.isNaN(log10Lr) ? usual : 10 ** Math.max(-MOST_LOG10, Math.min(MOST_LOG10, log10Lr))
  if (target === 'slow') return bad * ((1 - pass) * ratio + (pass * (1 - load)) / (1 - settings.failOpen))
  if (ratio >= 1) return bad * ((1 - pass) * ratio + (pass * load) / settings.failOpen)
  return (1 - bad) * ((1 - pass) * ratio + (pass * (1 - load)) / (1 - settings.failOpen))
}

function downEvidence(about: Meaning['about'], outcome: number): number {
  const canary = canaryOf(outcome)
  const line = canary === 'none' ? 1 : canary === 'fail' ? CANARY_FAIL_DOWN : 1 - CANARY_FAIL_DOWN
  if (about === 'nothing') return 1
  const half = (seen: string): number => (seen === 'none' ? 1 : seen === 'fail' ? HALF_FAIL_DOWN : 1 - HALF_FAIL_DOWN)
  if (hasArtefact(outcome)) return line * ARTEFACT * (1 - HALF_FAIL_DOWN)
  if (about === 'line' && controlOf(outcome) !== 'fail') return line
  return line * half(targetOf(outcome)) * half(controlOf(outcome))
}
