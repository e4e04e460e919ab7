import { randomInt } from 'node:crypto'
import type { Clock } from '../../runtime/clock.ts'
import { formatAsn, parseAsn, parseCountryCode, type Asn, type CountryCode } from '../../core/model/units.ts'
import { formatReportId } from './report-id.ts'

/** A URL that is offered to OONI's probes. */
export interface OfferedUrl {
  readonly url: string
  readonly category_code: string
  readonly country_code: string
}

export interface CheckInParts {
  /** URLs of test helpers, as the operator named them. */
  readonly helpers: readonly string[]
  /** What may be offered: never one of tier N (data/never.json); the caller has taken those out. */
  readonly urls: readonly OfferedUrl[]
  /** Network, its name and its country, of an address, where a table knows them. */
  readonly placeOf: (address: string) => CheckInPlace | undefined
  readonly clock: Clock
}

export interface CheckInPlace {
  readonly asn: Asn
  readonly name: string
  readonly cc: CountryCode
}

/** Tests that a probe runs without a list. */
const WITHOUT_INPUT = ['facebook_messenger', 'signal', 'telegram', 'whatsapp'] as const

/** Test helpers by kind, in OONI's shape. */
export type TestHelpers = Readonly<Record<string, readonly { readonly address: string; readonly type: string }[]>>

/** Answer of `POST /api/v1/check-in`, in OONI's shape. */
export interface CheckInAnswer {
  readonly v: 1
  readonly probe_cc: string
  readonly probe_asn: string
  readonly probe_network_name: string
  readonly utc_time: string
  readonly conf: { readonly features: Readonly<Record<string, boolean>>; readonly test_helpers: TestHelpers }
  readonly tests: Readonly<Record<(typeof WITHOUT_INPUT)[number], { readonly report_id: string }>> & {
    readonly web_connectivity: { readonly report_id: string; readonly urls: readonly OfferedUrl[] }
  }
  /** Where `x_client` was asked for: the sender's address, given only to the sender, whose probe erases it. */
  readonly x_client?: { readonly address: string }
}

/** URLs that are offered at once, by how a run was begun. Source: OONI's backend. */
const MOST_URLS = { manual: 9999, charging: 100, other: 20 } as const
const ADDRESSES = 50

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
/** Sixteen letters for a new report. */
const tail = (): string => Array.from({ length: 16 }, () => LETTERS[randomInt(LETTERS.length)]).join('')

const field = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined

/** Answers of the collector that are not submissions, in OONI's shapes (docs/formats/collector.md). */
export class CheckIn {
  readonly #parts: CheckInParts

  constructor(parts: CheckInParts) {
    this.#parts = parts
  }

  /** `POST /api/v1/check-in`; `sender` is used and forgotten. */
  checkIn(request: unknown, sender: string | undefined): CheckInAnswer {
    const { clock } = this.#parts
    const place = this.#placeFor(request, sender)
    const report = (testName: string): string =>
      formatReportId({ at: clock.now(), testName, cc: place.cc, asn: place.asn }, tail())
    return {
      v: 1,
      probe_cc: place.cc,
      probe_asn: formatAsn(place.asn),
      probe_network_name: place.name,
      utc_time: new Date(clock.now()).toISOString().replace(/\.\d+Z$/, 'Z'),
      conf: {
        features: {
          'webconnectivity_0.5': true,
          torsf_enabled: false,
          vanilla_tor_enabled: false,
          openvpn_enabled: false,
        },
        test_helpers: this.testHelpers(),
      },
      tests: {
        web_connectivity: { report_id: report('web_connectivity'), urls: this.#choose(request) },
        facebook_messenger: { report_id: report('facebook_messenger') },
        signal: { report_id: report('signal') },
        telegram: { report_id: report('telegram') },
        whatsapp: { report_id: report('whatsapp') },
      },
      ...(sender !== undefined && field(request, 'x_client') === true ? { x_client: { address: sender } } : {}),
    }
  }

  /** `GET /api/v1/test-helpers`: none but those that the operator named. */
  testHelpers(): TestHelpers {
    const helpers = this.#parts.helpers.map((address) => ({ address, type: 'https' }))
    return {
      'web-connectivity': helpers,
      dns: [],
      'http-return-json-headers': [],
      ssl: [],
      'tcp-echo': [],
      traceroute: [],
    }
  }

  /** `POST /api/v1/geolookup`: what the table knows of each address that was asked for; at most 50. */
  geolookup(request: unknown): object | undefined {
    const addresses = field(request, 'addresses')
    if (!Array.isArray(addresses) || addresses.length > ADDRESSES) return undefined
    const found = addresses.map((address: unknown) => {
      if (typeof address !== 'string' || address.length > 64) return undefined
      const place = this.#parts.placeOf(address)
      return [address, { cc: place?.cc ?? 'ZZ', asn: place?.asn ?? 0, as_name: place?.name ?? '' }] as const
    })
    if (found.includes(undefined)) return undefined
    return { v: 1, geolocation: Object.fromEntries(found.filter((entry) => entry !== undefined)) }
  }

  /** `POST /report` of the older protocol, which keeps nothing: the id says all there is. */
  openReport(request: unknown): { readonly report_id: string } | undefined {
    const testName = field(request, 'test_name')
    const [cc, asn] = [field(request, 'probe_cc'), field(request, 'probe_asn')]
    if (typeof testName !== 'string' || !/^[a-z][a-z0-9_]{1,29}$/.test(testName)) return undefined
    if (typeof cc !== 'string' || !/^[A-Z0-9]{2}$/.test(cc) || typeof asn !== 'string') return undefined
    if (!/^AS(0|[1-9]\d{0,9})$/.test(asn) || Number(asn.slice(2)) > 0xffff_ffff) return undefined
    const parts = { at: this.#parts.clock.now(), testName, cc: parseCountryCode(cc), asn: parseAsn(asn) }
    return { report_id: formatReportId(parts, tail()) }
  }

  /** The sender's address decides; what the probe says of itself stands only where no table knows the address. */
  #placeFor(request: unknown, sender: string | undefined): CheckInPlace {
    const known = sender === undefined ? undefined : this.#parts.placeOf(sender)
    if (known !== undefined) return known
    const [cc, asn] = [field(request, 'probe_cc'), field(request, 'probe_asn')]
    const claims = typeof cc === 'string' && /^[A-Z]{2}$/.test(cc) && typeof asn === 'string' && /^AS\d{1,9}$/.test(asn)
    return claims
      ? { cc: parseCountryCode(cc), asn: parseAsn(Number(asn.slice(2))), name: '' }
      : { cc: parseCountryCode('ZZ'), asn: parseAsn(0), name: '' }
  }

  /** A random choice of the asked categories, as many as the run has time for. */
  #choose(request: unknown): readonly OfferedUrl[] {
    const manual = field(request, 'run_type') === 'manual'
    const most = manual ? MOST_URLS.manual : field(request, 'charging') === true ? MOST_URLS.charging : MOST_URLS.other
    const asked = field(field(request, 'web_connectivity'), 'category_codes')
    const codes = Array.isArray(asked) ? new Set<unknown>(asked.slice(0, 100)) : new Set<unknown>()
    const offered = this.#parts.urls.filter(({ category_code: code }) => codes.size === 0 || codes.has(code))
    const chosen = [...offered]
    for (let i = chosen.length - 1; i > 0; i--) {
      const j = randomInt(i + 1)
      ;[chosen[i], chosen[j]] = [chosen[j]!, chosen[i]!] // both places are below the length
    }
    return chosen.slice(0, most)
  }
}
