import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/core/model/duration.ts'
import type { Demand } from '../../src/core/model/incident/demand.ts'
import type { Order, OutsideEvent, Reported, Statement } from '../../src/core/model/tables/record.ts'
import { ARTICLE_SERVICES, type ArticleTruth } from './article.ts'

const utc = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z')
const SOURCE = { title: 'Kuager simulator', checked: true } as const

/** What happened outside and what was said around the article's evening. Invented, and marked so in every file. */
export interface ArticleRecord {
  readonly events: { readonly simulated: true; readonly events: readonly OutsideEvent[] }
  readonly statements: { readonly simulated: true; readonly statements: readonly Statement[] }
  readonly demands: { readonly simulated: true; readonly demands: readonly Demand[] }
  readonly chronicle: { readonly rows: readonly Reported[] }
  readonly orders: { readonly orders: readonly Order[] }
}

/** Days before the evening on which the demand was made. */
const DEMAND_DAYS = 14

/**
 * The record of the evening: a livestream at eight, what users, a minister and experts said of it, a demand and two legal
 * acts before it, and two restrictions of earlier years that are known only from reports.
 */
export function articleRecord(truth: ArticleTruth): ArticleRecord {
  const eight = truth.start - 2 * MINUTE_MS
  const day = utc(eight).slice(0, 10)
  const services = [...ARTICLE_SERVICES]
  const period = { since: day, until: day }
  return {
    events: {
      simulated: true,
      events: [
        {
          id: `simulated-stream-${day}`,
          kind: 'livestream',
          label: {
            kk: 'Саясаткердің тікелей эфирі (модельденген)',
            ru: 'Прямой эфир политика (смоделировано)',
            en: 'Livestream of a politician (simulated)',
          },
          start: utc(eight),
          end: utc(eight + 2 * HOUR_MS),
          announced: true,
          source: SOURCE,
        },
      ],
    },
    statements: {
      simulated: true,
      statements: [
        {
          id: `simulated-users-${day}`,
          at: utc(eight + HOUR_MS),
          speaker: 'user',
          who: { kk: 'Пайдаланушылар', ru: 'Пользователи', en: 'Users' },
          summary: {
            kk: 'Кешкі сегізден кейін әлеуметтік желілер мен YouTube ашылмайды.',
            ru: 'После восьми вечера соцсети и YouTube не открываются.',
            en: 'After eight in the evening social networks and YouTube do not open.',
          },
          source: SOURCE,
          claims: [
            {
              id: `simulated-users-${day}-1`,
              text: {
                kk: 'Кешке әлеуметтік желілер мен YouTube ашылмады.',
                ru: 'Вечером соцсети и YouTube не открывались.',
                en: 'In the evening social networks and YouTube did not open.',
              },
              test: 'service-restricted',
              services,
              ...period,
            },
          ],
        },
        {
          id: `simulated-minister-${day}`,
          at: utc(eight + 15 * HOUR_MS),
          speaker: 'official',
          who: { kk: 'Министр (модельденген)', ru: 'Министр (смоделировано)', en: 'Minister (simulated)' },
          summary: {
            kk: 'Ешқандай шара қолданылған жоқ, бұл техникалық ақау.',
            ru: 'Никаких мер не принималось, это технический сбой.',
            en: 'No measures were taken, it was a technical fault.',
          },
          source: SOURCE,
          claims: [
            {
              id: `simulated-minister-${day}-1`,
              text: {
                kk: 'Қолжетімділікке қатысты шара қолданылған жоқ.',
                ru: 'Мер в отношении доступа не принималось.',
                en: 'No measures concerning access were taken.',
              },
              test: 'no-measures',
              services,
              ...period,
            },
            {
              id: `simulated-minister-${day}-2`,
              text: {
                kk: 'Қолжетімсіздіктің себебі — техникалық ақау.',
                ru: 'Причина недоступности — технический сбой.',
                en: 'The cause was a technical fault.',
              },
              test: 'technical-fault',
              services,
              ...period,
            },
          ],
        },
        {
          id: `simulated-expert-${day}`,
          at: utc(eight + 20 * HOUR_MS),
          speaker: 'expert',
          who: { kk: 'Сарапшылар', ru: 'Эксперты', en: 'Experts' },
          summary: {
            kk: 'Сарапшылардың болжамы: шектеу тікелей эфирге байланысты.',
            ru: 'Предположение экспертов: ограничение связано с прямым эфиром.',
            en: 'Experts suppose that the restriction is linked to the livestream.',
          },
          source: SOURCE,
          claims: [
            {
              id: `simulated-expert-${day}-1`,
              text: {
                kk: 'Шектеудің себебі — тікелей эфир.',
                ru: 'Причина ограничения — прямой эфир.',
                en: 'The livestream is the reason of the restriction.',
              },
              test: 'none',
              services,
              ...period,
            },
          ],
        },
      ],
    },
    demands: {
      simulated: true,
      demands: [
        {
          id: `simulated-demand-${day}`,
          at: utc(eight - DEMAND_DAYS * DAY_MS).slice(0, 10),
          who: {
            kk: 'Құқық қорғаушылар (модельденген)',
            ru: 'Правозащитники (смоделировано)',
            en: 'Rights defenders (simulated)',
          },
          text: {
            kk: 'Әлеуметтік желілер мен мессенджерлерге қолжетімділікті шектеуді тоқтату талап етілді.',
            ru: 'Потребовали прекратить ограничения доступа к социальным сетям и мессенджерам.',
            en: 'They demanded that restrictions of access to social networks and messengers end.',
          },
          source: SOURCE,
        },
      ],
    },
    chronicle: { rows: earlierReports(eight) },
    orders: { orders: legalActs(eight) },
  }
}

