import { MINUTE_MS } from '../../../core/model/duration.ts'
import { defined } from '../../../core/model/defined.ts'
import { TIERS, type Service, type Tier } from '../../../core/model/tables/service.ts'
import { formatAsn, instant, parseInstant, type Instant } from '../../../core/model/units.ts'
import type { PlainKey } from '../../../core/text/format.ts'
import { say } from '../../../core/text/format.ts'
import { LANGS, type Lang } from '../../../core/text/lang.ts'
import { formatNumber } from '../../../core/text/number.ts'
import { serviceSentence } from '../../../core/text/sentence/probe.ts'
import { formatDate, formatDateTime } from '../../../core/text/time.ts'
import { judgeBytes, type JudgeTools } from '../../../pipeline/judge/judge-bytes.ts'
import { CONSENT_VERSION, consentedTiers, loadConsent } from '../../../probe/consent/consent.ts'
import { ProbeKeys } from '../../../probe/identity/keys.ts'
import { readMetered, type Metered } from '../../../probe/line/metered.ts'
import { canMeasureQuic } from '../../../probe/line/machine.ts'
import { pausedUntil } from '../../../probe/plan/pause-file.ts'
import { loadReckoning, reckonedBytes } from '../../../probe/plan/reckoning.ts'
import { loadSchedule } from '../../../probe/plan/schedule-file.ts'
import { loadUsage } from '../../../probe/plan/usage.ts'
import { countWeek, Receipts, type Receipt } from '../../../probe/spool/receipts.ts'
import { ownResults } from '../../../probe/spool/own-links.ts'
import { Spool, type SpoolEntry } from '../../../probe/spool/spool.ts'
import { systemClock } from '../../../runtime/clock.ts'
import { loadUpdateState } from '../../../probe/update/update-state.ts'
import { updatable } from '../update/built.ts'
import { updateLines } from '../update/update-lines.ts'
import { allowanceOf, consentParagraphs, hostsOf, tierSentence } from '../consent/consent-text.ts'
import { scheduleIsKept } from '../daemon.ts'
import type { Asked } from '../options.ts'
import { knownServices } from '../run/setup.ts'

/** Runs of the last two days that are shown, and measurements of each. */
const MOST_RUNS = 24

/** A measurement as the page lists it. */
export interface ShownMeasurement {
  readonly id: string
  readonly sentence: string
  readonly state: 'sent' | 'waits' | 'refused'
  /** Where a collector published it, and what the collector said. */
  readonly public?: string
  readonly receipt?: string
}

/** All that the page shows, in the language of its reader: the page itself holds no words. */
export interface PageState {
  readonly lang: Lang
  readonly langs: readonly Lang[]
  readonly words: Readonly<Record<string, string>>
  readonly consent: {
    /** Whether anything was agreed to under today's text. */
    readonly given: boolean
    readonly title: string
    readonly paragraphs: readonly string[]
    readonly example: string
    readonly tiers: readonly { readonly id: Tier; readonly text: string; readonly agreed: boolean }[]
  }
  /** What was joined by a link; absent: nothing. */
  readonly joined?: string
  readonly status: readonly string[]
  /** Links to what the keys of this month measured, as the site shows it. */
  readonly own: readonly { readonly text: string; readonly href: string }[]
  readonly kept: boolean
  readonly paused: boolean
  /** Whether the schedule pauses because the connection is metered, or its owner lets it use such connections. */
  readonly metered?: 'paused' | 'used'
  readonly limit: { readonly megabytes: number; readonly usedShare: number; readonly text: string }
  /** Absent where something else updates the program. */
  readonly updates?: { readonly automatic: boolean; readonly lines: readonly string[] }
  readonly services: readonly string[]
  readonly runs: readonly { readonly time: string; readonly measurements: readonly ShownMeasurement[] }[]
}

const WORDS = [
  'title',
  'loading',
  'agree',
  'agree-none',
  'withdraw',
  'example',
  'now',
  'pause-hour',
  'pause-day',
  'resume',
  'metered-paused',
  'metered-used',
  'start',
  'today',
  'no-today',
  'limit',
  'save',
  'groups',
  'updates',
  'updates-box',
  'updates-how',
  'runs',
  'no-runs',
  'as-sent',
  'public',
  'forget',
  'forget-what',
  'forget-yes',
  'forgotten',
  'ended',
  'used-link',
  'measuring',
  'state-sent',
  'state-waits',
  'state-refused',
  'again',
  'close',
  'saved',
  'stopped',
  'keep',
  'read',
  'join',
  'join-about',
  'join-link',
  'join-do',
  'join-replace',
  'join-other',
] as const

/** Sentences of verdicts by id of their document: a document never changes. */
const judged = new Map<string, { readonly lang: Lang; readonly service: string; readonly sentence: string }>()
const MOST_JUDGED = 2000

