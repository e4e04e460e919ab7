// What one measurement of our own probe records when something fails, and what the judge says of it: a document of the
// public format, decoded, observed and judged as any other. Equal documents are judged once.
import type { Discordant } from '../../src/core/model/measured/discordant.ts'
import type { MeasurementHead } from '../../src/core/model/measured/measurement.ts'
import type { PairTimes } from '../../src/core/model/measured/pair-times.ts'
import type { Verdict } from '../../src/core/model/measured/verdict.ts'
import { measuredOf } from '../../src/core/derive/measured.ts'
import { judge } from '../../src/core/judge/judge.ts'
import { parseSha256 } from '../../src/core/model/units.ts'
import { observe } from '../../src/core/observe/observe.ts'
import { decodeMeasurement } from '../../src/core/ooni/decode/decode.ts'
import { openCertificates } from '../../src/runtime/certificates.ts'
import { loadTables } from '../../src/runtime/tables/tables.ts'
import { createCertificateShelf } from '../../lab/history/certificates.ts'
import { kuagerDocument } from '../../test/kit/measured/kuager-document.ts'
import { endpoint, type EndpointOptions } from '../../test/kit/measured/kuager-endpoint.ts'
import type { Ending } from './cause-kinds.ts'

/** What fails in one measurement; a healthy one has no `ending`. */
export interface Shape {
  readonly ending?: Ending
  /** The control name at the same address fails too, and the neighbour of the address. */
  readonly innocentFails: boolean
  readonly neighbourFails: boolean
  readonly dns: 'right' | 'odd' | 'negative-one-name' | 'all-fail'
  readonly doh: boolean
  /** Direct evidence: a bogon, or the certificate of an interception authority. */
  readonly artefact: boolean
  /** What the control abroad finds; `down`: it does not answer us. */
  readonly abroad: 'passes' | 'fails' | 'down'
  /** What the name under test did at a server of another name; absent: not tried. */
  readonly crossed?: 'cures' | 'no'
  /** Exchanges with names never restricted that passed, of fifteen. */
  readonly canaries: number
}

/** What is kept of a judged document. */
export interface JudgedShape {
  readonly head: MeasurementHead
  readonly verdict: Verdict
  readonly times?: PairTimes
  readonly discordant?: Discordant
}

export const HEALTHY: Shape = {
  innocentFails: false,
  neighbourFails: false,
  dns: 'right',
  doh: true,
  artefact: false,
  abroad: 'passes',
  canaries: 15,
}

const GENUINE = '142.250.74.46'
const FORGED = '95.59.44.12'
const BOGON = '10.10.34.34'
const HOST = 'www.youtube.com'
const SILENT = 'generic_timeout_error'
const STATE_CHAIN = createCertificateShelf(1).chain(HOST, 'state', Date.UTC(2026, 10, 20))

/** Letter of the target's half, how it fails abroad, and the failure word of a whole exchange. */
const HALF = {
  'tls-silence': { letter: '.', word: SILENT },
  'tls-reset': { letter: 'r', word: 'connection_reset' },
  'tls-alert': { letter: 'a', word: 'ssl_alert' },
} as const

