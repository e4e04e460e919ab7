import type { Mechanism } from '../../model/mechanism.ts'
import { MECHANISMS } from '../../model/mechanism.ts'
import { HALVES, TARGET_HALVES } from '../../model/reading.ts'
import type { Half, Reading, TargetHalf } from '../../model/reading.ts'
import { instant, parseAsn, parseSha256 } from '../../model/units.ts'
import type { ReadingColumns, SeriesKey } from './contract.ts'
import { broken, number, oneOf, optionalText, text } from './decode-rows.ts'
import type { Row } from './engine.ts'

/** A ratio counts where the target was judged and the control does not fail with it: a common failure says nothing. */
const hasRatio = (target: TargetHalf, control: Half): boolean =>
  target === 'ok' || ((target === 'fail' || target === 'slow') && control !== 'fail')

/** A row of sql/readings.sql; throws Fault for a value that the program would not have written. */
export function decodeReading(row: Row): Reading {
  const target = oneOf(row, 'target', TARGET_HALVES)
  const control = oneOf(row, 'control', HALVES)
  const mechanism = mechanismOf(optionalText(row, 'mechanism') ?? '')
  return {
    at: instant(number(row, 'at')),
    probe: text(row, 'probe'),
    target,
    control,
    canary: oneOf(row, 'canary', HALVES),
    ...(hasRatio(target, control) && { log10Lr: number(row, 'log10_lr') }),
    artefact: number(row, 'artefact') === 1,
    ...(mechanism !== undefined && target === 'fail' && { mechanism }),
    scheduled: number(row, 'scheduled') === 1,
    id: parseSha256(row['id']),
  }
}

/** A row of sql/series-keys.sql. */
export const decodeSeriesKey = (row: Row): SeriesKey => ({
  service: text(row, 'service'),
  asn: parseAsn(row['probe_asn']),
  simulated: number(row, 'simulated') === 1,
  count: number(row, 'n'),
  earliest: instant(number(row, 'earliest')),
  latest: instant(number(row, 'latest')),
  insertion: number(row, 'insertion'),
})

const mechanismOf = (word: string): Mechanism | undefined => MECHANISMS.find((known) => known === word)

function list(row: Row, column: string): readonly unknown[] {
  const value = row[column]
  if (!Array.isArray(value)) throw broken(column, value)
  return value
}

/** The one row of sql/reading-columns.sql; throws Fault for a value that the program would not have written. */
export function decodeReadingColumns(row: Row): ReadingColumns {
  const ats = list(row, 'ats')
  const ratios = list(row, 'ratios')
  const outcomes = list(row, 'outcomes')
  const probe = indexed(list(row, 'probes'), Int32Array, (name) => name)
  const mechanism = indexed(list(row, 'mechanisms'), Int16Array, mechanismOf)
  const outcome = new Uint8Array(ats.length)
  const log10Lr = new Float32Array(ats.length)
  const packed = new Map<unknown, { readonly bits: number; readonly ratio: boolean }>()
  for (let i = 0; i < ats.length; i++) {
    const word = outcomes[i]
    let known = packed.get(word)
    if (known === undefined) {
      known = packWord(String(word))
      packed.set(word, known)
    }
    outcome[i] = known.bits
    log10Lr[i] = known.ratio ? Number(ratios[i]) : Number.NaN
  }
  return {
    at: Float64Array.from(ats, Number),
    probe: probe.index,
    probes: probe.values,
    outcome,
    log10Lr,
    mechanism: mechanism.index,
    mechanisms: mechanism.values,
  }
}

function packWord(word: string): { readonly bits: number; readonly ratio: boolean } {
  const [target, control, canary, artefact, scheduled] = word.split(' ')
  const half = (value: string | undefined, column: string): Half => oneOf({ [column]: value }, column, HALVES)
  const targetHalf = oneOf({ target }, 'target', TARGET_HALVES)
  const controlHalf = half(control, 'control')
  const bits = TARGET_BITS[targetHalf] | (HALF_BITS[controlHalf] << 2) | (HALF_BITS[half(canary, 'canary')] << 4)
  return {
    bits: bits | (Number(artefact) << 6) | (Number(scheduled) << 7),
    ratio: hasRatio(targetHalf, controlHalf),
  }
}

const TARGET_BITS = { none: 0, ok: 1, slow: 2, fail: 3 } as const satisfies Record<TargetHalf, number>
const HALF_BITS = { none: 0, ok: 1, fail: 2 } as const satisfies Record<Half, number>

/** Words as numbers in the order of their first appearance; −1 for the empty word and for words that are none. */
function indexed<T, A extends Int16Array | Int32Array>(
  words: readonly unknown[],
  make: new (length: number) => A,
  read: (word: string) => T | undefined,
): { readonly index: A; readonly values: readonly T[] } {
  const known = new Map<unknown, number>([['', -1]])
  const values: T[] = []
  const index = new make(words.length)
  for (let i = 0; i < words.length; i++) {
    const word = words[i]
    let number = known.get(word)
    if (number === undefined) {
      const value = read(String(word))
      number = value === undefined ? -1 : values.push(value) - 1
      known.set(word, number)
    }
    index[i] = number
  }
  return { index, values }
}
