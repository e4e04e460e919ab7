import { SCRUBBED } from '../publish/erase-address.ts'

/** Headers whose value names one request or one visitor: the holder of a server's log can find the person by it. */
const NAMES_REQUEST =
  /^(?:cf-ray|nel|report-to|traceparent|tracestate|x-timer|x-fb-debug|x-fb-trip-id|x-amz-cf-id|x-amz-id-2|x-amzn-trace-id|x-ua-device|(?:x-)?b3|x-b3-.*|.*(?:request|trace|correlation|transaction|session|visitor|client|span|log|reference|debug)-?(?:id|uuid|guid|token)|x-.*-(?:ray|reqid|trace))$/i
/** A moment to the second: of HTTP, in its older form with dashes (cookies), of ISO 8601, since 1970. */
const HTTP_SECOND = /\b(\d{2}[ -][A-Z][a-z]{2}[ -]\d{2,4} \d{2}:\d{2}):\d{2}(?= GMT)/g
const ISO_SECOND = /\b(20\d\d-\d\d-\d\d[T ]\d\d:\d\d):\d\d(?:[.,]\d{1,9})?/g
const EPOCH = /(?<![\w.-])(1[6-9]\d{8})(\d{3}|\.\d{1,6})?(?![\w.-])/g
/** Parameters by which sign-in pages of hotspots name a guest, the guest's device or the place. */
const PORTAL_VALUE =
  /([?&;](?:[a-z_-]{0,16}mac[a-z_-]{0,16}|[a-z_-]{0,16}ssid|ap[a-z_-]{0,16}id|called|calling|nasid|nas_id|user(?:name)?|login|msisdn|phone|hostname|device[a-z_-]{0,16}|wlanuserip|wlanacname|client_?ip|ip)=)[^&#"'\s<>]{1,256}/gi

/** A text without seconds of the day: the second of a run would tell who measured. */
export const withoutSeconds = (text: string): string =>
  text
    .replace(HTTP_SECOND, '$1:00')
    .replace(ISO_SECOND, '$1:00')
    .replace(EPOCH, (_, seconds: string, rest: string | undefined) => {
      const minute = String(Math.floor(Number(seconds) / 60) * 60)
      return rest === undefined ? minute : `${minute}${rest.replace(/\d/g, '0')}`
    })

/** A URL or page without the values by which a sign-in page names its guest. */
export const withoutGuest = (text: string): string => text.replace(PORTAL_VALUE, `$1${SCRUBBED}`)

/**
 * Value of a header of an answer as it is written: cookies by their names alone, nothing that names one request, no
 * second of the day, no guest of a hotspot. Names of headers stay, and so does every other value.
 */
export function coarseHeader(name: string, value: string): string {
  if (/^set-cookie2?$/i.test(name)) return `${/^[^=;\s]{0,64}/.exec(value)?.[0] ?? ''}=${SCRUBBED}`
  if (NAMES_REQUEST.test(name)) return SCRUBBED
  return withoutGuest(withoutSeconds(value))
}
