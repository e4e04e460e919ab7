import { parseCsv } from '../csv.ts'
import { InputError } from '../errors.ts'
import { parsePlainPattern, type PlainPattern } from '../plain-pattern.ts'
import type { Fingerprint } from './tables.ts'
import { parseCountryCode, type CountryCode } from '../units.ts'

const SCOPES = ['isp', 'nat', 'prod', 'inst', 'vbw', 'fp'] as const
const COLUMNS = ['name', 'scope', 'location_found', 'pattern_type', 'pattern', 'expected_countries'] as const
type Column = (typeof COLUMNS)[number]

/** Longest regular expression that is taken from a file. */
const MAX_REGEXP = 500

/**
 * Reads fingerprints in the CSV form of OONI's blocking-fingerprints. A scope that is empty or not known here
 * counts as `vbw`: worth nothing without a control. Throws InputError with the line of what it cannot read.
 */
export function parseFingerprints(text: string, file: string): readonly Fingerprint[] {
  const rows = parseCsv(text)
  const head = rows[0]?.cells ?? []
  const at = new Map(COLUMNS.map((column) => [column, head.indexOf(column)]))
  for (const column of COLUMNS)
    if (at.get(column) === -1) throw refuse(file, 1, `no column "${column}"`, COLUMNS.join(', '))
  return rows.slice(1).map(({ line, cells }) => {
    const cell = (column: Column): string => cells[at.get(column) ?? -1] ?? ''
    const scope = SCOPES.find((one) => one === cell('scope')) ?? 'vbw'
    return {
      name: cell('name'),
      scope,
      place: parsePlace(cell('location_found'), file, line),
      pattern: parsePattern(cell('pattern_type'), cell('pattern'), file, line),
      countries: parseCountries(cell('expected_countries'), file, line),
    }
  })
}

const refuse = (file: string, line: number, found: string, expected: string): InputError =>
  new InputError(`Cannot read fingerprints "${file.replace(/^.*[/\\]/, '')}", line ${line}: ${found}`, {
    code: 'fingerprints.invalid',
    path: `line ${line}`,
    expected,
  })

function parsePlace(text: string, file: string, line: number): Fingerprint['place'] {
  if (text === 'dns' || text === 'body') return { kind: text }
  const header = /^header\.([A-Za-z0-9-]+)$/.exec(text)?.[1]
  if (header !== undefined) return { kind: 'header', name: header.toLowerCase() }
  throw refuse(file, line, `location_found "${text}"`, 'dns, body or header.NAME')
}

function parsePattern(kind: string, text: string, file: string, line: number): Fingerprint['pattern'] {
  if (text === '') throw refuse(file, line, 'an empty pattern', 'a pattern')
  switch (kind) {
    case 'full':
    case 'prefix':
    case 'contains':
      return { kind, text }
    case 'regexp':
      if (text.length > MAX_REGEXP)
        throw refuse(file, line, `a regular expression of ${text.length} characters`, `at most ${MAX_REGEXP}`)
      return { kind, plain: readPlain(text, file, line) }
    default:
      throw refuse(file, line, `pattern_type "${kind}"`, 'full, prefix, contains or regexp')
  }
}

function readPlain(text: string, file: string, line: number): PlainPattern {
  const plain = parsePlainPattern(text)
  if (plain !== undefined) return plain
  const expected = 'characters, classes, ".", "*", "+", "?", and no groups, alternatives or counts'
  throw refuse(file, line, 'a regular expression of another kind', expected)
}

function parseCountries(text: string, file: string, line: number): readonly CountryCode[] {
  return text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
    .map((one) => {
      if (!/^[A-Za-z]{2}$/.test(one)) throw refuse(file, line, `country "${one}"`, 'two letters')
      return parseCountryCode(one)
    })
}
