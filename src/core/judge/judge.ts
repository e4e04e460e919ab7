import { canonicalHostname } from '../model/hostname.ts'
import type { MeasurementHead } from '../model/measured/measurement.ts'
import type { Observation } from '../model/measured/observation.ts'
import type { Service } from '../model/tables/service.ts'
import type { Tables } from '../model/tables/tables.ts'
import type { Verdict } from '../model/measured/verdict.ts'
import { judgeAlone } from './nettest/alone.ts'
import { combine } from './combine.ts'
import { judgeKuager } from './kuager/service.ts'
import { judgeMessenger } from './nettest/messenger.ts'
import { judgePair } from './nettest/pair.ts'
import { judgeTor, judgeTunnel } from './nettest/tunnel.ts'
import { judgeWeb } from './nettest/web.ts'

/** Tests that are judged; docs/methods/judging.md says for each what its control is. */
export const JUDGED = [
  'web_connectivity',
  'telegram',
  'whatsapp',
  'signal',
  'facebook_messenger',
  'sni_blocking',
  'tlsping',
  'urlgetter',
  'tor',
  'vanilla_tor',
  'openvpn',
  'psiphon',
  'torsf',
  'kuager',
] as const
type Judged = (typeof JUDGED)[number]
const JUDGED_NAMES: ReadonlySet<string> = new Set(JUDGED)
const isJudged = (name: string): name is Judged => JUDGED_NAMES.has(name)

/**
 * Rows of one measurement that are judged; the largest of the samples has 78. Rules compare rows with one another, so
 * a measurement made to be large would otherwise hold a thread for minutes.
 */
export const MAX_ROWS = 1_500

/** The first rows of the probe and the first of the control, half of the bound each where both are too many. */
function boundRows(all: readonly Observation[]): readonly Observation[] {
  if (all.length <= MAX_ROWS) return all
  const control = all.filter((row) => row.side === 'control').slice(0, MAX_ROWS / 2)
  return [...all.filter((row) => row.side === 'probe').slice(0, MAX_ROWS - control.length), ...control]
}

/**
 * Judges one measurement from its observations and the pinned tables alone. Pure: the same input gives the same
 * verdict. Source of every rule: docs/methods/judging.md.
 */
export function judge(head: MeasurementHead, all: readonly Observation[], tables: Tables): Verdict {
  const observations = boundRows(all)
  if (!isJudged(head.testName))
    return combine({
      kind: 'not-judged',
      rule: 'test.not-judged',
      findings: [],
      endpoints: { tested: 0, failed: 0 },
      rulesVersion: tables.rulesVersion,
    })
  switch (head.testName) {
    case 'web_connectivity':
      return judgeWeb(head, observations, listedService(head, observations, tables.services), tables)
    case 'telegram':
    case 'whatsapp':
    case 'signal':
    case 'facebook_messenger':
      return judgeMessenger(head, observations, tables)
    case 'sni_blocking':
      return judgePair(head, observations, tables)
    case 'tlsping':
    case 'urlgetter':
      return judgeAlone(head, observations, listedService(head, observations, tables.services), tables)
    case 'tor':
      return judgeTor(observations, tables)
    case 'vanilla_tor':
    case 'openvpn':
    case 'psiphon':
    case 'torsf':
      return judgeTunnel(observations, tables)
    case 'kuager':
      return judgeKuager(head, observations, listedService(head, observations, tables.services), tables)
  }
}

/** Id of the service under test: of the test, of the listed host, else `web:<host>`, else `test:<name>`. */
export function serviceOf(
  head: MeasurementHead,
  observations: readonly Observation[],
  services: readonly Service[],
): string {
  const listed = listedService(head, observations, services)
  if (listed !== undefined) return listed.id
  if (head.testName === 'kuager' && (head.input === 'line' || head.input === 'collector')) return head.input
  const host = hostUnderTest(head, observations)
  return host === undefined ? `test:${head.testName}` : `web:${host}`
}