/** The endpoint as it is recorded. Pairs begin with a control, and are repeated once. */
function optionsOf(shape: Shape): EndpointOptions {
  const { ending, innocentFails, neighbourFails } = shape
  const abroad = shape.abroad === 'fails'
  const neighbour = neighbourFails ? '..' : '++'
  const crossed = shape.crossed === undefined ? {} : { crossed: shape.crossed === 'cures' ? '+.' : '++' }
  if (ending === undefined) return {}
  if (shape.dns !== 'right') return { ...dnsOptions(shape), ...crossed }
  switch (ending) {
    case 'dns': // the resolver answered rightly after all
      return {}
    case 'tcp-silence':
    case 'tcp-reset': {
      const word = ending === 'tcp-silence' ? SILENT : 'connection_reset'
      const control = abroad ? { tcp: { [GENUINE]: word }, http: word } : {}
      return { tcp: { [GENUINE]: word }, neighbour, control, ...crossed }
    }
    case 'tls-silence':
    case 'tls-reset':
    case 'tls-alert': {
      const { letter, word } = HALF[ending]
      const rounds = innocentFails ? letter.repeat(3) : `+${letter}+`
      const control = abroad ? { tls: innocentFails ? letter.repeat(2) : `${letter}+`, http: word } : {}
      return {
        tls: [rounds, rounds],
        ...(innocentFails ? { neighbour } : {}),
        control,
        ...crossed,
      }
    }
    case 'certificate': {
      if (shape.artefact) return { tls: ['hxh', 'hxh'], page: null, certificates: STATE_CHAIN, ...crossed }
      const letter = abroad ? 'e' : 'x'
      const control = abroad ? { tls: 'e+', http: 'ssl_invalid_certificate' } : {}
      return { tls: [`+${letter}+`, `+${letter}+`], page: null, control, ...crossed }
    }
    case 'http-error':
      return { page: 503, control: { http: abroad ? 503 : 200 } }
    case 'slow': {
      const rounds = innocentFails ? 'sss' : '+s+'
      return { tls: [rounds, rounds, rounds], control: abroad ? { slow: 4 } : {}, ...crossed }
    }
  }
}

function dnsOptions({ dns, doh, artefact, ending, abroad }: Shape): EndpointOptions {
  const encrypted = doh ? [GENUINE] : SILENT
  const control =
    abroad === 'fails' ? { dns: 'dns_nxdomain_error', http: 'dns_nxdomain_error' } : { addresses: [GENUINE] }
  const answered = { doh: encrypted, control }
  if (dns === 'odd') {
    if (artefact) return { addresses: [BOGON], tls: {}, tcp: { [BOGON]: SILENT }, ...answered }
    if (ending === 'certificate') return { addresses: [FORGED], tls: ['hxh', 'hxh'], page: null, ...answered }
    return { addresses: [FORGED], tls: {}, tcp: { [FORGED]: SILENT }, ...answered }
  }
  const system = dns === 'all-fail' ? SILENT : 'dns_nxdomain_error'
  return { system, addresses: [], ...answered }
}

const tables = loadTables()
const certificates = openCertificates()
const known = new Map<string, JudgedShape>()

/** Judges the document of a shape. */
export function judgeShape(shape: Shape): JudgedShape {
  const key = JSON.stringify(shape)
  const found = known.get(key)
  if (found !== undefined) return found
  const made = judgeDocument(shape)
  known.set(key, made)
  return made
}

/** What the probe finds of its line (docs/methods/measuring.md): with most names lost it is unstable, with all of them down. */
function lineOf({ ending, dns, canaries }: Shape): { readonly state?: string; readonly resolver?: string } {
  if (canaries === 0) return { state: 'down' }
  if (ending !== undefined && dns === 'all-fail') return { state: 'resolver-broken', resolver: 'fails' }
  return canaries <= 7 ? { state: 'unstable' } : {}
}

function judgeDocument(shape: Shape): JudgedShape {
  const passed = (share: number): number => Math.round(shape.canaries * share)
  const canaries = (['before', 'during', 'after'] as const).map((moment, i) => ({
    moment,
    t: i * 4,
    tried: 5,
    passed: passed((i + 1) / 3) - passed(i / 3),
  }))
  const decoded = decodeMeasurement(
    kuagerDocument({
      line: { canaries, ...lineOf(shape) },
      endpoints: [endpoint(HOST, { ...optionsOf(shape), ...(shape.abroad === 'down' ? { control: null } : {}) })],
    }),
  )
  if (decoded.kind !== 'measurement') throw new TypeError(`Cannot decode the document of ${JSON.stringify(shape)}`)
  const observations = observe(decoded, certificates)
  const verdict = judge(decoded.head, observations, tables)
  const provenance = { id: parseSha256('0'.repeat(64)), channel: 'simulator', origin: 'made' } as const
  const { head, times, discordant } = measuredOf({
    leafIndex: 0,
    provenance,
    head: decoded.head,
    service: 'youtube',
    verdict,
    observations,
  })
  return { head, verdict, ...(times && { times }), ...(discordant && { discordant }) }
}
