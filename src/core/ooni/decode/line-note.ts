import type { AbroadLook } from '../../model/measured/abroad-look.ts'
import type { HostingFlow, HostingLook } from '../../model/measured/hosting-flow.ts'
import type { LineNote, MeasurementHead } from '../../model/measured/measurement.ts'
import { defined } from '../../model/defined.ts'
import { CANARY_MOMENTS, LINE_STATES, type ResolverNote } from '../../model/measured/service-run.ts'
import { parseAsn, seconds, type Asn } from '../../model/units.ts'
import {
  listOf,
  optionalFlag,
  optionalNumber,
  optionalRecord,
  optionalText,
  rowsOf,
  wrongValue,
  type JsonRecord,
} from './decoder.ts'

const AT = '/test_keys/line'
const RESOLVERS_AT = '/test_keys/x_resolvers'
/** No clock is off by more: what says so is no offset. */
const FURTHEST = 10 * 365 * 86_400

/**
 * What our own probe says of its owner's line (docs/formats/probe-measurement.md §3). Throws InputError where it is
 * missing or its state is no word of the list: without it no service may be judged.
 */
function readLine(testKeys: JsonRecord): LineNote {
  const line = optionalRecord(testKeys, 'line', '/test_keys')
  const stated = line && optionalText(line, 'state', AT)
  const state = LINE_STATES.find((word) => word === stated)
  if (line === undefined || state === undefined) throw wrongValue(`${AT}/state`, LINE_STATES.join(', '))
  const host = optionalText(line, 'portal_host', AT)?.slice(0, 253)
  const offset = optionalNumber(line, 'clock_offset', AT)
  return {
    state,
    ipv6: optionalFlag(line, 'ipv6', AT) === true,
    ...(host ? { portalHost: host } : undefined),
    ...(offset !== undefined && Math.abs(offset) < FURTHEST && { clockOffset: seconds(offset) }),
    canaries: rowsOf(line, 'canaries', AT, canaryOf).slice(0, 10),
    ...(line['x_abroad'] === undefined
      ? undefined
      : { abroad: rowsOf(line, 'x_abroad', AT, abroadLookOf).slice(0, 10) }),
    ...(line['x_flows'] === undefined ? undefined : { flows: rowsOf(line, 'x_flows', AT, hostingLookOf).slice(0, 16) }),
  }
}

/** By whom questions were answered (docs/formats/probe-measurement.md §3); most measurements do not say. */
function readResolvers(testKeys: JsonRecord): ResolverNote | undefined {
  const stated = optionalRecord(testKeys, 'x_resolvers', '/test_keys')
  if (stated === undefined) return undefined
  const inventedAnswered = optionalFlag(stated, 'invented_answered', RESOLVERS_AT)
  return {
    ...defined({ inventedAnswered }),
    systemAsns: listOf(stated, 'system_asns', RESOLVERS_AT)
      .slice(0, 16)
      .map((value) => networkOf(value, `${RESOLVERS_AT}/system_asns`)),
    listed: rowsOf(stated, 'listed', RESOLVERS_AT, (row, source) => {
      const resolverAddress = optionalText(row, 'resolver_address', source)
      const asn = optionalNumber(row, 'asn', source)
      const differs = optionalFlag(row, 'differs', source)
      if (resolverAddress === undefined || asn === undefined || differs === undefined) return undefined
      return { resolverAddress, asn: networkOf(asn, `${source}/asn`), differs }
    }).slice(0, 16),
  }
}

function networkOf(value: unknown, at: string): Asn {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value >= 2 ** 32)
    throw wrongValue(at, 'the number of a network')
  return parseAsn(value)
}

function canaryOf(row: JsonRecord, source: string): LineNote['canaries'][number] | undefined {
  const moment = CANARY_MOMENTS.find((word) => word === row['moment'])
  const tried = optionalNumber(row, 'tried', source)
  const passed = optionalNumber(row, 'passed', source)
  if (moment === undefined || tried === undefined || passed === undefined) return undefined
  const counts = Number.isInteger(tried) && Number.isInteger(passed) && passed >= 0 && passed <= tried && tried <= 1_000
  return counts ? { moment, tried, passed } : undefined
}

/** One look abroad; without all of its counts it says nothing. */
function abroadLookOf(row: JsonRecord, source: string): AbroadLook | undefined {
  const count = (key: string, most = 1_000): number | undefined => {
    const value = optionalNumber(row, key, source)
    return value !== undefined && Number.isInteger(value) && value >= 0 && value <= most ? value : undefined
  }
  const pair = (name: string): AbroadLook['home'] | undefined => {
    const tried = count(`${name}_tried`)
    const passed = tried === undefined ? undefined : count(`${name}_passed`, tried)
    return tried === undefined || passed === undefined ? undefined : { tried, passed }
  }
  const [home, abroad, resolvers] = [pair('home'), pair('abroad'), pair('resolvers')]
  const connected = count('abroad_connected', abroad?.tried)
  const answersUnowned = optionalFlag(row, 'unowned_answered', source)
  const pageCame = optionalFlag(row, 'page_came', source)
  if (home === undefined || abroad === undefined || resolvers === undefined) return undefined
  if (connected === undefined || answersUnowned === undefined || pageCame === undefined) return undefined
  return { home, abroad: { ...abroad, connected }, resolvers, answersUnowned, pageCame }
}

/** Flows from one server of ours; one flow that cannot be read is none of those that count. */
function hostingLookOf(row: JsonRecord, source: string): HostingLook | undefined {
  const asn = optionalNumber(row, 'asn', source)
  if (asn === undefined) return undefined
  const opensAfterwards = optionalFlag(row, 'opens_afterwards', source)
  const comesAbroad = optionalFlag(row, 'comes_abroad', source)
  return {
    asn: networkOf(asn, `${source}/asn`),
    flows: rowsOf(row, 'flows', source, hostingFlowOf).slice(0, 8),
    ...defined({ opensAfterwards, comesAbroad }),
  }
}

function hostingFlowOf(row: JsonRecord, source: string): HostingFlow {
  const bytes = optionalNumber(row, 'bytes', source)
  const silence = optionalNumber(row, 'silence', source)
  if (bytes === undefined || !Number.isInteger(bytes) || bytes <= 0 || silence === undefined || silence < 0)
    return { bytes: 0, ended: 'none', silence: seconds(0) }
  const isWhole = optionalFlag(row, 'whole', source) === true
  const isSilent = optionalFlag(row, 'silent', source) === true
  return { bytes, ended: isWhole ? 'whole' : isSilent ? 'silent' : 'cut', silence: seconds(silence) }
}

/** The envelope of our own measurement with what only it tells. Throws InputError for a missing or unknown line state. */
export function noteLine(head: MeasurementHead, testKeys: JsonRecord, root: JsonRecord): MeasurementHead {
  const annotations = optionalRecord(root, 'annotations', '')
  const scope = annotations?.['x_scope']
  const resolvers = readResolvers(testKeys)
  return {
    ...head,
    line: readLine(testKeys),
    ...defined({ resolvers }),
    ...(scope === 'core' || scope === 'full' ? { scope } : undefined),
  }
}
