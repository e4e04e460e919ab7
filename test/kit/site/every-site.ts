import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { folderStudies } from '../../../src/app/observatory/studies.ts'
import type { Operator } from '../../../src/core/model/operator.ts'
import { listen } from '../../../src/web/listen.ts'
import type { Frame } from '../../../src/web/html/frame.ts'
import { urls } from '../../../src/site/urls.ts'
import { loadRecord } from '../../../src/runtime/tables/record.ts'
import type { Lang } from '../../../src/core/text/lang.ts'
import { PLAIN_PAGES } from '../../../src/core/text/plain-pages.ts'
import { apiSample, sampleClaims } from '../evening/api-sample.ts'
import { openCardMaker } from './card-maker.ts'
import { sampleCrowd } from './check-plan.ts'
import { OWN } from '../evening/first-sample.ts'
import { SAMPLE_KINDS, sampleEpisode, sampleRevisions } from '../evening/incident-sample.ts'
import { sampleReviews } from '../evening/review-sample.ts'
import { reviewedIncidents } from '../../../src/site/incident/reviewed.ts'
import { memoryIncidents } from '../stores/memory-incidents.ts'
import { sampleBundles, sampleLog } from '../evening/proof-sample.ts'
import { samplePeople } from '../evening/people-sample.ts'
import { reportSite } from './report-site.ts'
import { publishSampleStudy } from '../evening/sample-study.ts'
import { sampleDatasets } from './sample-datasets.ts'
import { sampleValidation } from './sample-validation.ts'
import { ERASED, NAMES, sampleId, sampleOptions } from './site-sample.ts'
import type { SubscriptionDesk } from '../../../src/site/subscribe/desk.ts'
import { topicLines } from '../../../src/subscriptions/texts.ts'

const words = (kk: string, ru: string, en: string): { kk: string; ru: string; en: string } => ({ kk, ru, en })

/** A server that says everything of itself that one can say. */
const OPERATOR: Operator = {
  name: words('Мысал бюросы', 'Бюро Пример', 'Example Bureau'),
  seat: words(
    'Тіркелген жері: ойдан алынған қала',
    'Зарегистрировано в вымышленном городе',
    'Registered in an invented town',
  ),
  funders: [{ name: words('Мысал қоры', 'Фонд Пример', 'Example Fund'), since: '2026', share: '60 %' }],
  interests: [
    words(
      'Бюро сотта өтініш берушілердің өкілі.',
      'Бюро представляет заявителей в суде.',
      'The bureau represents applicants in court.',
    ),
  ],
  contacts: [
    { kind: 'web', value: 'https://bureau.example/' },
    { kind: 'mail', value: 'write@bureau.example' },
  ],
  confirmed: '2026-03-01',
}
const FRAME: Omit<Frame, 'assets'> = {
  medium: 'live',
  origin: 'https://kuager.example',
  onion: `http://${'kuager'.padEnd(56, 'a')}.onion`,
  mirrors: ['https://copy.example/kuager', 'https://another-copy.example'],
  operator: OPERATOR,
}

const STUDY = 'streams-2025'

/** A desk that knows one link. */
const SUBSCRIPTIONS: SubscriptionDesk = {
  ticket: () => 'ticket',
  take: async () => ({ kind: 'taken' }),
  asked: async (link, lang) =>
    link === 'known'
      ? topicLines(lang, { services: ['youtube'], networks: [OWN], regions: ['KZ-75'] }, NAMES)
      : undefined,
  confirm: async () => true,
  canLeave: () => true,
  leave: async () => true,
  partOf: () => undefined,
}
const DAYS = { since: '2026-02-27', until: '2026-03-05' }

