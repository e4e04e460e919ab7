import { z } from 'zod'
import { defined } from '../../core/model/defined.ts'
import { HOUR_MS } from '../../core/model/duration.ts'
import { InputError } from '../../core/model/errors.ts'
import { momentBounds } from '../../core/model/moment.ts'
import {
  iodaEventSchema,
  ooniCountSchema,
  ooniMeasurementSchema,
  radarOutageSchema,
  type ObservedOutage,
  type OoniCount,
  type OthersFile,
  type OthersPart,
} from '../../core/model/tables/others.ts'
import { instant, parseAsn, parseInstant, type Asn } from '../../core/model/units.ts'
import { readOutageTable } from './ioda-table.ts'

export interface OthersOptions {
  /** Id of the service that a host or one of OONI's tests is about; undefined: none that we know. */
  readonly serviceOf: (about: { readonly host?: string; readonly test?: string }) => string | undefined
  /** Whose outages count as those of the country: `KZ` and its name in English. */
  readonly country: { readonly code: string; readonly name: string }
  /** Outages in an answer of IODA's signals (docs/methods/levels.md), each with the place as IODA names it. */
  readonly outagesIn?: (value: unknown) => { readonly found: readonly SignalOutage[]; readonly setAside: number }
}

/** An outage in a signal, of a country (`KZ`) or a network (`AS9198`). */
export interface SignalOutage extends Pick<ObservedOutage, 'from' | 'until' | 'signal'> {
  readonly place: string
}

/** Rows of one answer while it is read, with how many could not be. */
class AnswerRows {
  readonly #entry: OthersFile
  setAside = 0

  constructor(entry: OthersFile) {
    this.#entry = entry
  }

  /** Items of an array, each read alone: one that is not as described is counted, and no other. */
  each<S extends z.ZodType, T>(
    items: readonly unknown[],
    schema: S,
    read: (row: z.infer<S>) => readonly T[],
  ): readonly T[] {
    return items.flatMap((item): readonly T[] => {
      const parsed = schema.safeParse(item)
      try {
        if (parsed.success) return read(parsed.data)
      } catch (error) {
        if (!(error instanceof InputError)) throw error
      }
      this.setAside++
      return []
    })
  }

  /** The array under a name of the answer. Throws InputError for an answer of another form. */
  list(value: unknown, ...path: readonly string[]): readonly unknown[] {
    let inner = value
    for (const name of path) inner = z.record(z.string(), z.unknown()).safeParse(inner).data?.[name]
    if (Array.isArray(inner)) return inner
    throw this.refuse(`/${path.join('/')}`, 'there is no list')
  }

  refuse(path: string, found: string): InputError {
    const { file } = this.#entry
    return new InputError(`Cannot read what others measured, "${file}"${path === '' ? '' : `, ${path}`}: ${found}`, {
      code: 'others.invalid',
      path: `${file}${path}`,
      expected: 'the form of docs/formats/others.md',
    })
  }

  json(body: string): unknown {
    try {
      return JSON.parse(body)
    } catch (error) {
      throw this.refuse('', error instanceof Error ? error.message : String(error))
    }
  }
}

/** Reads one answer by its entry in a list. Throws InputError for an answer of another form. */
export function readAnswer(entry: OthersFile, body: string, options: OthersOptions): OthersPart {
  const rows = new AnswerRows(entry)
  const part = readRows(entry, body, { ...options, rows })
  const { setAside } = rows
  return setAside === 0 ? part : { ...part, setAside }
}

interface Reading extends OthersOptions {
  readonly rows: AnswerRows
}

function readRows(entry: OthersFile, body: string, reading: Reading): OthersPart {
  const { rows, country } = reading
  const { title, retrieved, url, sha256, retrieved_at_utc: at } = entry
  const from = {
    from: momentBounds(entry.since).from,
    until: momentBounds(entry.until).until,
    ...{ title, retrieved },
    ...defined({ url, sha256, at: at === undefined ? undefined : parseInstant(at) }),
    ...(entry.network === undefined ? {} : { onlyAsn: parseAsn(entry.network) }),
  }
  const outages = (by: 'ioda' | 'radar', found: readonly ObservedOutage[]): OthersPart => ({
    kind: 'outages',
    by,
    ...from,
    outages: found,
  })
  switch (entry.form) {
    case 'ooni-aggregation':
    case 'ooni-measurements': {
      const only = entry.domain === undefined && entry.test === undefined ? undefined : serviceIn(entry, {}, reading)
      const counts = entry.form === 'ooni-aggregation' ? aggregated : listed
      return {
        kind: 'ooni',
        ...from,
        ...defined({ onlyService: only }),
        counts: counts(entry, rows.json(body), reading),
      }
    }
    case 'ioda-events':
      return outages('ioda', events(rows.json(body), reading))
    case 'ioda-signals':
      return outages('ioda', signals(rows.json(body), reading))
    case 'radar-outages':
      return outages('radar', annotations(rows.json(body), reading))
    case 'ioda-outages':
      return outages(
        'ioda',
        readOutageTable(body, country.name, {
          refuse: (line, found) => rows.refuse(`line ${line}`, found),
          setAside: () => rows.setAside++,
        }),
      )
  }
}

interface About {
  readonly domain?: string | null | undefined
  readonly input?: string | null | undefined
  readonly test_name?: string | null | undefined
}

