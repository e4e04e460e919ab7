import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seeded } from '../kit/crash/volatile-disk.ts'
import { explore, walk } from './explore.ts'
import { RULES, type Budget, type Rule } from './lead-rules.ts'

const ONE: Budget = { machines: 2, clone: false, appends: 1, signs: 1, beats: 0, crashes: 0, faults: 0 }

/** Of which rules the absence makes two histories; without the last one no machine can go on. */
const FORKS: readonly Rule[] = RULES.filter((rule) => rule !== 'only shipped leaves are covered')

describe('machines that could sign one log, in every order of their steps, with pauses of any length', () => {
  for (const [what, budget] of Object.entries<Budget>({
    'with more than one leaf each': { ...ONE, appends: 2, signs: 2 },
    'with an answer that is lost, or a write that is late': { ...ONE, faults: 1 },
    'with a process that is killed anywhere, and starts again': { ...ONE, crashes: 1 },
    'with heartbeats, one of them late': { ...ONE, appends: 0, signs: 0, beats: 1, faults: 1 },
    'with a clone of the first one': { ...ONE, clone: true, faults: 1 },
  }))
    it(`never sign two histories, and always can go on: ${what}`, async () => {
      const { counterexample, states } = await explore(budget)
      assert.deepEqual(counterexample, undefined)
      assert.ok(states > 100, `${states} states`)
    })

  for (const rule of RULES)
    it(`would without this: ${rule}`, async () => {
      const budget = { ...ONE, appends: 2, faults: 1 }
      const whole = await explore(budget, { without: rule })
      assert.ok(whole.counterexample !== undefined, `no use of it was found in ${whole.states} states`)
      if (!FORKS.includes(rule)) return
      const { counterexample } = await explore(budget, { without: rule, look: (world) => world.fork() })
      assert.match(counterexample?.found ?? 'no fork', /^two histories/)
    })

  it('never sign two histories: long walks by chance, of three machines with a clone, kills, lost and late writes', async () => {
    const budget = { machines: 3, clone: true, appends: 4, signs: 6, beats: 4, crashes: 3, faults: 4 }
    for (let run = 0; run < 150; run++)
      assert.deepEqual(await walk(budget, seeded(run + 1), 200), undefined, `run ${run}`)
  })
})
