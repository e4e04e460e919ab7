// What a run of the probe takes: time, memory, processor time and bytes on the wire, in the small internet of the lab,
// by the real command: line, measurement, control, upload. And what a daemon takes while it waits.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { blackHole } from '../lab/net/black-hole.ts'
import { MeasuringSide } from '../lab/net/measuring-side.ts'
import { missingForLab } from '../lab/net/needs.ts'
import { runCommand } from '../lab/net/run-command.ts'
import { openWorld, type World } from '../lab/net/world.ts'
import { writeOneFile } from '../scripts/release/one-file.ts'
import { bundleProbe } from '../scripts/release/program.ts'
import { addressFamily } from '../src/core/model/address.ts'
import { DAY_MS, SECOND_MS } from '../src/core/model/duration.ts'
import { cadenceFor, DEFAULT_ALLOWANCE } from '../src/probe/plan/schedule.ts'
import { idleOf } from './probe/idle.ts'
import type { Bench, Figure } from './run.ts'

/** What the project asks for. */
const TARGETS = {
  ...{ healthy_s: 30, blackholed_ratio: 1.5, rss_mb: 150, core_run_kb: 150, month_mb: 1000 },
  ...{ idle_mb: 90, idle_cpu_share: 0.005 },
} as const
const DARK_SERVICES = 10
const DAYS = 31
const FRAME = 14
/** Interface of the subscriber whose counters are read. */
const DEVICE = 'line0'

interface Cost {
  readonly seconds: number
  readonly rssMb: number
  /** IP packets in both directions, everything included: names, line, measurements, control, upload. */
  readonly kb: number
  readonly measured: number
  /** Processor time of the process, with the start of the program: more than the same run in a daemon. */
  readonly cpuSeconds: number
}

/** The program as it is published: compiled, so that no compiler of types is in its memory. */
const PUBLISHED = [process.execPath, fileURLToPath(new URL('probe/published.js', import.meta.url))]
const BUILD = fileURLToPath(new URL('../scripts/build.ts', import.meta.url))
const MEASURE_MEMORY = new URL('probe/memory.js', import.meta.url).href

/** Bytes of IP that have passed the subscriber's interface: frames without their headers. */
async function passed({ places }: World): Promise<number> {
  const names = ['rx_bytes', 'tx_bytes', 'rx_packets', 'tx_packets']
  const files = names.map((name) => `/sys/class/net/${DEVICE}/statistics/${name}`)
  const counts = (await places.subscriber.run(['cat', ...files])).trim().split('\n').map(Number)
  const [received = 0, sent = 0, packetsIn = 0, packetsOut = 0] = counts
  return received + sent - FRAME * (packetsIn + packetsOut)
}

