/**
 * Names of headers that are shown. A name outside the list may be a mark of the reader as well as its value: both are
 * withheld together. Source: IANA's registry of field names, and what large services send.
 */
const KNOWN = new Set(
  [
    'accept accept-ch accept-encoding accept-language accept-ranges access-control-allow-credentials',
    'access-control-allow-headers access-control-allow-methods access-control-allow-origin access-control-expose-headers',
    'access-control-max-age age allow alt-svc cache-control cf-cache-status cf-mitigated cf-ray connection',
    'content-disposition content-encoding content-language content-length content-location content-range',
    'content-security-policy content-security-policy-report-only content-type cookie critical-ch',
    'cross-origin-embedder-policy cross-origin-opener-policy cross-origin-resource-policy date etag expect-ct expires',
    'host keep-alive last-modified link location nel origin p3p permissions-policy pragma priority proxy-authenticate',
    'proxy-connection referer referrer-policy refresh report-to reporting-endpoints retry-after sec-ch-ua',
    'sec-ch-ua-mobile sec-ch-ua-platform sec-fetch-dest sec-fetch-mode sec-fetch-site sec-fetch-user server server-timing',
    'set-cookie speculation-rules strict-transport-security timing-allow-origin trailer transfer-encoding upgrade',
    'upgrade-insecure-requests user-agent vary via warning www-authenticate x-amz-cf-id x-amz-cf-pop x-amz-request-id',
    'x-aspnet-version x-cache x-cache-hits x-cache-status x-cdn x-content-type-options x-dns-prefetch-control x-fb-debug',
    'x-frame-options x-generator x-goog-hash x-permitted-cross-domain-policies x-powered-by x-request-id x-robots-tag',
    'x-served-by x-timer x-ua-compatible x-varnish x-xss-protection',
  ].flatMap((line) => line.split(' ')),
)
/** Headers of a request that the client wrote itself, independent of earlier answers. */
const OWN = new Set(
  [
    'accept accept-encoding accept-language connection host priority sec-ch-ua sec-ch-ua-mobile sec-ch-ua-platform',
    'sec-fetch-dest sec-fetch-mode sec-fetch-site sec-fetch-user upgrade-insecure-requests user-agent',
  ].flatMap((line) => line.split(' ')),
)

/** Whether a header's name is shown. */
export const isKnownHeader = (name: string): boolean => name.length < 48 && KNOWN.has(name.toLowerCase())

/** Whether the value of a header of a request is shown. */
export const keptHeader = (name: string): boolean => OWN.has(name.toLowerCase())