/** Restrictions that were reported one and two years before. */
function earlierReports(eight: number): readonly Reported[] {
  const years = (count: number): string => utc(eight - count * 52 * 7 * DAY_MS).slice(0, 10)
  const source = { ...SOURCE, title: 'Kuager simulator, invented newspaper' }
  return [
    {
      id: 'simulated-report-messengers',
      onset: [years(2), years(2)],
      end: [years(2), null],
      reportedAs: 'restriction',
      services: ['telegram', 'whatsapp'],
      text: {
        kk: 'Мессенджерлер бірнеше сағат ашылмағаны хабарланды (модельденген). Өлшенбеген.',
        ru: 'Сообщалось, что мессенджеры несколько часов не открывались (смоделировано). Не измерялось.',
        en: 'Messengers were reported not to open for some hours (simulated). It was not measured.',
      },
      sources: [source],
    },
    {
      id: 'simulated-report-slow-video',
      onset: [years(1), null],
      end: null,
      reportedAs: 'throttling',
      services: ['youtube'],
      text: {
        kk: 'Бейне баяу жүктелетіні хабарланды (модельденген). Өлшенбеген.',
        ru: 'Сообщалось, что видео загружается медленно (смоделировано). Не измерялось.',
        en: 'Video was reported to load slowly (simulated). It was not measured.',
      },
      sources: [source, { ...source, title: 'Kuager simulator, another invented newspaper' }],
    },
  ]
}

/** An act with an answer to the request for its text, and one without. */
function legalActs(eight: number): readonly Order[] {
  const daysBefore = (count: number): string => utc(eight - count * DAY_MS).slice(0, 10)
  const basis = {
    kk: 'Ойдан алынған заң, 1-бап (модельденген)',
    ru: 'Вымышленный закон, статья 1 (смоделировано)',
    en: 'Invented law, article 1 (simulated)',
  }
  return [
    {
      id: 'simulated-order-press',
      scope: ['press.example'],
      title: {
        kk: 'Ойдан алынған сайтқа қолжетімділікті шектеу туралы нұсқама (модельденген)',
        ru: 'Предписание об ограничении доступа к вымышленному сайту (смоделировано)',
        en: 'Order to restrict access to an invented site (simulated)',
      },
      number: 'S-1',
      at: daysBefore(40),
      basis,
      textHeld: true,
      requestedOn: daysBefore(35),
      answeredOn: daysBefore(28),
      answer: {
        kk: 'Нұсқама мәтіні жіберілді (модельденген).',
        ru: 'Текст предписания прислан (смоделировано).',
        en: 'The text of the order was sent (simulated).',
      },
      source: SOURCE,
    },
    {
      id: 'simulated-order-evening',
      scope: [...ARTICLE_SERVICES],
      title: {
        kk: 'Әлеуметтік желілер туралы сұралған акт (модельденген)',
        ru: 'Запрошенный акт о социальных сетях (смоделировано)',
        en: 'Act on social networks that was asked for (simulated)',
      },
      textHeld: false,
      requestedOn: daysBefore(10),
      source: SOURCE,
    },
  ]
}