/** The service of a row, from its own columns or from what the query was restricted to. */
function serviceIn(entry: OthersFile, row: About, { serviceOf }: OthersOptions): string | undefined {
  const host = row.domain ?? hostOf(row.input ?? '') ?? entry.domain
  const test = row.test_name ?? entry.test
  return serviceOf({
    ...(host === undefined ? {} : { host: host.toLowerCase() }),
    ...defined({ test }),
  })
}

const hostOf = (input: string): string | undefined => {
  if (/^https?:/i.test(input)) return URL.canParse(input) ? new URL(input).hostname : undefined
  const host = input.split(/[/:]/)[0]
  return host === '' ? undefined : host
}

const networkIn = (entry: OthersFile, value: string | number | null | undefined): { readonly asn?: Asn } => {
  const found = value ?? entry.network
  return found === undefined ? {} : { asn: parseAsn(found) }
}

function aggregated(entry: OthersFile, value: unknown, reading: Reading): readonly OoniCount[] {
  const { rows } = reading
  return rows.each(rows.list(value, 'result'), ooniCountSchema, (row): readonly OoniCount[] => {
    const parts = row.anomaly_count + row.confirmed_count + row.failure_count + row.ok_count
    if (parts > row.measurement_count) throw rows.refuse('/result', `${parts} counted of ${row.measurement_count}`)
    const service = serviceIn(entry, row, reading)
    if (service === undefined) return []
    return [
      {
        service,
        ...networkIn(entry, row.probe_asn),
        ...spanOf(entry, row.measurement_start_day),
        anomaly: row.anomaly_count,
        confirmed: row.confirmed_count,
        failure: row.failure_count,
        ok: row.ok_count,
        total: row.measurement_count,
      },
    ]
  })
}

/** A row without a day is about all days that were asked for; one with an hour spans that hour. */
function spanOf(entry: OthersFile, day: string | undefined): Pick<OoniCount, 'from' | 'until'> {
  if (day === undefined) return { from: momentBounds(entry.since).from, until: momentBounds(entry.until).until }
  if (day.length === 10) return momentBounds(day)
  const from = parseInstant(day)
  return { from, until: instant(from + HOUR_MS) }
}

function listed(entry: OthersFile, value: unknown, reading: Reading): readonly OoniCount[] {
  const { rows } = reading
  return rows.each(rows.list(value, 'results'), ooniMeasurementSchema, (row): readonly OoniCount[] => {
    const service = serviceIn(entry, row, reading)
    if (service === undefined) return []
    const at = parseInstant(row.measurement_start_time)
    const kind =
      row.confirmed === true ? 'confirmed' : row.failure === true ? 'failure' : row.anomaly === true ? 'anomaly' : 'ok'
    const none = { anomaly: 0, confirmed: 0, failure: 0, ok: 0 }
    return [
      {
        service,
        ...networkIn(entry, row.probe_asn),
        from: at,
        until: instant(at + 1000),
        ...none,
        [kind]: 1,
        total: 1,
      },
    ]
  })
}

function events(value: unknown, { rows, country }: Reading): readonly ObservedOutage[] {
  return rows.each(rows.list(value, 'data'), iodaEventSchema, (row): readonly ObservedOutage[] => {
    const [kind = '', code = ''] = row.location.split('/')
    const entity = entityOf(kind.toLowerCase(), code, country.code)
    if (entity === undefined) return []
    const from = instant(row.start * 1000)
    return [{ entity, from, until: instant(from + row.duration * 1000), ...defined({ signal: row.datasource }) }]
  })
}

/** Outages elsewhere are left out; a region is known by its number alone, so that it must be asked for by itself. */
function entityOf(kind: string, code: string, country: string): ObservedOutage['entity'] | undefined {
  if (kind === 'country') return code.toUpperCase() === country ? { kind: 'country' } : undefined
  if (kind === 'asn') return /^\d{1,10}$/.test(code) ? { kind: 'network', asn: parseAsn(code) } : undefined
  return kind === 'region' ? { kind: 'region' } : undefined
}

function signals(value: unknown, { rows, country, outagesIn }: Reading): readonly ObservedOutage[] {
  if (outagesIn === undefined) throw rows.refuse('', 'signals are not read here')
  rows.list(value, 'data')
  const { found, setAside } = outagesIn(value)
  rows.setAside += setAside
  return found.flatMap(({ place, ...outage }): readonly ObservedOutage[] => {
    const entity = /^AS\d/.test(place) ? entityOf('asn', place.slice(2), '') : entityOf('country', place, country.code)
    return entity === undefined ? [] : [{ entity, ...outage }]
  })
}

/** Annotations name a country, and networks where only those are meant; one of a region has both the type and no network. */
function annotations(value: unknown, { rows, country }: Reading): readonly ObservedOutage[] {
  return rows.each(rows.list(value, 'result', 'annotations'), radarOutageSchema, (row): readonly ObservedOutage[] => {
    const here = row.locations.length === 0 || row.locations.some((code) => code.toUpperCase() === country.code)
    if (!here) return []
    const type = row.outage?.outageType?.toUpperCase() ?? ''
    const span = {
      from: parseRadarTime(row.startDate),
      ...(row.endDate === null || row.endDate === undefined ? {} : { until: parseRadarTime(row.endDate) }),
    }
    if (row.asns.length > 0 && type !== 'NATIONWIDE')
      return row.asns.map((asn) => ({ entity: { kind: 'network', asn: parseAsn(asn) }, ...span }))
    return [{ entity: { kind: type === 'NATIONWIDE' ? 'country' : 'region' }, ...span }]
  })
}

const parseRadarTime = (text: string): ReturnType<typeof instant> => instant(Date.parse(text))
