import {
  connect,
  EXAMPLE_ADDRESS,
  exchange,
  handshake,
  measurement,
  query,
  type Envelope,
  type Json,
} from './measurement.ts'

export const TELEGRAM_DATACENTERS = [
  '149.154.175.50',
  '149.154.167.51',
  '149.154.175.100',
  '149.154.167.91',
  '149.154.171.5',
  '95.161.76.100',
] as const

export interface TelegramOptions extends Envelope {
  /** Failure word of the handshake with web.telegram.org. */
  readonly web?: string
  /** How many of the six datacentres do not connect, and with which word. */
  readonly datacenters?: { readonly failing: number; readonly failure: string }
}

/** telegram 0.3: the web page and six datacentres on two ports each. */
export function telegramMeasurement(options: TelegramOptions = {}): Json {
  const web = '149.154.167.99'
  const failing = options.datacenters?.failing ?? 0
  const word = (index: number): string | null => (index < failing ? (options.datacenters?.failure ?? null) : null)
  const each = TELEGRAM_DATACENTERS.flatMap((address, index) =>
    [80, 443].map((port) => ({ address, port, failure: word(index) })),
  )
  const keys: Json = {
    agent: 'redirect',
    failed_operation: null,
    failure: null,
    queries: [query('web.telegram.org', [web], { asn: 62041 })],
    tcp_connect: [...each.map(({ address, port, failure }) => connect(address, port, failure)), connect(web, 443)],
    tls_handshakes: [handshake(`${web}:443`, 'web.telegram.org', { failure: options.web ?? null })],
    requests: [
      ...each.map(({ address, port, failure }) =>
        exchange(`http://${address}${port === 80 ? '' : ':443'}/`, { method: 'POST', failure, status: 501, body: '' }),
      ),
      exchange('https://web.telegram.org/', { failure: options.web ?? null }),
    ],
    telegram_http_blocking: failing === 6,
    telegram_tcp_blocking: failing === 6,
    telegram_web_failure: options.web ?? null,
    telegram_web_status: options.web === undefined ? 'ok' : 'blocked',
  }
  return measurement('telegram', '0.3.1', withoutFlows(keys), options)
}

/** Messenger tests number no flows. */
function withoutFlows(keys: Json): Json {
  const strip = (rows: unknown): unknown =>
    Array.isArray(rows) ? rows.map((row: Json) => ({ ...row, transaction_id: 0, tags: null })) : rows
  return Object.fromEntries(Object.entries(keys).map(([key, value]) => [key, key === 'agent' ? value : strip(value)]))
}

export interface NamesOptions extends Envelope {
  /** Failure word of the handshake, by host name. */
  readonly failures?: Readonly<Record<string, string>>
}

function httpsNames(hosts: readonly string[], options: NamesOptions): Json {
  const word = (host: string): string | null => options.failures?.[host] ?? null
  const addressOf = (host: string): string => `13.248.212.${1 + hosts.indexOf(host)}`
  return {
    queries: hosts.map((host) => query(host, [addressOf(host)], { asn: 16509 })),
    tcp_connect: hosts.map((host) => connect(addressOf(host), 443)),
    tls_handshakes: hosts.map((host) => handshake(`${addressOf(host)}:443`, host, { failure: word(host) })),
    requests: hosts.map((host) => exchange(`https://${host}/`, { failure: word(host), status: 404 })),
  }
}

export const SIGNAL_HOSTS = ['cdsi.signal.org', 'chat.signal.org', 'sfu.voip.signal.org', 'storage.signal.org'] as const

/** signal 0.2.5: one https exchange with each of four hosts. */
export function signalMeasurement(options: NamesOptions = {}): Json {
  const first = SIGNAL_HOSTS.map((host) => options.failures?.[host]).find((word) => word !== undefined)
  const keys: Json = {
    agent: 'redirect',
    failed_operation: null,
    failure: null,
    ...httpsNames(SIGNAL_HOSTS, options),
    signal_backend_failure: first ?? null,
    signal_backend_status: first === undefined ? 'ok' : 'blocked',
  }
  return measurement('signal', '0.2.5', withoutFlows(keys), options)
}

export interface WhatsappOptions extends NamesOptions {
  /** Failure word of every connection to the chat endpoints. */
  readonly endpoints?: string
}

/** whatsapp 0.11: sixteen chat endpoints on two ports, the registration service and the web page. */
export function whatsappMeasurement(options: WhatsappOptions = {}): Json {
  const names = Array.from({ length: 16 }, (_, index) => `e${index + 1}.whatsapp.net`)
  const address = '15.197.206.217'
  const https = httpsNames(['v.whatsapp.net', 'web.whatsapp.com'], options)
  const list = (key: string): unknown[] => https[key] as unknown[] // httpsNames makes only lists
  const keys: Json = {
    agent: 'redirect',
    ...https,
    queries: [...names.map((name) => query(name, [address], { asn: 16509 })), ...list('queries')],
    tcp_connect: [
      ...names.flatMap(() => [443, 5222].map((port) => connect(address, port, options.endpoints ?? null))),
      ...list('tcp_connect'),
    ],
    whatsapp_endpoints_status: options.endpoints === undefined ? 'ok' : 'blocked',
    registration_server_status: options.failures?.['v.whatsapp.net'] === undefined ? 'ok' : 'blocked',
    whatsapp_web_status: options.failures?.['web.whatsapp.com'] === undefined ? 'ok' : 'blocked',
  }
  return measurement('whatsapp', '0.11.0', withoutFlows(keys), options)
}

export interface SniOptions extends Envelope {
  readonly target?: string
  readonly targetFailure?: string | null
  readonly controlFailure?: string | null
}

/** sni_blocking 0.3: example.org is dialled twice, once under its own name, once under the name under test. */
export function sniMeasurement(options: SniOptions = {}): Json {
  const target = options.target ?? 'www.example.net'
  const half = (sni: string, failure: string | null): Json => ({
    failure,
    network_events: null,
    queries: [query('example.org', [EXAMPLE_ADDRESS])],
    requests: null,
    sni,
    tcp_connect: [connect(EXAMPLE_ADDRESS, 443)],
    th_address: 'example.org:443',
    tls_handshakes: [handshake(`${EXAMPLE_ADDRESS}:443`, sni, { failure })],
  })
  const targetFailure = options.targetFailure === undefined ? 'ssl_invalid_hostname' : options.targetFailure
  const keys: Json = {
    control: half('example.org', options.controlFailure ?? null),
    target: half(target, targetFailure),
    result: targetFailure === 'ssl_invalid_hostname' ? 'success.got_server_hello' : 'anomaly.unexpected_failure',
  }
  return measurement('sni_blocking', '0.3.0', keys, { ...options, root: { input: target, ...options.root } })
}
