/**
 * Why a document that was read well is kept aside, being no measurement of ours.
 * `not-an-object` the JSON value is a list, a text or a number; `no-test-name` nothing says which test it is;
 * `no-test-keys` a test that left no result; `no-time` nothing says when it was made;
 * `report-frame` the opening or closing entry of a report of the 2010s, not one of its measurements.
 */
export const ASIDE_REASONS = ['not-an-object', 'no-test-name', 'no-test-keys', 'no-time', 'report-frame'] as const
export type AsideReason = (typeof ASIDE_REASONS)[number]

/** Why a piece of the input was not taken, as codes of reports and rejects files; the words are in text/. */
export const NOT_TAKEN = [
  ...ASIDE_REASONS,
  'value.too-large',
  'value.crashed',
  'value.slow',
  'value.late',
  'log.simulated',
  'log.real',
  'json.truncated',
  'json.invalid',
  'json.too-deep',
  'json.too-large',
  'utf8.invalid',
  'measurement.shape',
  'measurement.value',
  'time.invalid',
  'asn.invalid',
  'country.invalid',
  'file.unknown',
  'file.unreadable',
  'file.nested-too-deep',
  'gzip.truncated',
  'gzip.corrupt',
  'zstd.truncated',
  'zstd.corrupt',
  'tar.truncated',
  'tar.corrupt',
  'tar.unsupported',
  'http.broken',
] as const
export type NotTaken = (typeof NOT_TAKEN)[number]

export const isNotTaken = (code: string): code is NotTaken => NOT_TAKEN.some((known) => known === code)