/** What the page shows now. Reads the probe's folder and writes nothing. */
export async function pageState(asked: Asked, tools: JudgeTools): Promise<PageState> {
  const { lang, folder } = asked
  const now = systemClock.now()
  const services = knownServices(asked)
  const consent = await loadConsent(folder)
  const agreed = consentedTiers(consent)
  const kept = (await scheduleIsKept(folder)) !== undefined
  const until = await pausedUntil(folder, now)
  const costs = await meteredNow(asked)
  const runs = await shownRuns(asked, { tools, services })
  const allowance = allowanceOf(asked)
  const reckoned = reckonedBytes(await loadReckoning(folder, now))
  return {
    lang,
    langs: LANGS,
    words: {
      ...Object.fromEntries(WORDS.map((name) => [name, say(lang, `probe-page.${name}`)])),
      'own-about': say(lang, 'probe-page.own-about', { sign: '#' }),
    },
    consent: {
      given: consent?.version === CONSENT_VERSION && agreed.length > 0,
      ...consentParagraphs(asked, {
        stop: onButton(lang, 'probe-page.pause-hour'),
        forget: onButton(lang, 'probe-page.forget'),
      }),
      tiers: TIERS.filter((tier) => services.some((service) => service.tier === tier)).map((id) => ({
        id,
        text: tierSentence(lang, id, services),
        agreed: agreed.includes(id),
      })),
    },
    ...defined({ joined: joinedSentence(asked) }),
    status: await statusLines(asked, { kept, until, agreed, metered: costs }),
    own: (await ownResults(folder, { lang, now, settings: asked.settings })).map(({ network, href }) => ({
      text: say(lang, 'probe-page.own', { network }),
      href,
    })),
    kept,
    paused: until !== undefined,
    ...defined({ metered: costs }),
    limit: {
      megabytes: allowance / 1e6,
      usedShare: Math.min(1, reckoned / allowance),
      text: say(lang, 'probe.status.bytes', {
        reckoned: formatNumber(lang, reckoned / 1e6, 1),
        allowance: formatNumber(lang, allowance / 1e6),
        used: formatNumber(lang, (await loadUsage(folder, now)).scheduled.bytes / 1e6, 1),
      }),
    },
    ...(await updatesOf(asked)),
    services: newestByService(runs.filter(({ at }) => formatDate(lang, at) === formatDate(lang, now))),
    runs: runs.slice(0, MOST_RUNS).map(({ at, measurements }) => ({
      time: formatDateTime(lang, at),
      measurements: measurements.map(({ id, sentence, state, ...about }) => ({
        ...{ id, sentence, state },
        ...defined({ public: about.public, receipt: about.receipt }),
      })),
    })),
  }
}

/** The words on a button, in quotation marks. */
const onButton = (lang: Lang, key: 'probe-page.pause-hour' | 'probe-page.forget'): string =>
  lang === 'en' ? `“${say(lang, key)}”` : `«${say(lang, key)}»`

const joinedSentence = ({ lang, settings: { joined } }: Asked): string | undefined =>
  joined === undefined ? undefined : say(lang, 'probe-join.joined', { observatory: hostsOf([joined.observatory]) })

async function updatesOf(asked: Asked): Promise<Pick<PageState, 'updates'>> {
  const { env } = process
  if (updatable(env).kind !== 'one-file') return {}
  const lines = updateLines(asked, await loadUpdateState(asked.folder), { env })
  return { updates: { automatic: asked.settings.autoUpdate === true, lines } }
}

/** The page asks again and again, and on Windows the question starts a program. */
const METERED_FRESH = MINUTE_MS
let metered: { readonly at: Instant; readonly answer: Promise<Metered> } | undefined

async function meteredNow({ settings }: Asked): Promise<PageState['metered']> {
  if (settings.metered === true) return 'used'
  const now = systemClock.now()
  if (metered === undefined || Math.abs(now - metered.at) > METERED_FRESH)
    metered = { at: now, answer: readMetered(process.env) }
  return (await metered.answer) === 'yes' ? 'paused' : undefined
}

