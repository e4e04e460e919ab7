import { randomBytes } from 'node:crypto'
import { controlsSchema } from '../../../src/core/model/tables/controls.ts'
import { millis } from '../../../src/core/model/units.ts'
import { RunBudget } from '../../../src/probe/plan/budget.ts'
import { chanceOf } from '../../../src/probe/measure/chance.ts'
import type { RunContext } from '../../../src/probe/measure/context.ts'
import type { RunSettings } from '../../../src/probe/measure/contract.ts'
import { Cover } from '../../../src/probe/measure/cover.ts'
import { ControlAbroad } from '../../../src/probe/measure/control-abroad.ts'
import { Gate } from '../../../src/probe/measure/gate.ts'
import { ResolverWatch } from '../../../src/probe/measure/resolver-watch.ts'
import { systemClock } from '../../../src/runtime/clock.ts'
import { KeyedMutex } from '../../../src/runtime/mutex.ts'

const sourced = { source: 'test', checked_at: '2026-11-25' }

/** Controls that lead nowhere: reserved names, no resolvers, no clocks. */
export const noControls = controlsSchema.parse({
  innocent: ['innocent.example', 'harmless.example.net'].map((host) => ({ host, ...sourced })),
  canaries: Array.from({ length: 5 }, (_, index) => ({
    host: `canary${index}.example`,
    place: index === 0 ? 'domestic' : 'abroad',
    owner: `owner ${index}`,
    ...sourced,
  })),
  resolvers: [],
  clocks: [],
  portals: [],
  udpResolvers: [],
  whoami: [],
})

/** What the parts of a run share, for tests of one part; operations begin at once and hosts told as done are kept. */
export function testContext(
  changes: Partial<RunSettings> = {},
  signal: AbortSignal = new AbortController().signal,
): { readonly context: RunContext; readonly done: readonly string[] } {
  const settings: RunSettings = {
    services: [],
    controls: noControls,
    tiers: new Set(['A']),
    scope: 'full',
    kind: 'manual',
    controlUrls: [],
    collectorUrls: [],
    extraRoots: [],
    transferBytes: 64 * 1024,
    dialsPrivate: true,
    ...changes,
  }
  const tools = {
    clock: systemClock,
    signal,
    random: (length: number) => randomBytes(length),
    onEvent: () => undefined,
  }
  const limits = { atOnce: 16, livelyFor: millis(1_000), pace: millis(0) }
  const done: string[] = []
  const context: RunContext = {
    settings,
    tools,
    chance: chanceOf(tools.random),
    gate: new Gate(limits, tools),
    scoutGate: new Gate(limits, tools),
    lookupGate: new Gate(limits, tools),
    locks: new KeyedMutex(),
    onClosed: () => undefined,
    control: new ControlAbroad({
      urls: settings.controlUrls,
      clock: systemClock,
      signal,
      extraRoots: settings.extraRoots,
      onBytes: () => undefined,
    }),
    cover: new Cover({
      controls: settings.controls,
      services: settings.services,
      secret: randomBytes(32),
      chance: chanceOf(tools.random),
    }),
    families: new Set([4]),
    allowance: { questions: 100, neighbourhoods: 20, crossings: 100 },
    budget: new RunBudget(systemClock, systemClock.monotonic(), millis(600_000)).forService(),
    dialled: new Set(),
    encrypted: new Map(),
    listed: new Map(),
    resolvers: new ResolverWatch({ own: new Set(), onBytes: () => undefined }),
    done: (host) => done.push(host),
  }
  return { context, done }
}
