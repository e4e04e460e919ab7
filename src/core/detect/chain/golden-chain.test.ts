import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, it } from 'node:test'
import { defaultSettings } from './default-settings.ts'
import { filterForward, type ChainRun } from './filter.ts'
import { openWindow, smooth } from './smooth.ts'
import { buildChain } from './transition.ts'
import { likeliestPath } from './viterbi.ts'

interface TwoState {
  readonly t_hours: readonly number[]
  readonly y: readonly (0 | 1 | null)[]
  readonly rate_ok_to_blocked: number
  readonly rate_blocked_to_ok: number
  readonly p_fail_given_ok: number
  readonly p_success_given_blocked: number
  readonly p_blocked_initial: number
  readonly log_likelihood: number
  readonly smoothed_p_blocked: readonly number[]
  readonly viterbi: readonly (0 | 1)[]
  readonly p_first_blocked_index: readonly number[]
}

/** Our own figures, and more of them where their file is there. */
const FILES = [
  join(import.meta.dirname, '../../../../test/golden/statistics.json'),
  join(import.meta.dirname, '../../../../../shared/data/golden/golden.json'),
].filter((path) => existsSync(path))

/** The product chain with one level, no load, no second kind and a network that is never down: two states. */
function twoStates(golden: TwoState): ChainRun {
  const base = defaultSettings()
  const chain = buildChain({
    ...base,
    onsetHours: Array.from({ length: 24 }, () => 1),
    passing: [golden.p_success_given_blocked],
    loads: [],
    rates: {
      ...base.rates,
      shortOnset: golden.rate_ok_to_blocked,
      shortEnd: golden.rate_blocked_to_ok,
      longOnset: 0,
      downOnset: 0,
    },
  })
  const { p_fail_given_ok: ok, p_success_given_blocked: leak } = golden
  const size = golden.t_hours.length
  const initial = new Float64Array(chain.size)
  initial[0] = 1 - golden.p_blocked_initial
  initial[1] = golden.p_blocked_initial
  return {
    chain,
    points: {
      size,
      at: Float64Array.from(golden.t_hours, (hours) => hours * 3_600_000),
      hour: new Uint8Array(size),
      burst: Int32Array.from(golden.y, (_, k) => k),
    },
    row: Int32Array.from(golden.y, (y) => (y === null ? -1 : y)),
    rows: Float64Array.of(1 - ok, leak, 1 - ok, leak, ok, 1 - leak, ok, 1 - leak),
    initial,
  }
}

/** ln P(readings, open at every point before `count`). */
function openUntil(run: ChainRun, count: number): number {
  const rows = Float64Array.from([...run.rows, ...run.rows, 1, 1, 1, 1, 1, 0, 1, 0])
  for (let at = 9; at < 16; at += 2) rows[at] = 0 // rows 2 and 3: as 0 and 1, restricted struck out; 5: nothing seen
  const row = run.row.map((kind, k) => (k >= count ? kind : kind < 0 ? 5 : kind + 2))
  return filterForward({ ...run, rows, row }).logLikelihood
}

for (const file of FILES)
  describe(`the chain of states on the figures of ${basename(file)}`, () => {
    const { ct_hmm_two_state: golden } = JSON.parse(readFileSync(file, 'utf8')) as {
      readonly ct_hmm_two_state: TwoState
    } // made by a script
    const near = (a: number, b: number): void => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`)

    it('gives the log likelihood and the smoothed probabilities to 1e-9', () => {
      const run = twoStates(golden)
      const filtered = filterForward(run)
      near(filtered.logLikelihood, golden.log_likelihood)
      smooth(run, filtered).restricted.forEach((p, k) => near(p, golden.smoothed_p_blocked[k]!)) // equally long
    })

    it('gives the most likely path', () => {
      const run = twoStates(golden)
      const filtered = filterForward(run)
      const window = openWindow(run, { filtered, smoothed: smooth(run, filtered) }, [0, run.points.size - 1])
      assert.deepEqual(
        [...likeliestPath(run, window)].map((state) => run.chain.restricted[state]),
        golden.viterbi,
      )
    })

    it('gives the distribution of the first restricted point, never included', () => {
      const run = twoStates(golden)
      const all = filterForward(run).logLikelihood
      const open = Array.from({ length: run.points.size + 1 }, (_, count) => Math.exp(openUntil(run, count) - all))
      golden.p_first_blocked_index.forEach((p, k) => near(k < run.points.size ? open[k]! - open[k + 1]! : open[k]!, p)) // one more than points
    })
  })
