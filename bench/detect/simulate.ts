import { HOUR_MS } from '../../src/core/model/duration.ts'
import type { Reading } from '../../src/core/model/measured/reading.ts'
import { instant } from '../../src/core/model/units.ts'
import { drawBlocks, KIND_WEIGHTS } from './blocks.ts'
import type { Block, Kind } from './blocks.ts'
import { dependenceOf } from './dependence.ts'
import type { Dependence } from './dependence.ts'
import { createDraw } from './draw.ts'
import type { Draw } from './draw.ts'
import { forge } from './forge.ts'
import { drawSpells, joinSpans, within } from './spans.ts'
import type { Spans } from './spans.ts'

/** Local midnight in Asia/Almaty (UTC+5) at which every series begins. */
export const EPOCH = Date.UTC(2025, 0, 5, 19)

/** Who is touched: every exchange, a share of the exchanges passes anyway, or a share of the probes is never touched. */
export type Part = 'full' | 'by-exchange' | 'by-probe'

/** Departures from the world in which the settings were fitted. Everything not given is drawn. */
export interface SimulateOptions {
  readonly days?: number
  readonly probes?: number
  readonly kind?: Kind
  readonly part?: Part
  /** Every restriction lasts the same: two hours, or three days. */
  readonly fixedDurations?: boolean
  /** Standard deviation, in minutes, of the moments at which devices are switched. */
  readonly rollOutMinutes?: number
  /** Restrictions of one to two hours that reach the devices one by one within the first hour, and end for all at once. */
  readonly gradual?: boolean
  /** People start tests by hand, and far more of them while the service is restricted. */
  readonly eager?: boolean
  /** Factor on the failures of controls: 0.5 where they fail half as often as the target. */
  readonly controlFailures?: number
  /** Keys of strangers who send false results; absent: one series in ten has one such key or unsigned sender. */
  readonly strangers?: number
  /** The restrictions themselves. */
  readonly blocks?: readonly Block[]
  /** Correlation of exchanges of one device in one restriction, and of one resolver within half an hour. */
  readonly rho?: number
}

/** What is true of a simulated series; times are UTC milliseconds. */
export interface Truth {
  readonly from: number
  readonly until: number
  readonly kind: Kind
  readonly probes: number
  readonly part: Part
  /** Share of exchanges (or of probes) that the restriction does not touch. */
  readonly passing: number
  readonly throttled: boolean
  readonly forged: boolean
  readonly blocks: readonly { readonly from: number; readonly until: number; readonly long: boolean }[]
}

export interface Simulated {
  /** Sorted by time. */
  readonly readings: readonly Reading[]
  readonly truth: Truth
}

/** What all probes of a series share. */
interface World {
  readonly draw: Draw
  readonly hours: number
  readonly blocks: readonly Block[]
  readonly part: Part
  /** Share of exchanges that pass in a restriction, for probes that it touches. */
  readonly leak: number
  readonly throttled: boolean
  readonly failOpen: number
  /** Strength of the evening load, day by day. */
  readonly load: readonly number[]
  readonly missing: number
  readonly outages: Spans
  readonly faults: Spans
  readonly options: SimulateOptions
  readonly dependence?: Dependence
}

const SHARES = { full: [0.02, 0.12], 'by-exchange': [0.25, 0.6], 'by-probe': [0.2, 0.5] } as const

/**
 * One series of readings with its truth: 6 to 180 days, 1 to 12 probes each about every quarter of an hour, 3 to 30 %
 * missing, retries, evening load on both halves, probes with troubles of their own, lines and whole networks that go
 * down, faults of the service itself, forged submissions; restrictions full, partial by exchange or by probe, or
 * throttled. The same seed and options give the same series.
 */