/** Pages of the first screen come from thirty days of invented evenings, the others from the sample of incidents. */
const firstPages = (lang: Lang): Readonly<Record<string, string>> => ({
  first: urls.first(lang, OWN),
  'first-all': urls.first(lang, 'all'),
  'first-asked': urls.first(lang),
  check: urls.check(lang, OWN),
  'check-asked': urls.check(lang),
  report: urls.report(lang),
  'report-thanks': urls.reportThanks(lang),
  'subscribe-form': urls.subscribe(lang, { services: ['youtube'], regions: ['KZ-75'] }),
  'subscribe-sent': urls.subscribeDone(lang, 'sent'),
  'subscribe-confirm': urls.subscribeLink(lang, 'confirm', 'known'),
  'subscribe-stale': urls.subscribeLink(lang, 'confirm', 'unknown'),
  'subscribe-confirmed': urls.subscribeDone(lang, 'confirmed'),
  'subscribe-leave': urls.subscribeLink(lang, 'leave', 'known'),
  'subscribe-left': urls.subscribeDone(lang, 'left'),
  service: urls.service(lang, 'youtube'),
  network: urls.network(lang, OWN),
  series: urls.series(lang, 'youtube', OWN, DAYS),
  embed: urls.embed(lang, { service: 'youtube' }),
  'search-service': urls.search(lang, 'youtube'),
  'search-day': urls.search(lang, '2026-03-05'),
})
const samplePages = (lang: Lang): Readonly<Record<string, string>> => ({
  'report-written': urls.report(lang),
  matrix: urls.matrix(lang),
  measurement: urls.measurement(lang, sampleId('youtube', 0, 0)),
  erased: urls.measurement(lang, ERASED),
  missing: `/${lang}/nothing-of-this-name`,
  code: urls.code(lang, '0000-0000'),
  study: urls.study(lang, STUDY),
  ...Object.fromEntries(
    Object.entries(SAMPLE_KINDS).map(([kind, { id }]) => [`incident-${kind}`, urls.incident(lang, id)]),
  ),
  episode: urls.episode(lang, sampleEpisode.id),
  ...Object.fromEntries(PLAIN_PAGES.map((page) => [page, urls.plain(lang, page)])),
  'method-full': urls.methodInFull(lang),
  api: urls.api(lang),
  course: urls.course(lang, 'kz-2022-01'),
})

/** Pages that answer with another status than 200. */
export const STATUS: Readonly<Record<string, number>> = {
  erased: 410,
  missing: 404,
  code: 404,
  'subscribe-stale': 410,
}

export interface EverySite extends AsyncDisposable {
  /** Every kind of page in a language, by a short name: what the browser tests open and the pictures show. */
  pages(lang: Lang): Readonly<Record<string, string>>
  readonly origins: readonly string[]
}

/** Serves the samples with everything that a server may have: record, demand, study, operator, mirrors, cards. */
export async function openEverySite(): Promise<EverySite> {
  const folder = mkdtempSync(join(tmpdir(), 'kuager-every-'))
  await publishSampleStudy(folder, STUDY)
  const { frame } = await sampleOptions()
  const { chronicle, orders } = loadRecord()
  const journal = memoryIncidents(sampleRevisions(), [sampleEpisode])
  const reviews = sampleReviews(journal)
  const incidents = reviewedIncidents(journal, reviews)
  const more = {
    frame: { ...frame, ...FRAME },
    cards: openCardMaker(),
    proof: () => Promise.resolve(sampleLog),
    bundles: sampleBundles,
    datasets: sampleDatasets(),
    studies: folderStudies(join(folder, 'site'), { isPublic: false }),
    validations: async () => [sampleValidation],
  }
  const sample = await listen(
    await apiSample({ ...more, incidents, reviews, claims: sampleClaims({ chronicle, orders }) }),
    LOOPBACK,
  )
  const { site } = await reportSite({
    ...more,
    people: samplePeople(),
    crowd: sampleCrowd(),
    subscriptions: SUBSCRIPTIONS,
  })
  const first = await listen(site, LOOPBACK)
  const at = (base: string, paths: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
    Object.fromEntries(Object.entries(paths).map(([name, path]) => [name, new URL(path, base).href]))
  return {
    pages: (lang) => ({ ...at(first.url, firstPages(lang)), ...at(sample.url, samplePages(lang)) }),
    origins: [first.url, sample.url].map((url) => new URL(url).origin),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([first[Symbol.asyncDispose](), sample[Symbol.asyncDispose]()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const LOOPBACK = { host: '127.0.0.1', port: 0 } as const
