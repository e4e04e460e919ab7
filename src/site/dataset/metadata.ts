import { say } from '../../core/text/format.ts'
import { formatInstantUtc, instant } from '../../core/model/units.ts'
import { LANGS, type Lang } from '../../core/text/lang.ts'
import { homeMidnight, homeDay } from '../../core/text/home-day.ts'
import { publicUrl, type Frame } from '../../web/html/frame.ts'
import { urls } from '../urls.ts'
import { COLUMNS, TABLES, type Column, type ColumnType, type FileForm, type Table } from './columns.ts'
import { filesOf, type DatasetFile, type DatasetMonth } from './contract.ts'

// Descriptions of the files for programs. Texts are English: programs, registries and search engines ask for one
// language, and names of columns are the same in every one.

const MEDIA: Readonly<Record<FileForm, string>> = {
  parquet: 'application/vnd.apache.parquet',
  csv: 'text/csv',
  jsonl: 'application/x-ndjson',
}

/** What a file is sent as; compressed text is a gzip file, so that no client unpacks it behind its checksum. */
export const mediaTypeOf = (form: FileForm): string => (form === 'parquet' ? MEDIA.parquet : 'application/gzip')

/** First day of the first month and last day of the last, by Astana time; undefined without months. */
export function coverage(
  months: readonly DatasetMonth[],
): { readonly first: string; readonly last: string } | undefined {
  const sorted = months.map(({ month }) => month).toSorted()
  const [first, last] = [sorted[0], sorted.at(-1)]
  if (first === undefined || last === undefined) return undefined
  return { first: `${first}-01`, last: lastDay(last) }
}

/** Last day of a month such as `2026-10`. */
export function lastDay(month: string): string {
  const [year = 0, number = 0] = month.split('-').map(Number)
  return `${month}-${new Date(Date.UTC(year, number, 0)).getUTCDate()}`
}

/** First and last instant of a month of Astana. */
export const monthPeriod = (month: string): { readonly first: number; readonly last: number } => ({
  first: homeMidnight(`${month}-01`),
  last: homeMidnight(lastDay(month)) + 86_399_999,
})

const titleOf = (simulated: boolean): string =>
  `${simulated ? 'Simulated: ' : ''}Kuager, measurements of internet services in Kazakhstan`

const isSimulated = (months: readonly DatasetMonth[]): boolean => months.some(({ simulated }) => simulated)

const TABLE_TYPES: Readonly<Record<ColumnType, string>> = {
  text: 'string',
  integer: 'integer',
  number: 'number',
  boolean: 'boolean',
  time: 'datetime',
}

/** Columns as a Frictionless Table Schema for each table (https://datapackage.org/standard/table-schema/). */
export function tableSchemas(): Readonly<Record<string, unknown>> {
  const tables = TABLES.map((table) => [
    table,
    {
      title: say('en', `dataset.table.${table}`),
      fields: (COLUMNS[table] as readonly Column[]).map(({ name, type, unit, values, nullable = false }) => ({
        name,
        type: TABLE_TYPES[type],
        description: say('en', `dataset.column.${name}`),
        ...(unit === undefined ? {} : { unit }),
        constraints: { required: !nullable, ...(values === undefined ? {} : { enum: values }) },
      })),
      missingValues: [''],
      ...KEYS[table],
    },
  ])
  return { $schema: 'https://datapackage.org/profiles/2.0/tableschema.json', tables: Object.fromEntries(tables) }
}

const KEYS: Readonly<Record<Table, object>> = {
  measurements: { primaryKey: ['measurement_id'] },
  observations: {
    primaryKey: ['leaf_index', 'position'],
    foreignKeys: [{ fields: ['leaf_index'], reference: { resource: 'measurements', fields: ['leaf_index'] } }],
  },
  incidents: { primaryKey: ['incident_id'] },
}

const fileBody = ({ name, table, form, rows, bytes, sha256 }: DatasetFile, frame?: Frame): object => ({
  ...(frame === undefined ? {} : { url: publicUrl(frame, urls.datasetFile(name)) }),
  ...{ name, table, form, rows, bytes, sha256 },
})

/** All months with their versions; files of earlier versions are named with their hashes and cannot be downloaded. */
export const datasetIndex = (
  months: readonly DatasetMonth[],
  frame: Frame,
  isSite: boolean,
): Readonly<Record<string, unknown>> => ({
  simulated: isSite || isSimulated(months),
  zone: 'Asia/Almaty',
  doi: null,
  months: months.map((month) => ({
    month: month.month,
    simulated: month.simulated,
    state: month.isWithdrawn ? 'withdrawn' : month.running === undefined ? 'finished' : 'running',
    as_of_utc: month.running === undefined ? null : formatInstantUtc(month.running.asOf),
    files: filesOf(month).map((file) => fileBody(file, frame)),
    versions: month.versions.map(({ version, madeAt, reason, files }) => ({
      version,
      made_at_utc: formatInstantUtc(madeAt),
      reason,
      files: files.map((file) => fileBody(file)),
    })),
  })),
})

