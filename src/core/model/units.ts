import { InputError } from './errors.ts'

declare const brand: unique symbol
type Brand<T, Name extends string> = T & { readonly [brand]: Name }

/** Milliseconds of a duration. */
export type Millis = Brand<number, 'Millis'>
/** Seconds since the start of a measurement, or a duration, as OONI writes them. */
export type Seconds = Brand<number, 'Seconds'>
/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = Brand<number, 'Instant'>
/** Number of an autonomous system; 0 is "not known". */
export type Asn = Brand<number, 'Asn'>
/** ISO 3166 code in capitals; `ZZ` is "not known". */
export type CountryCode = Brand<string, 'CountryCode'>
/** 64 lower-case hexadecimal digits. */
export type Sha256 = Brand<string, 'Sha256'>

export const millis = (value: number): Millis => value as Millis
export const seconds = (value: number): Seconds => value as Seconds
export const instant = (value: number): Instant => value as Instant

/** Gives an ASN from `AS9198`, `9198` or a number; throws InputError otherwise. */
export function parseAsn(value: unknown): Asn {
  const text = typeof value === 'number' ? String(value) : value
  const digits = typeof text === 'string' ? /^(?:AS)?(0|[1-9]\d{0,9})$/i.exec(text)?.[1] : undefined
  const number = digits === undefined ? Number.NaN : Number(digits)
  if (!(number <= 0xffff_ffff))
    throw new InputError(`Cannot read network number: found ${JSON.stringify(value)}`, {
      code: 'asn.invalid',
      path: '',
      expected: 'AS and a number up to 4294967295',
    })
  return number as Asn
}

export const formatAsn = (asn: Asn): string => `AS${asn}`

/** Gives a country code in capitals; throws InputError for anything but two letters or digits. */
export function parseCountryCode(value: unknown): CountryCode {
  if (typeof value !== 'string' || !/^[A-Za-z0-9]{2}$/.test(value))
    throw new InputError(`Cannot read country: found ${JSON.stringify(value)}`, {
      code: 'country.invalid',
      path: '',
      expected: 'two letters of ISO 3166',
    })
  return value.toUpperCase() as CountryCode
}

/** Gives a SHA-256 from 64 hexadecimal digits; throws InputError otherwise. */
export function parseSha256(value: unknown): Sha256 {
  if (typeof value !== 'string' || !/^[0-9a-f]{64}$/.test(value))
    throw new InputError('Cannot read measurement id: not a SHA-256', {
      code: 'sha256.invalid',
      path: '',
      expected: '64 lower-case hexadecimal digits',
    })
  return value as Sha256
}

/**
 * Gives an instant from `YYYY-MM-DD`, `YYYY-MM-DD HH:MM:SS` (OONI) or RFC 3339 with Z; always UTC.
 * Throws InputError for other shapes and for days that do not exist.
 */
export function parseInstant(value: unknown): Instant {
  const usual = typeof value === 'string' && value.length === 19 ? usualInstant(value) : Number.NaN
  if (!Number.isNaN(usual)) return usual as Instant
  const match =
    typeof value === 'string'
      ? /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?Z?)?$/.exec(value)
      : null
  if (match !== null) {
    const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0))
    const ms = Math.floor(Number(`0.${match[7] ?? 0}`) * 1000)
    const at = Date.UTC(year!, month! - 1, day, hour, minute, second, ms) // the pattern has all six groups
    const made = new Date(at)
    // Date.UTC takes the years 0 to 99 for 1900 to 1999
    const sameDay = made.getUTCFullYear() === year && made.getUTCMonth() === month! - 1 && made.getUTCDate() === day
    const exists = sameDay && hour! < 24 && minute! < 60
    if (exists && second! < 61) return at as Instant
  }
  throw new InputError(`Cannot read time: found ${JSON.stringify(value)}`, {
    code: 'time.invalid',
    path: '',
    expected: 'YYYY-MM-DD or YYYY-MM-DD HH:MM:SS in UTC',
  })
}

/** `YYYY-MM-DD HH:MM:SS` of a day that every month has, as nearly all measurements are dated; NaN for anything else. */
function usualInstant(text: string): number {
  const pair = (at: number): number => {
    const tens = text.charCodeAt(at) - 48
    const ones = text.charCodeAt(at + 1) - 48
    return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN
  }
  const marks = text[4] === '-' && text[7] === '-' && text[10] === ' ' && text[13] === ':' && text[16] === ':'
  const year = pair(0) * 100 + pair(2)
  const month = pair(5)
  const day = pair(8)
  const hour = pair(11)
  const minute = pair(14)
  const second = pair(17)
  const exists = year >= 100 && month >= 1 && month <= 12 && day >= 1 && day <= 28
  if (!marks || !exists || !(hour < 24) || !(minute < 60) || !(second < 60)) return Number.NaN
  return Date.UTC(year, month - 1, day, hour, minute, second)
}

/** RFC 3339 in UTC; milliseconds only where they are not zero. */
export const formatInstantUtc = (at: Instant): string => new Date(at).toISOString().replace('.000Z', 'Z')
