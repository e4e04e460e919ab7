import { setImmediate } from 'node:timers/promises'
import { defined } from '../../core/model/defined.ts'
import type { LineReport, NetworkSeen, ServiceRun } from '../../core/model/measured/service-run.ts'
import { millis, type Instant, type Millis } from '../../core/model/units.ts'
import type { ClosedConnection } from '../../net/tools.ts'
import { openLinked } from '../../runtime/deadline.ts'
import { openSleepWatch, type SleepWatch } from '../line/sleep-watch.ts'
import { eachOf } from '../../runtime/each-of.ts'
import { KeyedMutex } from '../../runtime/mutex.ts'
import { RunBudget } from '../plan/budget.ts'
import { chanceOf } from './chance.ts'
import type { RunContext } from './context.ts'
import type { RunResult, RunSettings, RunTools } from './contract.ts'
import { ControlAbroad } from './control-abroad.ts'
import { Cover } from './cover.ts'
import { measureEndpoint } from './endpoint.ts'
import { Gate } from './gate.ts'
import { drawFlowServers, FLOWS_BYTES, lookAtFlows } from './hosting-flows.ts'
import { ownHardware, privateResolvers, sourceTowards } from '../line/machine.ts'
import { bearsMeasuring } from '../line/state.ts'
import { FAR, LineWatch, ownNetwork } from '../line/watch.ts'
import { askCollectors, readClientAddress, readControlClient, UNKNOWN_NETWORK } from './network-seen.ts'
import { planRun, type ServicePlan } from '../plan/plan.ts'
import { ResolverWatch } from './resolver-watch.ts'
import { scoutEndpoint } from './scout.ts'
import { LIMITS, REPEATS } from '../plan/limits.ts'
import { isTunnelEndpoint, measureTunnelEndpoint } from './tunnels.ts'
import { endpointBytes, inSegments, ofConnection, type Bytes } from './tally.ts'

/**
 * Operations that may be lively at once, how long one counts as lively, and the time between two: 40 ms on average, drawn
 * each time; up to 300 ms more between the halves of a pair.
 */
const GATE = {
  ...{ atOnce: 10, livelyFor: millis(1_500) },
  ...{ pace: millis(10), spread: millis(60), pairSpread: millis(300) },
} as const
/** Lookups and connections, which are small, go ahead: what is silent is known as such while the others are measured. */
const SCOUT_GATE = { atOnce: 64, livelyFor: millis(1_500), pace: millis(2), spread: millis(12) } as const
/** Lookups of the system hold a thread each: half of those that src/runtime/resolver-options.ts asks for. */
const LOOKUP_GATE = { atOnce: 8, livelyFor: millis(1_500), pace: millis(0) } as const
/** Services in hand at once; one that takes longer waits in vain for the most part and lets the next begin. */
const SERVICE_GATE = { atOnce: 8, livelyFor: millis(2_000), pace: millis(0) } as const
/**
 * What a run spends at most on explaining what fails. A core run explains little, so that its bytes grow little where
 * many names fail: the full runs of the day do.
 */
const ALLOWANCE = {
  full: { questions: 160, neighbourhoods: 40, crossings: 160 },
  core: { questions: 16, neighbourhoods: 4, crossings: 2 },
} as const
const RUN_ID_BYTES = 8
const SECRET_BYTES = 32

/** A service measured, waiting for the look at the line that comes after it. */
interface Measured {
  readonly plan: ServicePlan
  readonly startedAt: Instant
  readonly base: Millis
  readonly endedAt: Millis
  readonly endpoints: ServiceRun['endpoints']
}

/** Connections that were let go have told what they moved once the events of the system were read twice. */
async function closed(): Promise<void> {
  await setImmediate()
  await setImmediate()
}

/** One run in progress; disposing it closes what is open. */
class Run {
  readonly #settings: RunSettings
  readonly #tools: RunTools
  readonly #sleep: SleepWatch
  readonly #watch: LineWatch
  readonly #control: ControlAbroad
  readonly #runId: string
  readonly #own = new Set<string>()
  readonly #resolvers = new ResolverWatch({ own: this.#own, onBytes: (bytes) => this.#count(bytes) })
  readonly #began: { readonly at: Instant; readonly base: Millis }
  readonly #finished: ServiceRun[] = []
  readonly #unfinished: string[] = []
  #planned: readonly string[] = []
  readonly #budget: RunBudget
  #waiting: Measured[] = []
  #network: NetworkSeen
  #bytes: Bytes = { sent: 0, received: 0 }

