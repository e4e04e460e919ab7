import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/core/model/duration.ts'
import type { Demand } from '../../src/core/model/incident/demand.ts'
import type { OutsideEvent, Statement } from '../../src/core/model/tables/record.ts'
import { ARTICLE_SERVICES, type ArticleTruth } from './article.ts'

const utc = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z')
const SOURCE = { title: 'Kuager simulator', checked: true } as const

/** What happened outside and what was said around the article's evening. Invented, and marked so in every file. */
export interface ArticleRecord {
  readonly events: { readonly simulated: true; readonly events: readonly OutsideEvent[] }
  readonly statements: { readonly simulated: true; readonly statements: readonly Statement[] }
  readonly demands: { readonly simulated: true; readonly demands: readonly Demand[] }
}

/** Days before the evening on which the demand was made. */
const DEMAND_DAYS = 14

/** The record beside the measurements: a livestream at eight, people's word, a denial, a supposition, an earlier demand. */
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
  }
}
