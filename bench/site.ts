// Pages a second from a folder with a year of measurements, while submissions keep arriving; then a copy of that year.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openIncidents } from '../src/store/incidents/open.ts'
import { checkLinks } from '../test/kit/browser/link-check.ts'
import { weighPage, type PageWeight } from '../test/kit/browser/page-weight.ts'
import { filledFolder, type Filled } from './site/fill.ts'
import { BUSY_NETWORKS } from './site/made-year.ts'
import { askQuestions, type Questions } from './site/questions.ts'
import { perSecond, Readers, share, type Reading } from './site/readers.ts'
import { freeCore, runAlone, startServer, type Served } from './served.ts'
import { openOnSlowLine, type SlowLine } from './site/slow-line.ts'
import type { Bench, Figure } from './run.ts'

const ROWS = 20_000_000
const CONNECTIONS = 48
/** Submissions a second beside the readers. */
const SUBMISSIONS = 50
const LANGS = ['kk', 'ru', 'en'] as const
/** Incidents whose pages are read, the newest first. */
const MOST_INCIDENTS = 400

const TARGETS = {
  firstRps: 1500,
  incidentRps: 500,
  p99Ms: 100,
  mirrorS: 120,
  firstKb: 40,
  fontsKb: 80,
  readableS: 3,
  exploreColdMs: 300,
  exploreMs: 20,
  searchMs: 30,
}

/** Where the filled folder stays for the next run; left out: it is made for this run and removed. */
const KEPT = process.env['KUAGER_BENCH_FOLDER']

const firstPaths = (): readonly string[] =>
  LANGS.flatMap((lang) => [
    `/${lang}/`,
    `/${lang}/?network=all`,
    ...BUSY_NETWORKS.map((asn) => `/${lang}/?network=AS${asn}`),
  ])

async function incidentPaths(folder: string): Promise<readonly string[]> {
  await using store = await openIncidents(join(folder, 'incidents'))
  const ids = (await store.current()).slice(0, MOST_INCIDENTS).map(({ id }) => id)
  return ids.flatMap((id) => LANGS.map((lang) => `/${lang}/i/${encodeURIComponent(id)}`))
}

/** A phase with what it took of the server's processor time. */
interface Phase extends Reading {
  readonly serverCpuSeconds: number
}

interface Read {
  /** Share of a core that one thread got before it: how busy the machine was with others. */
  readonly freeCore: number
  readonly first: Phase
  /** Every incident page once, none of them in memory. */
  readonly cold: Phase
  readonly incident: Phase
}

async function readAll(served: Served, paths: readonly string[], seconds: number): Promise<Read> {
  const { port } = served
  await served.idle()
  using readers = new Readers()
  const phase = async (paths: readonly string[], how: { connections: number; seconds: number }): Promise<Phase> => {
    const before = served.cpuSeconds()
    const read = await readers.read({ port, paths, ...how })
    process.stderr.write(`${read.answers} answers, ${perSecond(read)} a second\n`)
    return { ...read, serverCpuSeconds: served.cpuSeconds() - before }
  }
  const steady = { connections: CONNECTIONS, seconds }
  // Threads start and code is compiled before anything is measured.
  await phase(firstPaths(), { connections: 4, seconds: 0 })
  await phase(firstPaths(), { connections: CONNECTIONS, seconds: seconds / 4 })
  const free = freeCore()
  await readers.submit({ port, perSecond: SUBMISSIONS, seconds: seconds + 5 })
  const first = await phase(firstPaths(), steady)
  const cold = await phase(paths, { connections: 4, seconds: 0 })
  await readers.submit({ port, perSecond: SUBMISSIONS, seconds: seconds + 5 })
  const incident = await phase(paths, steady)
  return { freeCore: free, first, cold, incident }
}

interface Copied {
  readonly seconds: number
  readonly files: number
  readonly dead: number
  readonly links: number
}

/** A copy of the whole site as files, its links and its signature. Throws where the signature does not hold. */
async function copy(folder: string, out: string): Promise<Copied> {
  const { out: said, seconds } = await runAlone(['mirror', '--out', out, '--folder', folder, '--json'])
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- printed by our own program
  const { files } = JSON.parse(said.trim().split('\n').at(-1) ?? '') as { readonly files: number }
  await runAlone(['mirror', '--verify', out, '--folder', folder])
  const { dead, links } = checkLinks(out)
  return { seconds: Math.round(seconds * 10) / 10, files, links, dead: dead.length }
}

async function measure(
  folder: string,
  { quick }: { readonly quick: boolean },
): Promise<Awaited<ReturnType<Bench['run']>>> {
  const filled = await filledFolder(folder, quick ? 200_000 : ROWS)
  const paths = await incidentPaths(folder)
  if (paths.length === 0) throw new Error('the detector found no incident in the made year')
  const served = await startServer(folder)
  const { read, questions, weights, slow } = await (async () => {
    await using _ = served
    return {
      read: await readAll(served, paths, quick ? 2 : 20),
      questions: await askQuestions(served.url, new Date(filled.start + 364 * 86_400_000).toISOString().slice(0, 10)),
      weights: await Promise.all(LANGS.map((lang) => weighPage(new URL(`${lang}/?network=all`, served.url)))),
      slow: await openOnSlowLine(new URL('kk/?network=all', served.url).href),
    }
  })()
  const out = await mkdtemp(join(tmpdir(), 'kuager-bench-mirror-'))
  try {
    const copied = await copy(folder, join(out, 'copy'))
    return report({ filled, paths, read, questions, weights, slow, copied })
  } finally {
    await rm(out, { recursive: true, force: true })
  }
}

