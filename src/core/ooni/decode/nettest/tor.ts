import { splitEndpoint } from '../../../model/address.ts'
import type { Failure } from '../../../model/measured/failure.ts'
import type { MeasurementHead } from '../../../model/measured/measurement.ts'
import {
  isRecord,
  optionalNumber,
  optionalRecord,
  optionalText,
  pointerToken,
  readRecord,
  rowsOf,
  type JsonRecord,
} from '../decoder.ts'
import { normaliseFailure } from '../normalise-failure.ts'
import { decodeOperations, NO_OPERATIONS, type OperationSet } from '../operations.ts'
import { readFailure } from '../read-failure.ts'
import type { TunnelRow } from '../tunnels.ts'

const AT = '/test_keys'

/** Handshake of an obfs4 bridge: stated in the summary, for there is no row of it. */
function obfs4Of(target: JsonRecord, at: string): readonly TunnelRow[] {
  const summary = optionalRecord(target, 'summary', at)
  const handshake = summary && optionalRecord(summary, 'handshake', `${at}/summary`)
  if (handshake === undefined) return []
  const failure = readFailure(handshake, `${at}/summary/handshake`, 'tunnel')
  const endpoint = optionalText(target, 'target_address', at)
  const split = endpoint === undefined ? undefined : splitEndpoint(endpoint)
  const row: TunnelRow = { source: `${at}/summary/handshake`, tags: [], protocol: 'obfs4', transport: 'tcp' }
  return [{ ...row, ...split, ...(failure && { failure }) }]
}

function decodeTarget(target: JsonRecord, at: string): OperationSet {
  const part = (optionalText(target, 'target_protocol', at) ?? 'unknown').slice(0, 40)
  const set = decodeOperations(target, at)
  // A relay's certificate is its own: the probe never verifies it.
  const tlsHandshakes = set.tlsHandshakes.map((row) => ({ ...row, verifies: false }))
  return { ...set, tlsHandshakes, part, tunnels: part === 'obfs4' ? obfs4Of(target, at) : [] }
}

/** tor: relays and bridges one by one; the first versions list them, later ones key them. */
export function decodeTorTargets(testKeys: JsonRecord): readonly OperationSet[] {
  const targets = testKeys['targets']
  if (!isRecord(targets)) return rowsOf(testKeys, 'targets', AT, decodeTarget)
  return Object.keys(targets)
    .slice(0, 2_000)
    .flatMap((key) => {
      const at = `${AT}/targets/${pointerToken(key)}`
      const target = readRecord(targets[key], at)
      return target === undefined ? [] : [decodeTarget(target, at)]
    })
}

function bootstrapFailure(testKeys: JsonRecord): Failure | undefined {
  const stated = readFailure(testKeys, AT, 'tunnel')
  if (stated !== undefined) return stated
  if (testKeys['success'] === false)
    return readFailure(testKeys, AT, 'tunnel', 'error') ?? normaliseFailure('unknown_failure', 'tunnel')
  // A bootstrap that says neither success nor failure, nor how long it took, did not finish.
  const seconds = optionalNumber(testKeys, 'bootstrap_time', AT) ?? 0
  return testKeys['success'] === true || seconds > 0 ? undefined : normaliseFailure('interrupted', 'tunnel')
}

function bootstrapRow(testKeys: JsonRecord, protocol: TunnelRow['protocol']): TunnelRow {
  const bootstrap = optionalNumber(testKeys, 'bootstrap_time', AT)
  const progress = optionalNumber(testKeys, 'tor_progress', AT)
  const failure = bootstrapFailure(testKeys)
  return {
    source: AT,
    tags: [],
    protocol,
    ...(failure === undefined && bootstrap !== undefined && bootstrap > 0 ? { bootstrap } : undefined),
    ...(progress !== undefined && progress >= 0 && progress <= 100 ? { progress } : undefined),
    ...(failure && { failure }),
  }
}

/** vanilla_tor and torsf: one bootstrap of Tor, bare or through Snowflake. */
export function decodeTorBootstrap(testKeys: JsonRecord, head: MeasurementHead): readonly OperationSet[] {
  const protocol = head.testName === 'torsf' ? 'snowflake' : 'tor'
  return [{ ...NO_OPERATIONS, tunnels: [bootstrapRow(testKeys, protocol)] }]
}

/** psiphon: a bootstrap, then a page through the tunnel, whose rows therefore are not of the person's path. */
export const decodePsiphon = (testKeys: JsonRecord): readonly OperationSet[] => [
  { ...NO_OPERATIONS, tunnels: [bootstrapRow(testKeys, 'psiphon')] },
]
