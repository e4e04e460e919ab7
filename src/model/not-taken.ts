/**
 * Why a piece of the input was not taken, as codes of reports and rejects files; the words stand in text/.
 * The first five set a document aside that was read well and is no measurement of ours.
 */
export const NOT_TAKEN = [
  'not-an-object',
  'no-test-name',
  'no-test-keys',
  'no-time',
  'report-frame',
  'value.too-large',
  'value.crashed',
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