/** One run of the command from the subscriber, in a probe's folder of its own. */
async function runOnce(world: World, side: MeasuringSide, scope: 'core' | 'full'): Promise<Cost> {
  const folder = await mkdtemp(join(tmpdir(), 'kuager-bench-probe-'))
  try {
    const { roots, services, controls } = world.files
    const before = await passed(world)
    const began = performance.now()
    const { code, out, err } = await world.places.subscriber.attempt(
      [
        ...PUBLISHED,
        ...['probe', 'run', '--yes', '--json', '--lang', 'en', '--folder', folder, '--tiers', 'A,B,C'],
        ...['--scope', scope, '--service-list', services, '--controls', controls, '--extra-roots', roots],
        ...['--control', side.controlUrl, '--collector', side.collectorUrl, '--responders', side.respondersFile],
      ],
      {
        limit: 180_000,
        env: { HOME: folder, NODE_OPTIONS: `--import ${MEASURE_MEMORY}` },
        cwd: fileURLToPath(new URL('..', import.meta.url)),
      },
    )
    const seconds = (performance.now() - began) / 1000
    if (code !== 0) throw new Error(`Cannot measure: the probe ended with ${code}: ${err.slice(-2000)}`)
    const [, rss, cpu] = /maxrss=(\d+) cpu=([\d.]+)/.exec(err) ?? []
    const measured = out.split('\n').filter((line) => line.includes('"verdict"')).length
    const kb = ((await passed(world)) - before) / 1000
    return { seconds, rssMb: Number(rss) / 1024, kb, measured, cpuSeconds: Number(cpu) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Services of the laboratory that are silenced, and that a run of all tiers measures by their names. */
const darkened = ({ plan }: World): readonly string[] =>
  plan.services
    .filter(({ tier }) => tier !== 'C')
    .slice(0, DARK_SERVICES)
    .map(({ id }) => id)

/** Every name of a service. */
const namesOf = ({ plan }: World): string[] => {
  const hosts = plan.services.filter(({ tier }) => tier !== 'C').flatMap(({ endpoints }) => endpoints)
  return [...new Set(hosts.map(({ host }) => host).filter((host) => addressFamily(host) === undefined))]
}

const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length
const round = (value: number, digits = 1): number => Number(value.toFixed(digits))

/** What the daemon of the file that volunteers download takes while it waits. */
async function waiting(seconds: number): ReturnType<typeof idleOf> {
  const folder = await mkdtemp(join(tmpdir(), 'kuager-bench-idle-'))
  try {
    const program = join(folder, 'kuager-probe')
    await writeOneFile('linux-x64', await bundleProbe(), program)
    return await idleOf([program], join(folder, 'state'), seconds)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function repeat(times: number, run: () => Promise<Cost>): Promise<readonly Cost[]> {
  const costs: Cost[] = []
  for (let nth = 0; nth < times; nth++) costs.push(await run())
  return costs
}

/** Time, memory and bytes of runs in the laboratory. */
export const bench: Bench = {
  summary:
    'a run of the probe in the lab: time, with ten services silent too, memory, bytes on the wire, processor time of a day',
  async run({ quick }) {
    const missing = missingForLab()
    if (missing.length > 0) throw new Error(`Cannot open the laboratory: ${missing.join('; ')}`)
    await runCommand([process.execPath, BUILD])
    await using world = await openWorld()
    await using side = await MeasuringSide.open(world)
    const times = quick ? 1 : 3
    const healthy = await repeat(times, () => runOnce(world, side, 'full'))
    const core = await repeat(times, () => runOnce(world, side, 'core'))
    await world.applyCensor([blackHole(world.plan, darkened(world))])
    const dark = await repeat(times, () => runOnce(world, side, 'full'))
    const darkCore = await runOnce(world, side, 'core')
    await world.applyCensor([{ kind: 'hello', names: namesOf(world), action: 'reset' }])
    const resetCore = await runOnce(world, side, 'core')
    const { coreInterval, fullsPerDay } = cadenceFor(DEFAULT_ALLOWANCE)
    const coreKb = mean(core.map(({ kb }) => kb))
    const fullKb = mean(healthy.map(({ kb }) => kb))
    const coresPerDay = DAY_MS / coreInterval
    const idle = await waiting(quick ? 60 : 300)
    const cpuOf = (costs: readonly Cost[]): number => mean(costs.map(({ cpuSeconds }) => cpuSeconds))
    const dayCpu = coresPerDay * cpuOf(core) + fullsPerDay * cpuOf(healthy)
    const json = {
      healthy_s: round(mean(healthy.map(({ seconds }) => seconds))),
      blackholed_ratio: round(
        mean(dark.map(({ seconds }) => seconds)) / mean(healthy.map(({ seconds }) => seconds)),
        2,
      ),
      rss_mb: round(Math.max(...[...healthy, ...core, ...dark].map(({ rssMb }) => rssMb))),
      core_run_kb: round(coreKb),
      full_run_kb: round(fullKb),
      month_mb: round((DAYS * (coresPerDay * coreKb + fullsPerDay * fullKb)) / 1000, 0),
      idle_mb: idle.mb,
      idle_cpu_share: round(dayCpu / (DAY_MS / SECOND_MS) + idle.share, 5),
    }
    const row = (key: keyof typeof TARGETS, figure: string, target: string): Figure => ({
      figure,
      value: json[key],
      target,
      met: key === 'blackholed_ratio' || key === 'month_mb' ? json[key] <= TARGETS[key] : json[key] < TARGETS[key],
    })
    return {
      table: [
        row('healthy_s', 'full run, all well, with its upload (s)', `under ${TARGETS.healthy_s}`),
        row(
          'blackholed_ratio',
          `the same with ${DARK_SERVICES} services silent, as a multiple`,
          `at most ${TARGETS.blackholed_ratio}`,
        ),
        row('rss_mb', 'most memory resident, any run (MB)', `under ${TARGETS.rss_mb}`),
        row('core_run_kb', 'bytes of a core run on the wire (KB)', `at most ${TARGETS.core_run_kb}`),
        { figure: `a core run with ${DARK_SERVICES} services silent (KB)`, value: round(darkCore.kb) },
        { figure: 'a core run with every name reset (KB)', value: round(resetCore.kb) },
        { figure: 'bytes of a full run on the wire (KB)', value: json.full_run_kb },
        row('month_mb', `a month of ${DAYS} days at the default allowance (MB)`, `at most ${TARGETS.month_mb}`),
        { figure: 'processor time of a core run, with its start (s)', value: round(cpuOf(core), 2) },
        { figure: 'processor time of a full run, with its start (s)', value: round(cpuOf(healthy), 2) },
        { figure: 'daemon of one file that waits: share of a core', value: round(idle.share, 5) },
        row('idle_mb', 'daemon of one file that waits: memory (MB)', `under ${TARGETS.idle_mb}`),
        row(
          'idle_cpu_share',
          'share of a core, mean of a day at the default allowance',
          `under ${TARGETS.idle_cpu_share}`,
        ),
        { figure: 'services measured in a full run', value: healthy[0]?.measured ?? 0 },
      ],
      json,
    }
  },
}