/** What is going on, as sentences. */
async function statusLines(
  { folder, lang, settings }: Asked,
  about: {
    readonly kept: boolean
    readonly until: Instant | undefined
    readonly agreed: readonly Tier[]
    readonly metered: PageState['metered']
  },
): Promise<readonly string[]> {
  const now = systemClock.now()
  const plain = (key: PlainKey): string => say(lang, key)
  const week = countWeek(await new Receipts(folder).list(), now)
  const schedule = await loadSchedule(folder)
  const next = Math.min(schedule?.nextCore ?? Infinity, schedule?.fullAt ?? Infinity)
  const keys = (await new ProbeKeys(folder).list()).map(({ asn }) => formatAsn(asn))
  return [
    about.agreed.length === 0 ? plain('probe.status.no-consent') : '',
    about.until === undefined ? '' : say(lang, 'probe.pause.until', { date: formatDateTime(lang, about.until) }),
    plain(about.kept ? 'probe.status.schedule-on' : 'probe.status.schedule-off'),
    about.metered === 'paused' ? plain('probe.status.metered') : '',
    about.kept && about.until === undefined && about.metered !== 'paused' && next > now && next < Infinity
      ? say(lang, 'probe-page.next', { date: formatDateTime(lang, instant(next)) })
      : '',
    say(lang, 'probe-page.counted', { count: week.counted }),
    (settings.collector ?? []).length === 0 ? plain('probe.consent.to-nobody') : '',
    keys.length === 0 ? '' : say(lang, 'probe-page.networks', { list: [...new Set(keys)].join(', ') }),
    canMeasureQuic() ? '' : plain('probe.status.no-quic'),
  ].filter((line) => line !== '')
}

interface Run {
  readonly at: Instant
  readonly measurements: readonly (ShownMeasurement & { readonly service: string })[]
}

/** Runs of the last two days, newest first. */
async function shownRuns(
  asked: Asked,
  about: { readonly tools: JudgeTools; readonly services: readonly Service[] },
): Promise<readonly Run[]> {
  const spool = new Spool(asked.folder)
  const receipts = new Map((await new Receipts(asked.folder).list()).map((receipt) => [receipt.id, receipt]))
  const found = [
    ...(await spool.list()).map((entry) => ({ entry, state: 'waits' as const })),
    ...(await spool.listRefused()).map((entry) => ({ entry, state: 'refused' as const })),
    ...(await spool.listSent(systemClock.now())).map((entry) => ({ entry, state: 'sent' as const })),
  ]
  const byMinute = Map.groupBy(found, ({ entry }) => entry.minute)
  const minutes = [...byMinute.keys()]
    .sort()
    .reverse()
    .slice(0, 4 * MOST_RUNS)
  return Promise.all(
    minutes.map(async (minute) => ({
      at: instant(parseInstant(`${minute.slice(0, 10)} ${minute.slice(11, 13)}:${minute.slice(13, 15)}`)),
      measurements: await Promise.all(
        (byMinute.get(minute) ?? []).map(async ({ entry, state }) => ({
          id: entry.id,
          state,
          ...(await sentenceOf(entry, spool, { ...about, lang: asked.lang })),
          ...receiptOf(receipts.get(entry.id), asked),
        })),
      ),
    })),
  )
}

async function sentenceOf(
  entry: SpoolEntry,
  spool: Spool,
  about: { readonly tools: JudgeTools; readonly services: readonly Service[]; readonly lang: Lang },
): Promise<{ readonly service: string; readonly sentence: string }> {
  const { lang } = about
  const known = judged.get(entry.id)
  if (known?.lang === lang) return { service: known.service, sentence: known.sentence }
  const made = judge((await spool.read(entry).catch(() => undefined)) ?? '')
  if (judged.size >= MOST_JUDGED) judged.clear()
  judged.set(entry.id, { lang, ...made })
  return made

  function judge(document: string): { readonly service: string; readonly sentence: string } {
    try {
      const found = judgeBytes(Buffer.from(document), about.tools)
      if (found.kind === 'aside') return { service: '', sentence: say(lang, 'probe-page.unreadable') }
      // What was found of the connection itself is about no service.
      if (found.service === 'line') return { service: '', sentence: say(lang, 'probe-page.of-line') }
      const service = about.services.find(({ id }) => id === found.service) ?? { name: found.service, kind: 'platform' }
      return { service: found.service, sentence: serviceSentence(lang, service, found.verdict) }
    } catch {
      return { service: '', sentence: say(lang, 'probe-page.unreadable') }
    }
  }
}

function receiptOf(
  receipt: Receipt | undefined,
  { lang, settings }: Asked,
): Pick<ShownMeasurement, 'public' | 'receipt'> {
  if (receipt === undefined) return {}
  const origin = URL.parse(settings.joined?.observatory ?? settings.collector?.[0] ?? '')?.origin
  return defined({
    public: origin === undefined || origin === 'null' ? undefined : `${origin}/${lang}/m/${receipt.id}`,
    receipt: say(lang, 'probe-page.receipt', {
      date: formatDateTime(lang, instant(Math.floor(receipt.at / MINUTE_MS) * MINUTE_MS)),
      place: formatNumber(lang, receipt.leaf),
    }),
  })
}

/** The newest sentence about each service. */
function newestByService(runs: readonly Run[]): readonly string[] {
  const found = new Map<string, string>()
  for (const { measurements } of runs)
    for (const { service, sentence } of measurements)
      if (service !== '' && !found.has(service)) found.set(service, sentence)
  return [...found.values()]
}
