import type { Nettest } from '../ooni/decode/nettests.ts'
import type { OperationSet } from '../ooni/decode/operations.ts'

/** The part of the service that a row belongs to, by its name and its endpoint. */
export type PartOf = (name?: string, address?: string, port?: number) => string

/** Telegram's access points as the test dials them, of all years. Source: docs/formats/ooni.md, telegram. */
const DATACENTERS = new Set([
  '149.154.175.50',
  '149.154.167.51',
  '149.154.175.100',
  '149.154.167.91',
  '149.154.171.5',
  '95.161.76.100',
])

function ofTelegram(name?: string, address?: string): string {
  if (name !== undefined && !DATACENTERS.has(name)) return 'web'
  const dialled = address ?? name
  return dialled !== undefined && DATACENTERS.has(dialled) ? 'datacenter' : 'web'
}

function ofWhatsapp(name?: string, _address?: string, port?: number): string {
  if (name === 'v.whatsapp.net') return 'registration'
  if (name === 'web.whatsapp.com' || name === 'www.whatsapp.com') return 'web'
  if ((name !== undefined && /^e\d+\.whatsapp\.net$/.test(name)) || port === 5222) return 'endpoint'
  // Clients before 2020 give connections without names: the endpoints are what is dialled by itself.
  return name === undefined ? 'endpoint' : 'web'
}

const ofMessenger: PartOf = (name, _address, port) => (name === 'stun.fbsbx.com' || port === 3478 ? 'stun' : 'endpoint')
/** Signal's test also looks up a name that only tells whether the service itself is up. */
const ofSignal: PartOf = (name) => (name === 'uptime.signal.org' ? 'uptime' : 'backend')

/** Which part of the service a row of this test belongs to. */
export function partsOf(nettest: Nettest, set: OperationSet): PartOf {
  if (set.part !== undefined) {
    const part = set.part
    return () => part
  }
  switch (nettest) {
    case 'telegram':
      return ofTelegram
    case 'whatsapp':
      return ofWhatsapp
    case 'facebook_messenger':
      return ofMessenger
    case 'signal':
      return ofSignal
    case 'openvpn':
    case 'riseupvpn':
    case 'vanilla_tor':
    case 'torsf':
    case 'psiphon':
    case 'stunreachability':
    case 'tor':
      return () => 'endpoint'
    case 'dash':
    case 'ndt':
      return () => 'server'
    case 'portfiltering':
      return (_name, _address, port) => (port === undefined ? 'port' : `port_${port}`)
    case 'urlgetter':
    case 'dnscheck':
    case 'tlsmiddlebox':
      return withResolver(set)
    case 'web_connectivity':
    case 'sni_blocking':
    case 'dnsping':
    case 'dns_consistency':
    case 'tcpping':
    case 'tlsping':
    case 'simplequicping':
    case 'quicping':
    case 'echcheck':
    case 'http_requests':
    case 'http_header_field_manipulation':
    case 'http_invalid_request_line':
    case 'http_host':
    case 'meek_fronted_requests_test':
    case 'browser_web':
    case 'kuager':
    case 'unknown':
      return () => 'url'
  }
}

/** Connections to a resolver that the user chose are about the resolver, not about the site. */
function withResolver(set: OperationSet): PartOf {
  const resolvers = new Set<string>()
  for (const row of set.queries) {
    const asked = row.resolverAddress
    if (asked === undefined || asked === '') continue
    resolvers.add(
      asked.startsWith('https:') ? (URL.parse(asked)?.hostname ?? asked) : asked.replace(/^\[?(.*?)\]?:\d+$/, '$1'),
    )
  }
  return (name, address, port) =>
    port === 53 || port === 853 || resolvers.has(name ?? '') || resolvers.has(address ?? '') ? 'resolver' : 'url'
}
