import type { Asn, CountryCode, Instant, Sha256 } from '../../core/model/units.ts'

/** What OONI's ids are made from. */
export interface ReportParts {
  readonly at: Instant
  readonly testName: string
  readonly cc: CountryCode
  readonly asn: Asn
}

/** `20251125T183900Z` */
const compact = (at: Instant): string =>
  new Date(at)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:]/g, '')
const plain = (testName: string): string => testName.replaceAll('_', '')

/** A report id as OONI's collector makes it; `tail` is 16 letters and digits. */
export const formatReportId = ({ at, testName, cc, asn }: ReportParts, tail: string): string =>
  `${compact(at)}_${plain(testName)}_${cc}_${asn}_n1_${tail}`

/** Country, network and test of a report id; undefined for a text that is none. */
export function parseReportId(
  text: string,
): { readonly testName: string; readonly cc: string; readonly asn: string } | undefined {
  const match = /^\d{8}T\d{6}Z_([a-z0-9]{2,30})_([A-Z0-9]{2})_(\d{1,10})_n\d{1,3}_[A-Za-z0-9]{16}$/.exec(text)
  return match === null ? undefined : { testName: match[1]!, cc: match[2]!, asn: `AS${match[3]!}` } // three groups
}

/** Whether a measurement belongs to the report that it was posted to. */
export const belongsTo = (report: string, of: { testName: string; cc: string; asn: string }): boolean => {
  const parts = parseReportId(report)
  return parts?.testName === plain(of.testName) && parts.cc === of.cc && parts.asn === of.asn
}

/**
 * `measurement_uid` in OONI's form, made from what the measurement says and the digest of its bytes, so that the same
 * bytes are answered the same however often they come.
 */
export const measurementUidOf = ({ at, testName, cc }: ReportParts, id: Sha256): string =>
  `${compact(at).replace(/[TZ]/g, '')}.000000_${cc}_${plain(testName)}_${id.slice(0, 16)}`
