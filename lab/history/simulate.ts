import { DAY_MS, MINUTE_MS } from '../../src/core/model/duration.ts'
import { createCertificateShelf, type CertificateShelf } from './certificates.ts'
import { measureFacebookMessenger } from './facebook-messenger.ts'
import { planLiving } from './living.ts'
import { planArticle, type ArticleTruth } from './article.ts'
import { planStories } from './plan.ts'
import { createProbes, type Probe } from './probes.ts'
import { createRandom, type Random } from './random.ts'
import type { Run } from './run.ts'
import { measureSignal } from './signal.ts'
import { describeStory, type Story, type TruthStory } from './stories.ts'
import { measureSniBlocking } from './sni-blocking.ts'
import { measureTelegram } from './telegram.ts'
import { weatherAt, type Weather } from './weather.ts'
import { measureWeb, type Measured } from './web.ts'
import { measureWhatsapp } from './whatsapp.ts'
import { planThrottled } from './throttled-week.ts'
import { FEWER_TARGETS, PAIR_TARGETS, targetsFor, type Target } from './world.ts'

export const HISTORY_STORIES = ['month', 'article-evening', 'throttled-week', 'living'] as const
export type HistoryStory = (typeof HISTORY_STORIES)[number]

export interface HistoryOptions {
  /** Same seed and options: same bytes. */
  readonly seed: number
  /** Midnight UTC of the first day, milliseconds since 1970. */
  readonly since: number
  readonly days: number
  /** Runs that would begin earlier are not made: the later part of a history. */
  readonly from?: number
  /** Runs that would begin at this instant or later are not made: a history that ends within its last day. */
  readonly until?: number
  /** 1 to 16. */
  readonly networks: number
  readonly probesPerNetwork: number
  readonly intervalMinutes: number
  /**
   * `month`: a mixture of everything; `article-evening`: one evening, measured closely (article.ts); `throttled-week`: a
   * service that is slowed at the end of weeks of pairs (throttled-week.ts); `living`: days without an end, of which
   * any part can be made later (living.ts). Default month.
   */
  readonly story?: HistoryStory
  /** Only these services are measured; default all. */
  readonly services?: readonly string[]
  /** Each run also sends a service's name and an innocent one to one address; default no, always in `throttled-week`. */
  readonly pairs?: boolean
}

/** What really acted on one measurement; judging never reads it. */
export interface Label {
  readonly probe: string
  readonly service: string
  readonly test: string
  readonly asn: number
  readonly started_at_utc: string
  /** A censor acted on this very measurement. */
  readonly blocked: boolean
  readonly stories: readonly string[]
}

export interface SimulatedMeasurement {
  /** One line of JSON without its line feed, in OONI's format. */
  readonly line: string
  readonly label: Label
  /** Share of the history that is made once this one is, above 0 up to 1. */
  readonly progress: number
}

export interface History {
  readonly stories: readonly TruthStory[]
  /** Present for the article's evening. */
  readonly article?: ArticleTruth
  /** In the order of runs: a slow run of one probe may reach past the beginning of the next one's. */
  measurements(): Generator<SimulatedMeasurement>
}

const VERSIONS = {
  web_connectivity: '0.5.28',
  telegram: '0.3.1',
  whatsapp: '0.11.0',
  facebook_messenger: '0.2.1',
  signal: '0.2.5',
  sni_blocking: '0.3.0',
} as const satisfies Record<Target['test'], string>

/** Simulates a history with known truth. Everything depends on the options alone; nothing is read from the machine. */
export function simulateHistory(options: HistoryOptions): History {
  const probes = createProbes(options)
  const article = options.story === 'article-evening' ? planArticle({ ...options, probes }) : undefined
  const stories = article?.stories ?? planOf({ ...options, probes })
  return {
    ...(article === undefined ? {} : { article: article.truth }),
    stories: stories.map(describeStory),
    *measurements() {
      const shelf = createCertificateShelf(options.seed)
      const step = options.intervalMinutes * MINUTE_MS
      const runs = Math.floor((options.days * DAY_MS) / step)
      const order = probes.toSorted((a, b) => a.phase - b.phase)
      // A run of any probe begins less than a step after the time of its number.
      const first = Math.max(0, Math.floor(((options.from ?? 0) - options.since) / step) - 1)
      const last = Math.min(runs, Math.ceil(((options.until ?? Infinity) - options.since) / step))
      for (let run = first; run < last; run++)
        for (const probe of order) {
          const at = options.since + run * step + (probe.phase % step)
          if (at < (options.from ?? 0) || at >= (options.until ?? Infinity)) continue
          const progress = (run + 1 - first) / (last - first)
          for (const made of measureRun({ options, stories, shelf, probe, run, at })) yield { ...made, progress }
        }
    },
  }
}

function planOf(options: HistoryOptions & { readonly probes: readonly Probe[] }): readonly Story[] {
  if (options.story === 'throttled-week') return planThrottled(options)
  if (options.story !== 'living') return planStories(options)
  const { since, days, from = since, until = since + days * DAY_MS } = options
  return planLiving({ ...options, from, until })
}