export function simulate(seed: number, options: SimulateOptions = {}): Simulated {
  const draw = createDraw(seed)
  const hours = 24 * (options.days ?? Math.exp(draw.uniform(Math.log(6), Math.log(180))))
  const probes = options.probes ?? 1 + Math.floor(draw.uniform(0, 12))
  const kind = options.kind ?? draw.pick(KIND_WEIGHTS)
  const lengths = options.gradual === true ? 'gradual' : options.fixedDurations === true ? 'fixed' : 'drawn'
  const blocks = options.blocks ?? drawBlocks(draw, hours, { kind, lengths })
  const part = options.part ?? draw.pick<Part>([['full', 0.7], ['by-exchange', 0.15], ['by-probe', 0.15]]) // prettier-ignore
  const passing = draw.uniform(SHARES[part][0], SHARES[part][1])
  const world: World = {
    draw,
    hours,
    blocks,
    part,
    leak: part === 'by-probe' ? draw.uniform(SHARES.full[0], SHARES.full[1]) : passing,
    throttled: draw.hit(0.1),
    failOpen: draw.uniform(0.005, 0.03),
    load: Array.from({ length: Math.ceil(hours / 24) + 1 }, () => draw.exponential(1)),
    missing: draw.uniform(0.03, 0.3),
    outages: drawSpells(draw, hours, { everyDays: 15, median: 1, sd: 0.7 }),
    faults: drawSpells(draw, hours, { everyDays: 20, median: 1, sd: 0.8 }),
    options,
    ...(options.rho === undefined ? {} : { dependence: dependenceOf(seed, options.rho) }),
  }
  const readings: Reading[] = []
  for (let probe = 0; probe < probes; probe++)
    addProbe(world, { name: `p${probe + 1}`, immune: part === 'by-probe' && draw.hit(passing) }, readings)
  const strangers = options.strangers ?? (draw.hit(0.1) ? 1 : 0)
  if (strangers > 0) forge(draw, { hours, blocks, strangers, epoch: EPOCH }, readings)
  readings.sort((a, b) => a.at - b.at)
  return {
    readings,
    truth: {
      from: EPOCH,
      until: EPOCH + hours * HOUR_MS,
      kind,
      probes,
      part,
      passing,
      throttled: world.throttled,
      forged: strangers > 0,
      blocks: blocks.map(({ from, until, long }) => ({
        from: EPOCH + from * HOUR_MS,
        until: EPOCH + until * HOUR_MS,
        long,
      })),
    },
  }
}

/** A device with its line: its own troubles, and how slow the target usually is against the control. */
interface Device {
  readonly name: string
  readonly immune: boolean
  readonly restricted: Spans
  /** Stretches in which only this device fails to reach the target. */
  readonly trouble: Spans
  readonly lineDown: Spans
  readonly usualRatio: number
  readonly ratioSd: number
}

function addProbe(world: World, probe: { name: string; immune: boolean }, readings: Reading[]): void {
  const { draw, hours, options } = world
  const phase = draw.uniform(0, 1)
  const offline = drawSpells(draw, hours, { everyDays: 7, median: 6, sd: 0.8 })
  const spread = (options.rollOutMinutes ?? 0) / 60
  const device: Device = {
    ...probe,
    restricted: joinSpans(
      world.blocks.map(({ from, until }) => {
        if (options.gradual === true) return [from + draw.uniform(0, 1), until] as const
        const late = draw.normal(0, spread)
        return [from + late, until + late] as const
      }),
    ),
    trouble: drawSpells(draw, hours, { everyDays: 30, median: 0.7, sd: 0.7 }),
    lineDown: drawSpells(draw, hours, { everyDays: 10, median: 1, sd: 0.7 }),
    usualRatio: draw.normal(0, 0.1),
    ratioSd: draw.uniform(0.1, 0.25),
  }
  for (let round = 0; round < hours * 4; round++) {
    const at = (round + phase) / 4 + draw.uniform(-2, 2) / 60
    const kept = !draw.hit(world.missing) && !within(offline, at)
    if (kept && at > 0 && at < hours) addBurst(world, { device, at, scheduled: true }, readings)
  }
  if (options.eager === true) addTestsByHand(world, device, readings)
}

