import { setImmediate as settled } from 'node:timers/promises'
import type { Budget, Rule } from './lead-rules.ts'
import { LeadWorld } from './lead-world.ts'

/** A run that ends in what must never be: its steps in words. */
export interface Counterexample {
  readonly found: string
  readonly steps: readonly string[]
}

export interface Explored {
  readonly states: number
  readonly counterexample?: Counterexample
}

export interface Exploration {
  /** A rule that is taken away. */
  readonly without?: Rule
  /** What is looked for; absent: anything that must never be. */
  readonly look?: (world: LeadWorld) => string | undefined
  readonly most?: number
}

/**
 * Visits every state of a world that its budget allows, each once, by running it again from its beginning with other
 * choices; stops at the first that must never be. Throws where there are more than `most`: then nothing was shown.
 */
export async function explore(
  budget: Budget,
  { without, look = (world) => world.violation(), most = 400_000 }: Exploration = {},
): Promise<Explored> {
  const seen = new Set<string>()
  const open: number[][] = [[]]
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const world = new LeadWorld(budget, without)
    const words: string[] = []
    await settled()
    for (let at = 0; ; at++) {
      if (at >= path.length) {
        const found = look(world)
        if (found !== undefined) return { states: seen.size, counterexample: { found, steps: words } }
        const mark = world.fingerprint()
        if (seen.has(mark)) break
        if (seen.add(mark).size > most) throw new Error(`more than ${most} states`)
      }
      const steps = world.steps()
      if (steps.length === 0) break
      if (at >= path.length) {
        for (let other = steps.length - 1; other > 0; other--) open.push([...path, other])
        path.push(0)
      }
      const step = steps[path[at] ?? 0]
      if (step === undefined) throw new Error('a run is not the same when it is run again')
      words.push(step.words)
      step.act()
      await settled()
    }
  }
  return { states: seen.size }
}

/** Walks through a world by chance, to where `steps` ends; gives what must never be, where it came about. */
export async function walk(budget: Budget, random: () => number, steps: number): Promise<Counterexample | undefined> {
  const world = new LeadWorld(budget)
  const words: string[] = []
  for (let nth = 0; nth < steps; nth++) {
    await settled()
    const next = world.steps()
    const step = next[Math.floor(random() * next.length)]
    if (step === undefined) break
    words.push(step.words)
    step.act()
    await settled()
    const found = world.violation()
    if (found !== undefined) return { found, steps: words }
  }
  return undefined
}
