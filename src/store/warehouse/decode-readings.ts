import { MECHANISMS, type Mechanism } from '../../core/model/measured/mechanism.ts'
import { HALVES, TARGET_HALVES, type Reading } from '../../core/model/measured/reading.ts'
import { ratioCounts } from '../../core/model/measured/reading-of.ts'
import { instant, parseAsn, parseSha256 } from '../../core/model/units.ts'
import type { ReadingColumns, SeriesColumns, SeriesCount, SeriesKey } from './contract.ts'
import { brokenColumn, number, oneOf, columnNumber, columnText, requiredText } from './decode-rows.ts'
import type { Row } from './engine.ts'

/** A row of sql/readings.sql; throws Fault for a value that the program would not have written. */
export function decodeReading(row: Row): Reading {
  const target = oneOf(row, 'target', TARGET_HALVES)
  const control = oneOf(row, 'control', HALVES)
  const mechanism = mechanismOf(columnText(row, 'mechanism') ?? '')
  const lnRatio = columnNumber(row, 'ln_ratio')
  const lnControl = columnNumber(row, 'ln_control')
  return {
    at: instant(number(row, 'at')),
    probe: requiredText(row, 'device'),
    target,
    control,
    canary: oneOf(row, 'canary', HALVES),
    ...(ratioCounts({ target, control }) && { log10Lr: number(row, 'log10_lr') }),
    artefact: number(row, 'artefact') === 1,
    ...(mechanism !== undefined && target === 'fail' && { mechanism }),
    ...(lnRatio !== undefined && { lnRatio }),
    ...(lnControl !== undefined && { lnControl }),
    scheduled: number(row, 'scheduled') === 1,
    id: parseSha256(row['id']),
  }
}

/** A row of sql/series-counts.sql. */
export const decodeSeriesCount = (row: Row): SeriesCount => ({
  service: requiredText(row, 'service'),
  asn: parseAsn(row['probe_asn']),
  country: requiredText(row, 'country'),
  ok: number(row, 'ok'),
  failed: number(row, 'failed'),
  probes: number(row, 'probes'),
})

/** A row of sql/series-keys.sql. */
export const decodeSeriesKey = (row: Row): SeriesKey => ({
  service: requiredText(row, 'service'),
  asn: parseAsn(row['probe_asn']),
  simulated: number(row, 'simulated') === 1,
  count: number(row, 'n'),
  earliest: instant(number(row, 'earliest')),
  latest: instant(number(row, 'latest')),
  insertion: number(row, 'insertion'),
  revoked: number(row, 'revoked') > 0,
})

const mechanismOf = (word: string): Mechanism | undefined => MECHANISMS.find((known) => known === word)

function list(row: Row, column: string): readonly unknown[] {
  const value = row[column]
  if (!Array.isArray(value)) throw brokenColumn(column, value)
  return value
}

/** A row of sql/reading-columns.sql; throws Fault for a value that the program would not have written. */
export const decodeSeriesColumns = (row: Row): SeriesColumns => ({
  service: requiredText(row, 'service'),
  asn: parseAsn(row['probe_asn']),
  columns: decodeColumns(row),
})

function decodeColumns(row: Row): ReadingColumns {
  const ats = list(row, 'ats')
  const ratios = list(row, 'ratios')
  const places = list(row, 'timed_places')
  const probe = indexed(list(row, 'probe_names'), Int32Array, (name) => name)
  const mechanism = indexed(list(row, 'mechanisms'), Int16Array, mechanismOf)
  const outcome = Uint8Array.from(list(row, 'outcomes'), Number)
  const log10Lr = new Float32Array(ats.length)
  for (let i = 0; i < ats.length; i++) {
    const byte = outcome[i]! // as many as times
    const halves = { target: TARGET_HALVES[byte & 3]!, control: HALVES[(byte >> 2) & 3] ?? 'none' } // two bits, four words
    log10Lr[i] = ratioCounts(halves) ? Number(ratios[i]) : Number.NaN
  }
  return {
    size: ats.length,
    at: Float64Array.from(ats, Number),
    probe: probe.index,
    outcome,
    log10Lr,
    lnRatio: placed(list(row, 'ln_ratios'), places, ats.length),
    lnControl: placed(list(row, 'ln_controls'), places, ats.length),
    mechanism: mechanism.index,
    probes: probe.values,
    mechanisms: mechanism.values,
  }
}

/** Values at their places, counted from 1; NaN everywhere else. */
function placed(values: readonly unknown[], places: readonly unknown[], length: number): Float32Array {
  const all = new Float32Array(length).fill(Number.NaN)
  for (const [i, place] of places.entries()) all[Number(place) - 1] = Number(values[i])
  return all
}

/** Words as numbers in the order of the alphabet; −1 for the empty word and for words that are none. */
function indexed<T extends string, A extends Int16Array | Int32Array>(
  words: readonly unknown[],
  make: new (length: number) => A,
  read: (word: string) => T | undefined,
): { readonly index: A; readonly values: readonly T[] } {
  const distinct = [...new Set(words)].filter((word): word is string => typeof word === 'string' && word !== '')
  const values = distinct.toSorted().flatMap((word) => read(word) ?? [])
  const known = new Map<unknown, number>(values.map((value, i) => [value, i]))
  const index = new make(words.length)
  for (let i = 0; i < words.length; i++) index[i] = known.get(words[i]) ?? -1
  return { index, values }
}