/** A list that `sha256sum -c` takes. */
export const checksums = (months: readonly DatasetMonth[]): string =>
  months
    .flatMap(filesOf)
    .map(({ sha256, name }) => `${sha256}  ${name}\n`)
    .join('')

/** Who answers for the data: the operator by name, where one is known. */
const authorOf = ({ operator }: Frame): string => operator?.name.en ?? 'Kuager'

/**
 * Metadata by DataCite 4.5: every mandatory property except the identifier. No DOI is registered, and none is made up;
 * a repository that registers the data adds it. Undefined without months.
 */
export function dataCite(months: readonly DatasetMonth[], frame: Frame): Readonly<Record<string, unknown>> | undefined {
  const covered = coverage(months)
  if (covered === undefined) return undefined
  const simulated = isSimulated(months)
  const files = months.flatMap(filesOf)
  const licence = frame.operator?.licence
  const address = publicUrl(frame, urls.plain('en', 'data'))
  return {
    schemaVersion: 'http://datacite.org/schema/kernel-4',
    identifiers: [],
    // Without a known origin there is no URL.
    alternateIdentifiers:
      frame.origin === undefined ? [] : [{ alternateIdentifier: address, alternateIdentifierType: 'URL' }],
    creators: [{ name: authorOf(frame), nameType: 'Organizational' }],
    titles: [
      { title: titleOf(simulated), lang: 'en' },
      { title: say('ru', 'dataset.description'), lang: 'ru', titleType: 'TranslatedTitle' },
      { title: say('kk', 'dataset.description'), lang: 'kk', titleType: 'TranslatedTitle' },
    ],
    publisher: { name: authorOf(frame) },
    publicationYear: homeDay(instant(newest(months))).slice(0, 4),
    types: { resourceTypeGeneral: 'Dataset', resourceType: 'Network measurements' },
    subjects: ['internet censorship', 'network measurement', 'Kazakhstan'].map((subject) => ({ subject, lang: 'en' })),
    dates: [
      { date: `${covered.first}/${covered.last}`, dateType: 'Collected' },
      { date: homeDay(instant(newest(months))), dateType: 'Updated' },
    ],
    language: 'en',
    sizes: [`${files.length} files`, `${files.reduce((sum, { bytes }) => sum + bytes, 0)} bytes`],
    formats: [...new Set(files.map(({ form }) => MEDIA[form]))],
    rightsList: licence === undefined ? [] : [{ rights: licence.name, rightsUri: licence.url }],
    descriptions: [
      { description: say('en', 'dataset.description'), descriptionType: 'Abstract', lang: 'en' },
      { description: say('en', 'dataset.doi'), descriptionType: 'TechnicalInfo', lang: 'en' },
      ...(simulated
        ? [{ description: `${say('en', 'sentence.simulated')}.`, descriptionType: 'Other', lang: 'en' }]
        : []),
    ],
    geoLocations: [{ geoLocationPlace: 'Kazakhstan' }],
  }
}

const newest = (months: readonly DatasetMonth[]): number =>
  Math.max(...months.map(({ versions, running }) => running?.asOf ?? versions.at(-1)?.madeAt ?? 0))

/** The data set as search engines read it (https://schema.org/Dataset); undefined without months. */
export function schemaOrg(
  lang: Lang,
  months: readonly DatasetMonth[],
  frame: Frame,
): Readonly<Record<string, unknown>> | undefined {
  const covered = coverage(months)
  if (covered === undefined) return undefined
  const simulated = isSimulated(months)
  const author = { '@type': 'Organization', name: frame.operator?.name[lang] ?? 'Kuager' }
  const licence = frame.operator?.licence
  return {
    '@context': 'https://schema.org/',
    '@type': 'Dataset',
    name: simulated
      ? `${say(lang, 'page.simulated-tag')}: Kuager, ${say(lang, 'data.title')}`
      : `Kuager, ${say(lang, 'data.title')}`,
    description: simulated
      ? `${say(lang, 'sentence.simulated')}. ${say(lang, 'dataset.description')}`
      : say(lang, 'dataset.description'),
    url: publicUrl(frame, urls.plain(lang, 'data')),
    inLanguage: [...LANGS],
    isAccessibleForFree: true,
    ...(licence === undefined ? {} : { license: licence.url }),
    creator: author,
    publisher: author,
    temporalCoverage: `${covered.first}/${covered.last}`,
    spatialCoverage: { '@type': 'Place', name: 'Kazakhstan' },
    dateModified: formatInstantUtc(instant(newest(months))),
    distribution: months.flatMap(filesOf).map(({ name, form, bytes, sha256 }) => ({
      '@type': 'DataDownload',
      name,
      contentUrl: publicUrl(frame, urls.datasetFile(name)),
      encodingFormat: form === 'parquet' ? MEDIA.parquet : `${MEDIA[form]}; compression=gzip`,
      contentSize: `${bytes} B`,
      sha256,
    })),
  }
}
