import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createCertificateShelf } from '../../../lab/history/certificates.ts'
import { ROOT } from '../../house/sources.ts'
import * as kit from '../net/certificates.ts'
import { EXAMPLE_PAGE, webMeasurement, type Json } from './measurement.ts'
import { signalMeasurement, sniMeasurement, telegramMeasurement, whatsappMeasurement } from './messenger-measurement.ts'
import { NETTEST_SAMPLES } from './nettest-samples.ts'

/** A folder of real measurements of other people, which is no part of the project: they are an extra where it is there. */
const REAL = join(ROOT, '../shared/data/ooni')

/** A measurement as a probe submits it. */
export interface Sample {
  readonly name: string
  readonly bytes: Buffer
}

const chain = createCertificateShelf(7).chain('www.example.com', 'genuine', Date.UTC(2025, 0, 1))
const base64 = (text: string): Json => ({ format: 'base64', data: Buffer.from(text).toString('base64') })

/** web_connectivity as clients before 2018 wrote it: no handshakes, headers as an object, the newest request first. */
function oldWeb(keys: Json): Json {
  const { tls_handshakes: _handshakes, ...rest } = webMeasurement({ url: 'http://www.example.com/' })[
    'test_keys'
  ] as Json // made so
  return webMeasurement({
    url: 'http://www.example.com/',
    startedAt: '2017-05-16 13:11:40',
    root: {
      test_version: '0.1.0',
      software_name: 'ooniprobe',
      software_version: '2.2.0',
      test_keys: { ...rest, ...keys },
    },
  })
}

const WEB: Readonly<Record<string, Json>> = {
  open: webMeasurement({ certificates: [kit.LEAF, kit.INTERMEDIATE] }),
  lab: webMeasurement({ certificates: chain }),
  forged: webMeasurement({ certificates: [kit.FORGED_LEAF, kit.FORGED_INTERMEDIATE], tls: 'ssl_unknown_authority' }),
  nxdomain: webMeasurement({ dns: 'dns_nxdomain_error' }),
  bogon: webMeasurement({ addresses: ['10.10.34.35'], tcp: 'generic_timeout_error' }),
  refused: webMeasurement({ tcp: 'connection_refused' }),
  reset: webMeasurement({ tls: 'connection_reset' }),
  silent: webMeasurement({ tls: 'generic_timeout_error' }),
  cut: webMeasurement({ http: 'eof_error' }),
  moved: webMeasurement({ status: 302, headers: [['Location', 'https://www.example.com/kz?q=1']], body: '' }),
  binary: webMeasurement({ body: base64(EXAMPLE_PAGE) }),
  'no-control': webMeasurement({ control: 'absent' }),
  ipv6: webMeasurement({ addresses: ['2606:2800:21f:cb07:6820:80da:af6b:8b2c'] }),
  'own-address': webMeasurement({ root: { probe_ip: '95.56.77.88' }, body: 'You are 95.56.77.88' }),
  'header-base64': oldWeb({
    requests: [
      {
        failure: null,
        request: { headers: { Accept: base64('*/*') }, method: 'GET', url: 'http://www.example.com/' },
        response: { code: 200, headers: { 'Content-Type': base64('text/html\0') }, body: EXAMPLE_PAGE },
      },
    ],
  }),
  unlisted: oldWeb({ requests: [], http_experiment_failure: 'response_never_received' }),
  'no-requests': oldWeb({ requests: null, queries: null }),
  'no-keys': webMeasurement({ root: { test_keys: null } }),
}

const MESSENGERS: Readonly<Record<string, Json>> = {
  telegram: telegramMeasurement(),
  'telegram-blocked': telegramMeasurement({ web: 'connection_reset' }),
  whatsapp: whatsappMeasurement(),
  signal: signalMeasurement(),
  facebook_messenger: signalMeasurement({ root: { test_name: 'facebook_messenger', test_version: '0.2.1' } }),
  sni_blocking: sniMeasurement(),
  'sni_blocking-blocked': sniMeasurement({ targetFailure: 'connection_reset' }),
}

/** Measurements of every nettest and of several years in OONI's format, made up by us. */
export const OWN_SAMPLES: readonly Sample[] = [
  ...Object.entries(WEB).map(([name, json]) => [`web-${name}`, json] as const),
  ...Object.entries(MESSENGERS),
  ...Object.entries(NETTEST_SAMPLES),
].map(([name, json]) => ({ name: `${name}.json`, bytes: Buffer.from(JSON.stringify(json)) }))

/** Real measurements; none where their folder is not beside the repository. */
export const REAL_SAMPLES: readonly Sample[] = existsSync(REAL)
  ? readdirSync(REAL, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.json'))
      .map((name) => ({ name, bytes: readFileSync(join(REAL, name)) }))
  : []

/** Our own and, where they are there, the real ones. */
export const SAMPLES: readonly Sample[] = [...OWN_SAMPLES, ...REAL_SAMPLES]