/** What is measured: weeks of pairs need few other measurements beside them. */
const targetsOf = ({ story, pairs, services }: HistoryOptions): readonly Target[] => {
  if (story === 'throttled-week') return [...FEWER_TARGETS, ...PAIR_TARGETS]
  return pairs === true ? [...targetsFor(services), ...PAIR_TARGETS] : targetsFor(services)
}

interface Moment {
  readonly options: HistoryOptions
  readonly stories: readonly Story[]
  readonly shelf: CertificateShelf
  readonly probe: Probe
  readonly run: number
  readonly at: number
}

/** One run of one probe: its targets one after the other, repeated where somebody presses the button again. */
function* measureRun(moment: Moment): Generator<Omit<SimulatedMeasurement, 'progress'>> {
  const { options, probe, run } = moment
  const due = targetsOf(options).filter(
    (target) =>
      (run + probe.number) % target.every === target.offset % target.every &&
      options.services?.includes(target.service) !== false,
  )
  let at = moment.at
  for (const target of due) {
    const label = `measurement ${probe.id} ${run} ${target.test} ${target.input ?? ''}`
    const random = createRandom(options.seed, label)
    const weather = weatherAt(moment.stories, { probe, at, service: target.service }, random)
    for (let again = 0; again < weather.runs; again++) {
      const repeat = again === 0 ? random : createRandom(options.seed, `${label} ${again}`)
      const here = again === 0 ? weather : weatherAt(moment.stories, { probe, at, service: target.service }, repeat)
      const { simulated, seconds } = measure({ ...moment, at }, target, { weather: here, random: repeat })
      yield simulated
      at += (Math.ceil(seconds) + 2) * 1000
    }
  }
}

function measure(
  moment: Moment,
  target: Target,
  drawn: { readonly weather: Weather; readonly random: Random },
): { readonly simulated: Omit<SimulatedMeasurement, 'progress'>; readonly seconds: number } {
  const { probe, at, shelf } = moment
  const run: Run = { probe, at, shelf, ...drawn }
  const measured = perform(run, target)
  const started = new Date(at).toISOString()
  return {
    seconds: measured.runtime,
    simulated: {
      line: JSON.stringify(envelope(run, target, measured)),
      label: {
        probe: probe.id,
        service: target.service,
        test: target.test,
        asn: probe.network.asn,
        started_at_utc: started.replace('.000Z', 'Z'),
        blocked: run.weather.blocked,
        stories: run.weather.stories,
      },
    },
  }
}

function perform(run: Run, target: Target): Measured {
  switch (target.test) {
    case 'web_connectivity':
      return measureWeb(run, target.input ?? '')
    case 'telegram':
      return measureTelegram(run)
    case 'whatsapp':
      return measureWhatsapp(run)
    case 'facebook_messenger':
      return measureFacebookMessenger(run)
    case 'signal':
      return measureSignal(run)
    case 'sni_blocking':
      return measureSniBlocking(run, target.input ?? '')
  }
}

const BASE62 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** What a device calls itself for one month: nobody can tell from it what the device was called the month before. */
const pseudonym = ({ probe, at }: Run): string =>
  createRandom(probe.secret, `pseudonym ${new Date(at).toISOString().slice(0, 7)}`).word(16, '0123456789abcdef')

/** The envelope as today's probe writes it; every measurement says three times that it is simulated. */
function envelope(run: Run, target: Target, measured: Measured): object {
  const { probe, at, random } = run
  const time = new Date(at).toISOString().slice(0, 19)
  const asn = `AS${probe.network.asn}`
  const compact = time.replace(/[-:]/g, '')
  const test = target.test.replaceAll('_', '')
  const web = target.test === 'web_connectivity'
  return {
    annotations: {
      architecture: 'arm64',
      engine_name: 'kuager-simulator',
      engine_version: '1.0.0',
      network_type: probe.networkType,
      origin: 'autorun',
      platform: probe.platform,
      simulated: 'true',
      x_probe: pseudonym(run),
    },
    data_format_version: '0.2.0',
    extensions: { dnst: 0, httpt: 0, netevents: 0, tcpconnect: 0, tlshandshake: 0, tunnel: 0 },
    input: target.input ?? null,
    measurement_start_time: time.replace('T', ' '),
    probe_asn: asn,
    probe_cc: 'KZ',
    probe_ip: '127.0.0.1',
    probe_network_name: probe.network.name,
    report_id: `${compact}Z_${test}_KZ_${probe.network.asn}_n1_${random.word(16, BASE62)}`,
    resolver_asn: asn,
    resolver_ip: '192.0.2.53',
    resolver_network_name: probe.network.name,
    software_name: 'kuager-simulator',
    software_version: '1.0.0',
    ...(web ? { test_helpers: { backend: { address: 'https://helper.example', type: 'https' } } } : {}),
    test_keys: measured.testKeys,
    test_name: target.test,
    test_runtime: measured.runtime,
    test_start_time: time.replace('T', ' '),
    test_version: VERSIONS[target.test],
  }
}