/** The listed service under test, where it is one. */
export function listedService(
  head: MeasurementHead,
  observations: readonly Observation[],
  services: readonly Service[],
): Service | undefined {
  // Our own probe names the service; an unlisted one is known by its first host.
  if (head.testName === 'kuager') return services.find(({ id }) => id === head.input)
  const byTest = indexOf(services).tests.get(head.testName)
  if (byTest !== undefined) return byTest
  const host = hostUnderTest(head, observations)
  return host === undefined ? undefined : serviceOfHost(host, services)
}

/** Services by test, by exact host, and by the name below which every host belongs to them; made once a table. */
interface ServiceIndex {
  readonly tests: ReadonlyMap<string, Service>
  readonly exact: ReadonlyMap<string, Service>
  readonly below: ReadonlyMap<string, Service>
}
const INDEXES = new WeakMap<readonly Service[], ServiceIndex>()

function indexOf(services: readonly Service[]): ServiceIndex {
  const known = INDEXES.get(services)
  if (known !== undefined) return known
  const tests = new Map<string, Service>()
  const exact = new Map<string, Service>()
  const below = new Map<string, Service>()
  for (const service of services) {
    for (const test of service.tests) if (!tests.has(test)) tests.set(test, service)
    for (const { host } of service.endpoints)
      if (host.startsWith('*.')) below.set(host.slice(2), service)
      else exact.set(host, service)
  }
  const index = { tests, exact, below }
  INDEXES.set(services, index)
  return index
}

/** The service that a host carries; the most exact entry wins. */
export function serviceOfHost(host: string, services: readonly Service[]): Service | undefined {
  const index = indexOf(services)
  const exact = index.exact.get(host)
  if (exact !== undefined) return exact
  for (let name: string | undefined = host; name !== undefined; name = parentOf(name)) {
    const service = index.below.get(name)
    if (service !== undefined) return service
  }
  return undefined
}

const parentOf = (name: string): string | undefined => {
  const dot = name.indexOf('.')
  return dot === -1 ? undefined : name.slice(dot + 1)
}

/** Host of the input: a URL, a bare name, or the name sent in the target's handshake. */
function hostUnderTest(head: MeasurementHead, observations: readonly Observation[]): string | undefined {
  const { input } = head
  if (head.testName === 'openvpn') return undefined // its input names a provider, no host
  if (head.testName === 'kuager') return /^[a-z]+ (.+):\d+$/.exec(observations[0]?.part ?? '')?.[1]
  if (head.testName === 'tlsping' || head.testName === 'sni_blocking') {
    const target = observations.find((row) => row.kind === 'tls' && row.role === 'target' && row.name !== undefined)
    if (target?.kind === 'tls' && target.name !== undefined) return target.name
  }
  return input === undefined || input === '' ? undefined : hostOfInput(input)
}

/** The input asked for last: of one measurement it is asked twice. */
let last: { readonly input: string; readonly host: string | undefined } = { input: '', host: undefined }

function hostOfInput(input: string): string | undefined {
  if (input !== last.input) last = { input, host: readHost(input) }
  return last.host
}

/** A URL whose host is already in its one spelling: no number, which might be an address, and no punycode to check. */
const PLAIN_URL = /^https?:\/\/([a-z0-9](?:[a-z0-9-]*\.)+[a-z]+)(?:[/?#]|$)/

function readHost(input: string): string | undefined {
  const plain = PLAIN_URL.exec(input)?.[1]
  if (plain !== undefined && !plain.includes('xn--')) return plain
  const url = URL.parse(input)
  if (url !== null && url.hostname !== '') return canonicalHostname(url.hostname) ?? url.hostname
  if (/^[a-z][a-z0-9+.-]*:/i.test(input)) return undefined // a URL that cannot be read names no host
  return canonicalHostname(input.split(/[/:]/, 1)[0] ?? input)
}