  constructor(settings: RunSettings, tools: RunTools, watch: SleepWatch) {
    this.#sleep = watch
    this.#settings = settings
    this.#tools = tools
    this.#began = { at: tools.clock.now(), base: tools.clock.monotonic() }
    this.#budget = new RunBudget(tools.clock, this.#began.base, REPEATS[settings.scope])
    this.#runId = Buffer.from(tools.random(RUN_ID_BYTES)).toString('hex')
    this.#network = settings.network ?? UNKNOWN_NETWORK
    this.#watch = new LineWatch({
      settings,
      tools,
      onBytes: (bytes) => this.#count(bytes),
      onClosed: this.#countClosed,
    })
    this.#control = new ControlAbroad({
      urls: settings.controlUrls,
      clock: tools.clock,
      signal: tools.signal,
      extraRoots: settings.extraRoots,
      onBytes: this.#onBytes,
    })
  }

  async measure(): Promise<RunResult> {
    using _ = this.#control
    for (const address of [...ownNetwork(privateResolvers()), ...ownHardware()]) this.#own.add(address)
    const [line] = await Promise.all([this.#watch.before(), this.#seeNetwork()])
    this.#tools.onEvent({ kind: 'line', report: line })
    if (this.#sleep.slept) return this.setAside()
    if (!bearsMeasuring(line.state)) return this.#result(line, this.#lineRun(line))
    const chance = chanceOf(this.#tools.random)
    const servers = drawFlowServers(this.#settings, chance)
    const plans = planRun(this.#settings, chance, line.ipv4 && line.ipv6 ? 2 : 1, servers.length > 0 ? FLOWS_BYTES : 0)
    this.#planned = plans.map(({ id }) => id)
    this.#tools.onEvent({ kind: 'plan', services: plans.map(({ id, operations }) => ({ id, operations })) })
    const context = this.#context(line, await this.#coverSecret())
    await this.#measureServices(plans, context)
    const flows =
      servers.length > 0 ? await lookAtFlows(context, servers, { onBytes: this.#onBytes, limit: LIMITS.flow }) : []
    await this.#watch.again('after')
    await closed()
    if (this.#sleep.slept) return this.setAside()
    const last = this.#watch.report
    this.#finish(last)
    if (flows.length > 0 && this.#network.asn !== 0) this.#tellOfLine({ ...last, flows })
    return this.#result(last)
  }

  #coverSecret(): Promise<Uint8Array> {
    const { coverSecret = () => Promise.resolve(this.#tools.random(SECRET_BYTES)) } = this.#tools
    return coverSecret(this.#network.asn)
  }

  #context(line: LineReport, secret: Uint8Array): RunContext {
    const { clock, signal, random } = this.#tools
    const { controls, services } = this.#settings
    const chance = chanceOf(random)
    return {
      settings: this.#settings,
      tools: this.#tools,
      chance,
      gate: new Gate(GATE, { clock, signal, chance }),
      scoutGate: new Gate(SCOUT_GATE, { clock, signal, chance }),
      lookupGate: new Gate(LOOKUP_GATE, { clock, signal }),
      locks: new KeyedMutex(),
      onClosed: this.#countClosed,
      control: this.#control,
      cover: new Cover({ controls, services, secret, chance }),
      families: new Set([...(line.ipv4 ? [4 as const] : []), ...(line.ipv6 ? [6 as const] : [])]),
      allowance: { ...ALLOWANCE[this.#settings.scope] },
      budget: this.#budget.forService(),
      dialled: new Set(),
      encrypted: new Map(),
      listed: new Map(),
      resolvers: this.#resolvers,
      done: () => undefined,
    }
  }

  /** All services; the line is looked at again once half of them are measured. */
  async #measureServices(plans: readonly ServicePlan[], context: RunContext): Promise<void> {
    const half = Math.ceil(plans.length / 2)
    let measured = 0
    let looking: Promise<void> | undefined
    const gate = new Gate(SERVICE_GATE, this.#tools)
    await eachOf(plans, plans.length, async (plan) => {
      const one = await this.#measureService(plan, context, gate)
      if (one === undefined) this.#unfinished.push(plan.id)
      else this.#waiting.push(one)
      if (++measured === half && plans.length > 1) looking = this.#lookAgain()
      await looking
    })
  }

  /** What was measured before a check that finds all well is final: a run that is interrupted later keeps it. */
  async #lookAgain(): Promise<void> {
    const before = this.#waiting
    this.#waiting = []
    const well = await this.#watch.again('during')
    if (well && !this.#sleep.slept) this.#finish(this.#watch.report, before)
    else this.#waiting = [...before, ...this.#waiting]
  }

  /** Undefined where the run's time was over before the service was decided: it has no result. */
  async #measureService(plan: ServicePlan, shared: RunContext, gate: Gate): Promise<Measured | undefined> {
    const { clock, onEvent } = this.#tools
    const [startedAt, base] = [clock.now(), clock.monotonic()]
    let done = 0
    const budget = this.#budget.forService()
    const context: RunContext = {
      ...shared,
      budget,
      done: (host) => onEvent({ kind: 'operation', service: plan.id, host, done: ++done }),
    }
    const all = plan.endpoints.length
    const scouted = await eachOf(plan.endpoints, all, async (endpoint) =>
      isTunnelEndpoint(endpoint) ? endpoint : scoutEndpoint(context, endpoint),
    )
    const endpoints = await gate.run(() =>
      eachOf(scouted, all, (one) =>
        'plan' in one ? measureEndpoint(context, one) : measureTunnelEndpoint(context, one),
      ),
    )
    for (const endpoint of endpoints) this.#count(endpointBytes(endpoint))
    if (budget.unfinished) return undefined
    return { plan, startedAt, base, endedAt: clock.monotonic(), endpoints }
  }

  #finish(line: LineReport, ready: readonly Measured[] = this.#waiting): void {
    if (ready === this.#waiting) this.#waiting = []
    this.#learnFromControl()
    for (const { plan, ...rest } of ready) {
      const { note: resolvers } = this.#resolvers
      const run: ServiceRun = {
        service: plan.id,
        tier: plan.tier,
        ...this.#common(line),
        ...defined({ resolvers }),
        ...rest,
      }
      this.#finished.push(run)
      this.#tools.onEvent({ kind: 'service', run, ownAddresses: [...this.#own] })
    }
  }

  #common(line: LineReport): Pick<ServiceRun, 'runId' | 'kind' | 'scope' | 'network' | 'line'> {
    const { kind, scope } = this.#settings
    return { runId: this.#runId, kind, scope, network: this.#network, line }
  }

  /** A measurement of the line alone, which says nothing of any service: where none is measured, or of flows. */
  #lineRun(line: LineReport): ServiceRun {
    const endedAt = this.#tools.clock.monotonic()
    const { at: startedAt, base } = this.#began
    return { service: 'line', tier: 'A', ...this.#common(line), startedAt, base, endedAt, endpoints: [] }
  }

  #tellOfLine(line: LineReport): void {
    this.#tools.onEvent({ kind: 'service', run: this.#lineRun(line), ownAddresses: [...this.#own] })
  }

  async #seeNetwork(): Promise<void> {
    const settings = this.#settings
    const carries = async (family: 4 | 6): Promise<boolean> => (await sourceTowards(FAR[family])) !== undefined
    const seen = await askCollectors(settings, { signal: this.#tools.signal, onBytes: this.#onBytes, carries })
    for (const address of seen.ownAddresses) this.#own.add(address)
    if (seen.network !== undefined) this.#setNetwork(seen.network)
    const isNamed = seen.network !== undefined || settings.network !== undefined
    if ((!isNamed || seen.ownAddresses.length === 0) && this.#control.isThere) {
      await this.#control.ask({ http_request: '', http_request_headers: {}, tcp_connect: [], x_client: true })
      this.#learnFromControl()
    }
    this.#tools.onEvent({ kind: 'network', network: this.#network })
  }

  /** What is not known yet, a control's answer may give: the network, and the owner's address as it is seen abroad. */
  #learnFromControl(): void {
    for (const address of readClientAddress(this.#control.client)) this.#own.add(address)
    if (this.#network.from !== 'unknown') return
    const seen = readControlClient(this.#control.client)
    if (seen !== undefined) this.#setNetwork(seen)
  }

  #setNetwork(network: NetworkSeen): void {
    const access = this.#settings.network?.access
    this.#network = access === undefined ? network : { ...network, access }
  }

  readonly #onBytes = (sent: number, received: number): void => this.#count(inSegments({ sent, received }))

  readonly #countClosed = (connection: ClosedConnection): void => this.#count(ofConnection(connection))

  #count({ sent, received }: Bytes): void {
    this.#bytes = { sent: this.#bytes.sent + sent, received: this.#bytes.received + received }
  }

  /** The result of a run within which the machine slept: what was final before, and nothing of what was under way. */
  setAside(): RunResult {
    const final = new Set(this.#finished.map(({ service }) => service))
    this.#unfinished.splice(0, Infinity, ...this.#planned.filter((id) => !final.has(id)))
    return this.#result(this.#watch.report)
  }

  #result(line: LineReport, lineRun?: ServiceRun): RunResult {
    return {
      runId: this.#runId,
      line,
      network: this.#network,
      services: this.#finished,
      ...defined({ lineRun }),
      unfinished: this.#unfinished,
      slept: this.#sleep.slept,
      took: millis(this.#tools.clock.monotonic() - this.#began.base),
      bytes: this.#bytes,
      ownAddresses: [...this.#own],
    }
  }
}

/**
 * One run: the owner's line first, then every service consented to, the line again. Services are final, and told by
 * `onEvent`, once a look at the line has followed them. Where the line bears no measuring, `services` is empty and
 * `lineRun` says why. Rejects with the reason of `tools.signal` if the run is interrupted: what was not reported by
 * then is lost. A sleep of the machine ends the run as well, and `slept` says so. Nothing is contacted but what
 * `settings` lists, and neighbours of silent addresses that the control confirms.
 * Method: docs/methods/measuring.md.
 */
export async function measureRun(settings: RunSettings, tools: RunTools): Promise<RunResult> {
  tools.signal.throwIfAborted()
  // What fails for a reason of our own ends everything that is under way, too.
  const own = new AbortController()
  using linked = openLinked([tools.signal], own)
  using sleep = openSleepWatch(tools.clock, () => own.abort(new Error('The machine slept')))
  const run = new Run(settings, { ...tools, signal: linked.signal }, sleep)
  try {
    return await run.measure()
  } catch (error) {
    own.abort(error)
    if (sleep.slept && !tools.signal.aborted) return run.setAside()
    throw error
  }
}
