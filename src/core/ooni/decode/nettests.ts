import type { MeasurementHead } from '../../model/measured/measurement.ts'
import { decodeControl, type HelperControl } from './control.ts'
import type { JsonRecord } from './decoder.ts'
import { decodeDash, decodeNdt } from './nettest/speed.ts'
import { decodeDnsCheck, decodeDnsConsistency, decodeDnsPing } from './nettest/resolvers.ts'
import { decodeEchCheck } from './nettest/echcheck.ts'
import { decodeKuager } from './nettest/kuager.ts'
import { decodeOpenVpn } from './nettest/openvpn.ts'
import { decodePings } from './nettest/pings.ts'
import { decodePsiphon, decodeTorBootstrap, decodeTorTargets } from './nettest/tor.ts'
import { decodeSniBlocking, decodeTlsMiddlebox } from './nettest/sni.ts'
import { decodeStun } from './nettest/stun.ts'
import { decodeWebConnectivity } from './nettest/web-connectivity.ts'
import { decodeOperations, type OperationSet } from './operations.ts'

/** How the rows of a test are read; the name is the test's where it has a way of its own. */
export const NETTESTS = [
  'web_connectivity',
  'telegram',
  'whatsapp',
  'signal',
  'facebook_messenger',
  'sni_blocking',
  'tlsmiddlebox',
  'urlgetter',
  'dnscheck',
  'dnsping',
  'dns_consistency',
  'tcpping',
  'tlsping',
  'simplequicping',
  'quicping',
  'echcheck',
  'stunreachability',
  'openvpn',
  'riseupvpn',
  'tor',
  'vanilla_tor',
  'torsf',
  'psiphon',
  'portfiltering',
  'dash',
  'ndt',
  'http_requests',
  'http_header_field_manipulation',
  'http_invalid_request_line',
  'http_host',
  'meek_fronted_requests_test',
  'browser_web',
  'kuager',
  'unknown',
] as const
export type Nettest = (typeof NETTESTS)[number]

type Decode = (testKeys: JsonRecord, head: MeasurementHead, root: JsonRecord) => readonly OperationSet[]
const AT = '/test_keys'
const plain: Decode = (testKeys) => [decodeOperations(testKeys, AT)]

/** Exchanges that went through a tunnel or a proxy are not of the person's path. */
const direct: Decode = (testKeys) =>
  ['tunnel', 'socksproxy'].some((key) => (testKeys[key] ?? '') !== '') ? [] : [decodeOperations(testKeys, AT)]

const DECODERS: Readonly<Record<Nettest, Decode>> = {
  web_connectivity: decodeWebConnectivity,
  telegram: plain,
  whatsapp: plain,
  signal: plain,
  facebook_messenger: plain,
  sni_blocking: decodeSniBlocking,
  tlsmiddlebox: decodeTlsMiddlebox,
  urlgetter: direct,
  dnscheck: decodeDnsCheck,
  dnsping: decodeDnsPing,
  dns_consistency: decodeDnsConsistency,
  tcpping: decodePings,
  tlsping: decodePings,
  simplequicping: decodePings,
  quicping: decodePings,
  echcheck: decodeEchCheck,
  stunreachability: decodeStun,
  openvpn: decodeOpenVpn,
  riseupvpn: plain,
  tor: decodeTorTargets,
  vanilla_tor: decodeTorBootstrap,
  torsf: decodeTorBootstrap,
  psiphon: decodePsiphon,
  portfiltering: plain,
  dash: decodeDash,
  ndt: decodeNdt,
  http_requests: plain,
  http_header_field_manipulation: plain,
  http_invalid_request_line: () => [],
  http_host: plain,
  meek_fronted_requests_test: plain,
  browser_web: () => [],
  kuager: decodeKuager,
  unknown: () => [],
}

const isNettest = (name: string): name is Nettest => Object.hasOwn(DECODERS, name)
/** Names of one test in other years. */
const OTHER_NAMES = new Map<string, Nettest>([['stun_reachability', 'stunreachability']])

/** The rows of one measurement. Throws InputError for a list that is too long. */
export function operationsOf(
  head: MeasurementHead,
  testKeys: JsonRecord,
  root: JsonRecord,
): { nettest: Nettest; sets: readonly OperationSet[]; control: HelperControl | undefined } {
  const name = head.testName
  const nettest = isNettest(name) ? name : (OTHER_NAMES.get(name) ?? 'unknown')
  const sets = DECODERS[nettest](testKeys, head, root)
  const control = nettest === 'web_connectivity' ? decodeControl(testKeys, AT) : undefined
  return { nettest, sets, control }
}
