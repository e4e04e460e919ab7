import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { defined } from '../../core/model/defined.ts'
import { HOUR_MS } from '../../core/model/duration.ts'
import { InputError } from '../../core/model/errors.ts'
import { momentBounds } from '../../core/model/moment.ts'
import {
  iodaEventSchema,
  ooniCountSchema,
  ooniMeasurementSchema,
  othersIndexSchema,
  type IodaOutage,
  type OoniCount,
  type OthersFile,
  type OthersPart,
  type OthersRecord,
} from '../../core/model/tables/others.ts'
import { instant, parseAsn, parseInstant, type Asn } from '../../core/model/units.ts'
import { readOutageTable } from './ioda-table.ts'

/** Largest file, and rows over all files: what a page looks through must stay small. */
const MAX_BYTES = 32 * 1024 * 1024
const MAX_ROWS = 500_000

export interface OthersOptions {
  /** Id of the service that a host or one of OONI's tests is about; undefined: none that we know. */
  readonly serviceOf: (about: { readonly host?: string; readonly test?: string }) => string | undefined
  /** Whose outages count as those of the country: `KZ` and its name in English. */
  readonly country: { readonly code: string; readonly name: string }
}

/**
 * Reads what others measured from a folder with its list `others.json` (docs/formats/others.md); undefined where there
 * is no list. Nothing is fetched. Throws InputError with file and row for everything that is not as described.
 */
export function loadOthers(folder: string, options: OthersOptions): OthersRecord | undefined {
  const list = read(folder, 'others.json')
  if (list === undefined) return undefined
  const index = parse('others.json', json('others.json', list), othersIndexSchema)
  let rows = 0
  const parts = index.files.map((entry) => {
    const bytes = read(folder, entry.file)
    if (bytes === undefined) throw refuse('others.json', `/files: ${entry.file}`, 'there is no such file')
    if (entry.until < entry.since) throw refuse('others.json', `/files: ${entry.file}`, 'it ends before it begins')
    const part = readPart(entry, bytes, options)
    rows += part.kind === 'ooni' ? part.counts.length : part.outages.length
    if (rows > MAX_ROWS) throw refuse(entry.file, '', `more than ${MAX_ROWS} rows over all files`)
    return part
  })
  return { simulated: index.simulated, parts }
}

function refuse(file: string, path: string, found: string): InputError {
  return new InputError(`Cannot read what others measured, "${file}"${path === '' ? '' : `, ${path}`}: ${found}`, {
    code: 'others.invalid',
    path: `${file}${path}`,
    expected: 'the form of docs/formats/others.md',
  })
}

function read(folder: string, file: string): string | undefined {
  const path = join(folder, file)
  try {
    const { size } = statSync(path)
    if (size > MAX_BYTES) throw refuse(file, '', `${size} bytes, at most ${MAX_BYTES}`)
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof InputError) throw error
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw refuse(file, '', error instanceof Error ? error.message : String(error))
  }
}

function json(file: string, body: string): unknown {
  try {
    return JSON.parse(body)
  } catch (error) {
    throw refuse(file, '', error instanceof Error ? error.message : String(error))
  }
}

function parse<S extends z.ZodType>(file: string, value: unknown, schema: S): z.infer<S> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw refuse(file, `/${issue?.path.join('/') ?? ''}`, issue?.message ?? 'not as expected')
}

function readPart(entry: OthersFile, body: string, options: OthersOptions): OthersPart {
  const span = { from: momentBounds(entry.since).from, until: momentBounds(entry.until).until }
  const from = {
    ...span,
    title: entry.title,
    retrieved: entry.retrieved,
    ...defined({ url: entry.url }),
  }
  const onlyAsn = entry.network === undefined ? {} : { onlyAsn: parseAsn(entry.network) }
  switch (entry.form) {
    case 'ooni-aggregation':
    case 'ooni-measurements': {
      const only = entry.domain === undefined && entry.test === undefined ? undefined : serviceIn(entry, {}, options)
      const counts = entry.form === 'ooni-aggregation' ? aggregated : listed
      return {
        kind: 'ooni',
        ...from,
        ...onlyAsn,
        ...defined({ onlyService: only }),
        counts: counts(entry, json(entry.file, body), options),
      }
    }
    case 'ioda-events':
      return { kind: 'ioda', ...from, ...onlyAsn, outages: events(entry, json(entry.file, body), options) }
    case 'ioda-outages':
      return {
        kind: 'ioda',
        ...from,
        ...onlyAsn,
        outages: readOutageTable(body, options.country.name, (line, found) =>
          refuse(entry.file, `line ${line}`, found),
        ),
      }
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

function aggregated(entry: OthersFile, value: unknown, options: OthersOptions): readonly OoniCount[] {
  const { result } = parse(entry.file, value, z.object({ result: z.array(ooniCountSchema) }))
  return result.flatMap((row, index): readonly OoniCount[] => {
    const service = serviceIn(entry, row, options)
    if (service === undefined) return []
    const parts = row.anomaly_count + row.confirmed_count + row.failure_count + row.ok_count
    if (parts > row.measurement_count)
      throw refuse(entry.file, `/result/${index}`, `${parts} counted of ${row.measurement_count}`)
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

function listed(entry: OthersFile, value: unknown, options: OthersOptions): readonly OoniCount[] {
  const { results } = parse(entry.file, value, z.object({ results: z.array(ooniMeasurementSchema) }))
  return results.flatMap((row): readonly OoniCount[] => {
    const service = serviceIn(entry, row, options)
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

function events(entry: OthersFile, value: unknown, { country }: OthersOptions): readonly IodaOutage[] {
  const { data } = parse(entry.file, value, z.object({ data: z.array(iodaEventSchema) }))
  return data.flatMap((row): readonly IodaOutage[] => {
    const [kind = '', code = ''] = row.location.split('/')
    const entity = entityOf(kind.toLowerCase(), code, country.code)
    if (entity === undefined) return []
    const from = instant(row.start * 1000)
    return [
      {
        entity,
        from,
        until: instant(from + row.duration * 1000),
        ...defined({ signal: row.datasource }),
      },
    ]
  })
}

/** Outages elsewhere are left out; a region is known by its number alone, so that it must be asked for by itself. */
function entityOf(kind: string, code: string, country: string): IodaOutage['entity'] | undefined {
  if (kind === 'country') return code.toUpperCase() === country ? { kind: 'country' } : undefined
  if (kind === 'asn') return /^\d{1,10}$/.test(code) ? { kind: 'network', asn: parseAsn(code) } : undefined
  return kind === 'region' ? { kind: 'region' } : undefined
}