/** Tests started by hand: one in ten hours while all is well, three an hour while the service is restricted. */
function addTestsByHand(world: World, device: Device, readings: Reading[]): void {
  const { draw, hours } = world
  for (let at = draw.exponential(1 / 3); at < hours; at += draw.exponential(1 / 3))
    if (within(device.restricted, at) || draw.hit(1 / 30)) addBurst(world, { device, at, scheduled: false }, readings)
}

/** P(fail) of any exchange at that hour: in the evening the network is loaded, more on some days than on others. */
function failRate(world: World, at: number): number {
  const hour = at % 24
  if (hour < 19 || hour >= 23) return world.failOpen
  return Math.min(0.5, world.failOpen * (1 + 3 * (world.load[Math.floor(at / 24)] ?? 0)))
}

/** One test and, after half of the failures, its retries half a minute to two minutes apart. */
function addBurst(
  world: World,
  test: { readonly device: Device; readonly at: number; readonly scheduled: boolean },
  readings: Reading[],
): void {
  const { draw, dependence } = world
  const { device, at } = test
  const restricted = within(device.restricted, at)
  const load = failRate(world, at)
  const base = within(device.trouble, at) ? Math.max(load, 0.9) : load
  const chance = restricted && !device.immune ? 1 - leakOf(world, device, at) : base
  const hits = (when: number): boolean =>
    dependence?.hits(draw, { device: device.name, at: when, chance }) ?? draw.hit(chance)
  const first = hits(at)
  const retries = draw.hit(first ? 0.5 : 0.03) ? 1 + draw.poisson(2) : 0
  const lineDown = within(device.lineDown, at)
  let when = at
  for (let index = 0; index <= retries; index++) {
    if (index > 0) when += draw.uniform(0.5, 2) / 60
    const again = index > 0 && (restricted || !draw.hit(0.8)) ? hits(when) : first
    readings.push(
      exchange(world, { ...test, at: when, hit: again, restricted: restricted && !device.immune, lineDown, load }),
    )
  }
}

/** Share of the exchanges of a device that pass in the restriction of that time. */
function leakOf({ dependence, leak }: World, { name, restricted }: Device, at: number): number {
  if (dependence === undefined) return leak
  return dependence.leakOf(
    name,
    restricted.findLastIndex(([from]) => from <= at),
    leak,
  )
}

/** One pair: what the target, the control and the canary did. */
function exchange(
  world: World,
  test: {
    readonly device: Device
    readonly at: number
    readonly scheduled: boolean
    readonly hit: boolean
    readonly restricted: boolean
    readonly lineDown: boolean
    readonly load: number
  },
): Reading {
  const { draw, options } = world
  const { device } = test
  const down = test.lineDown || within(world.outages, test.at)
  const fault = !down && within(world.faults, test.at) && draw.hit(0.98)
  const canaryFails = draw.hit(down ? 0.98 : 0.01)
  const controlFails = down || fault || draw.hit(test.load * (options.controlFailures ?? 1))
  const slowed = world.throttled && test.restricted && test.hit
  const fails = down || fault || (test.hit && !(slowed && !draw.hit(0.25)))
  const lnRatio =
    fails || controlFails
      ? undefined
      : draw.normal(device.usualRatio, device.ratioSd) + (slowed ? draw.uniform(Math.log(2.5), Math.log(8)) : 0)
  const slow = lnRatio !== undefined && lnRatio - device.usualRatio > Math.max(Math.log(1.5), 2.33 * device.ratioSd)
  return {
    at: instant(Math.round(EPOCH + test.at * HOUR_MS)),
    probe: device.name,
    target: fails ? 'fail' : slow ? 'slow' : 'ok',
    control: controlFails ? 'fail' : 'ok',
    canary: canaryFails ? 'fail' : 'ok',
    artefact: false,
    scheduled: test.scheduled,
    ...(fails && !controlFails ? { mechanism: 'tls.timeout.sni' as const } : {}),
    ...(lnRatio === undefined ? {} : { lnRatio }),
  }
}