interface Measured {
  readonly filled: Filled
  readonly paths: readonly string[]
  readonly read: Read
  readonly questions: Questions
  readonly weights: readonly PageWeight[]
  readonly slow: SlowLine | undefined
  readonly copied: Copied
}

const micros = (seconds: number, { answers }: Reading): number => Math.round((seconds / answers) * 1e6)
const kb = (bytes: number): number => Math.round(bytes / 102.4) / 10
const least = (figure: string, value: number, target: number): Figure => ({
  figure,
  value,
  target: `≥ ${target}`,
  met: value >= target,
})
const below = (figure: string, value: number, target: number): Figure => ({
  figure,
  value,
  target: `< ${target}`,
  met: value < target,
})

function report({
  filled,
  paths,
  read,
  questions,
  weights,
  slow,
  copied,
}: Measured): Awaited<ReturnType<Bench['run']>> {
  const [first, incident] = [read.first, read.incident].map((one) => ({
    rps: perSecond(one),
    p99_ms: share(one.latenciesMs, 0.99),
  }))
  if (first === undefined || incident === undefined) throw new Error('nothing was read')
  const heaviest = (coding: 'gzip' | 'br'): number =>
    kb(Math.max(...weights.map(({ html, css }) => html[coding] + css[coding])))
  const fonts = slow === undefined ? Number.NaN : kb(slow.fontBytes)
  const others = [read.first, read.cold, read.incident].map((one) => JSON.stringify(one.others)).join(' ')
  const table: Figure[] = [
    { figure: 'observations stored', value: filled.observations, target: `${ROWS}` },
    { figure: 'measurements, incidents found in them', value: `${filled.measurements}, ${filled.incidents}` },
    { figure: 'filled in, detected in, s', value: `${filled.fillSeconds}, ${filled.detectSeconds}` },
    least('first page, answers a second', first.rps, TARGETS.firstRps),
    below('the same, 99 in 100 within, ms', first.p99_ms, TARGETS.p99Ms),
    { figure: 'the same, slowest, ms', value: share(read.first.latenciesMs, 1) },
    { figure: `${paths.length} incident pages made, a second`, value: perSecond(read.cold) },
    { figure: 'the same, 99 in 100 within, ms', value: share(read.cold.latenciesMs, 0.99) },
    least('the same pages again, answers a second', incident.rps, TARGETS.incidentRps),
    below('the same, 99 in 100 within, ms', incident.p99_ms, TARGETS.p99Ms),
    { figure: 'the same, slowest, ms', value: share(read.incident.latenciesMs, 1) },
    {
      figure: 'processor µs of the server and of the generator, each: first page',
      value: `${micros(read.first.serverCpuSeconds, read.first)}, ${micros(read.first.cpuSeconds, read.first)}`,
    },
    {
      figure: 'the same: incident page, not in memory, in memory',
      value: `${micros(read.cold.serverCpuSeconds, read.cold)}, ${micros(read.incident.serverCpuSeconds, read.incident)}`,
    },
    { figure: 'share of a core that one thread got before it', value: read.freeCore },
    { figure: 'answers other than 200, of each', value: others },
    {
      figure: 'submissions beside, taken and not',
      value: `${read.first.submitted + read.incident.submitted}, ${read.first.notTaken + read.incident.notTaken}`,
    },
    {
      figure: 'submissions, 99 in 100 within, ms',
      value: Math.max(share(read.first.submitMs, 0.99), share(read.incident.submitMs, 0.99)),
    },
    below('explore, a new choice, ms', questions.exploreColdMs, TARGETS.exploreColdMs),
    { figure: 'the same, slowest, ms', value: questions.exploreColdMostMs },
    below('explore, the same choice again, ms', questions.exploreMs, TARGETS.exploreMs),
    below('search, new words, ms', questions.searchMs, TARGETS.searchMs),
    { figure: 'aggregation of a month in OONI’s shape, ms', value: questions.aggregationMs },
    below('copy of the year, s', copied.seconds, TARGETS.mirrorS),
    {
      figure: 'files of it, links, dead ones',
      value: `${copied.files}, ${copied.links}, ${copied.dead}`,
      target: '0 dead',
      met: copied.dead === 0,
    },
    below('first page and style, gzip, KB', heaviest('gzip'), TARGETS.firstKb),
    { figure: 'the same, brotli, KB', value: heaviest('br') },
    ...(slow === undefined
      ? [{ figure: 'fonts and time to the first word', value: 'no Chromium here' }]
      : [
          below('fonts of the first page, KB', fonts, TARGETS.fontsKb),
          below('readable at 400 kbit/s and 400 ms, s', Math.round(slow.readableS * 100) / 100, TARGETS.readableS),
          { figure: 'whole with its fonts, s', value: Math.round(slow.wholeS * 100) / 100 },
        ]),
  ]
  return {
    table,
    json: {
      rows: filled.observations,
      first,
      incident,
      mirror_s: copied.seconds,
      first_kb: heaviest('gzip'),
      fonts_kb: fonts,
      made_rps: perSecond(read.cold),
      incidents: filled.incidents,
      readable_s: slow?.readableS ?? null,
      dead_links: copied.dead,
      explore_cold_ms: questions.exploreColdMs,
      explore_ms: questions.exploreMs,
      search_ms: questions.searchMs,
      aggregation_ms: questions.aggregationMs,
    },
  }
}

export const bench: Bench = {
  summary: 'pages a second over 20 million observations, a copy of the year, weight of the first page',
  async run({ quick }) {
    if (KEPT !== undefined) return await measure(join(KEPT, quick ? 'quick' : 'year'), { quick })
    const folder = await mkdtemp(join(tmpdir(), 'kuager-bench-site-'))
    try {
      return await measure(join(folder, 'data'), { quick })
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
}
