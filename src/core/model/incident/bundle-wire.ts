import type { BundleObservations, BundleVerdict } from './bundle.ts'
import type { Observation } from '../measured/observation.ts'
import type { Verdict } from '../measured/verdict.ts'
import { encodeVerdict } from '../measured/verdict-wire.ts'

/** A value of JSON, as it is in a bundle. */
export type PlainJson = null | boolean | number | string | readonly PlainJson[] | { readonly [name: string]: PlainJson }

/**
 * A value as canonical JSON can hold it: absent members are left out, lone surrogates become U+FFFD, integers beyond 2^53
 * become their digits as text, and numbers that are not finite null. What a measurement says may hold all of these.
 */
export function toPlainJson(value: unknown): PlainJson {
  if (typeof value === 'string') return value.toWellFormed()
  if (typeof value === 'number') return plainNumber(value)
  if (typeof value === 'boolean') return value
  if (Array.isArray(value)) return value.map(toPlainJson)
  if (typeof value !== 'object' || value === null) return null
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return Object.fromEntries(members.map(([name, member]) => [name.toWellFormed(), toPlainJson(member)]))
}

const plainNumber = (value: number): PlainJson =>
  !Number.isFinite(value) ? null : Number.isInteger(value) && !Number.isSafeInteger(value) ? String(value) : value

const plainRecord = (value: object): Record<string, PlainJson> =>
  Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) =>
      member === undefined ? [] : [[name.toWellFormed(), toPlainJson(member)]],
    ),
  )

/** A line of `data/verdicts.jsonl` as a value: the writer and a reader who judges again make it here. */
export const encodeBundleVerdict = (leaf: number, service: string, verdict: Verdict): BundleVerdict =>
  ({ leaf, service: service.toWellFormed(), verdict: plainRecord(encodeVerdict(verdict)) }) as BundleVerdict

/** A line of `data/observations.jsonl` as a value. */
export const encodeBundleObservations = (leaf: number, observations: readonly Observation[]): BundleObservations =>
  ({ leaf, observations: observations.map(plainRecord) }) as BundleObservations
