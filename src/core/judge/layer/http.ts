import type { FailureCode } from '../../model/measured/failure.ts'
import type { Mechanism } from '../../model/measured/mechanism.ts'
import type { HttpObservation, TcpObservation, TlsObservation } from '../../model/measured/observation.ts'
import type { Ground } from '../../model/measured/verdict.ts'
import {
  addressKey,
  controlAnswered,
  controlPageOpens,
  endpointKey,
  isDownForControl,
  onOwnPath,
  type Case,
  type Hop,
} from '../case.ts'
import { dnsMechanism } from './dns-failure.ts'
import { isUnresolved } from './handshake-control.ts'
import { laterHop } from './later-hop.ts'
import { finding, ground, type Finding, type Halving } from '../finding.ts'
import { isCertificateRefusal, isDnsFailure, isNetworkFailure, isReset, isTimeout } from '../line.ts'
import { isAnswered } from './page.ts'
import { ownTcpRows, tcpMechanism } from './tcp.ts'
import { handshakeFailure } from './tls.ts'

/**
 * The request of the person's own path that tells most; where several were made at one hop: an answered one, else
 * one to an endpoint on which the layers below passed.
 */
export function ownHttpRow(hop: Hop): HttpObservation | undefined {
  const own = hop.http.filter((row) => onOwnPath(row) && !row.overQuic)
  if (own.length < 2) return own[0]
  const below: readonly (TcpObservation | TlsObservation)[] = hop.scheme === 'http' ? hop.tcp : hop.tls
  const reached = (row: HttpObservation): boolean =>
    below.some((one) => one.failure === undefined && one.address === row.address && one.port === row.port)
  return own.find(isAnswered) ?? own.find(reached) ?? own[0]
}

/** Layers below that a hop's own rows have already shown to pass. */
export interface Passed {
  readonly tcp: boolean
  readonly tls: boolean
}

/**
 * Judges a request that failed. Where no rows below tell, the failure itself names the layer: refused is tcp, a
 * certificate is tls, and so is a hop over https after a connection; the rest http. A row that holds only the failure is of
 * the hop's URL. Source: docs/methods/judging.md, redirects and old clients.
 */
export function judgeHttpFailure(it: Case, hop: Hop, row: HttpObservation, passed: Passed): Finding | undefined {
  const code = row.failure?.code
  if (code === undefined) return undefined
  const host = row.host ?? hop.host ?? ''
  if (!isNetworkFailure(code))
    return finding('http', 'inconclusive', 'line.own-failure', {
      hop: hop.index,
      mechanism: 'fault.client',
      grounds: [ground('line.own-failure', 'decisive', { failure: code }, row)],
    })
  // A page that began shows that the layers below passed, also where their rows are lost.
  const through =
    row.status === undefined ? { ...passed, tcp: passed.tcp && connected(hop, row) } : { tcp: true, tls: true }
  const scheme = row.scheme ?? hop.scheme
  const shape = shapeOf(code, scheme, through)
  const later = laterHop(it, hop)
  const said = ground('http.failed', 'decisive', { host, failure: code }, row)
  const refusal = isCertificateRefusal(code)
  const detail = { hop: hop.index, mechanism: shape.mechanism }
  const page = it.control.http
  // Beside a first hop that passed, a reset or a close is of a connection; silence may be of none.
  if (shape.unplaced && (hop.index === 0 || isTimeout(code)))
    return judgeUnplaced(it, hop, { said, mechanism: shape.mechanism })
  const answered = hop.index === 0 ? controlAnswered(it.control) : controlPageOpens(it.control)
  // A helper that tells its connections has to tell this one; its page may have come by another port.
  const controlPassed = answered && (shape.layer !== 'tcp' || connects(it, row))
  // After a verified handshake no machine on the way sees what is asked: no answer may as well mean a slow server.
  // In cleartext the same of a page that had begun: what reads the request would not let its answer begin.
  const isUnseen = row.status !== undefined || (passed.tls && scheme === 'https')
  const isSilent = shape.layer === 'http' && isUnseen && isTimeout(code)
  if (controlPassed && isSilent)
    return finding('http', 'inconclusive', row.status === undefined ? 'http.silence-after-tls' : 'http.page-stops', {
      ...detail,
      grounds: [said, ground('http.control-answered', 'control', { status: page?.status }, page)],
      missing: ['pair'],
    })
  if (controlPassed)
    return finding(shape.layer, 'interfered', shape.rule, {
      ...detail,
      grounds: [said, ground('http.control-answered', 'control', { status: page?.status }, page), ...later.grounds],
      halvings: [...later.halvings, ...shape.halvings],
      missing: shape.layer === 'tls' && !passed.tls ? ['handshake-rows'] : [],
    })
  if (page?.failure !== undefined)
    return finding(
      shape.layer,
      hop.index === 0 && failsAlike(shape, page) ? 'unreachable' : 'inconclusive',
      'http.control-fails-too',
      {
        ...(refusal ? { ...detail, mechanism: 'fault.service' } : detail),
        grounds: [said, ground('http.control-failed', 'control', { failure: page.failure.code }, page)],
      },
    )
  return finding(shape.layer, 'inconclusive', 'http.no-control', {
    ...detail,
    grounds: [said],
    missing: [it.control.present ? 'control.http' : 'control'],
  })
}

/**
 * A request over https (at a later hop, a silent one) of which no connection is known: the person's own line may have lost it, so that an
 * answer abroad is no difference at any layer. Only the control's rows at addresses of its own, else its page, say that the
 * service was down.
 */
function judgeUnplaced(
  it: Case,
  hop: Hop,
  { said, mechanism }: { said: Ground; mechanism?: Mechanism | undefined },
): Finding {
  const { http: page, tcp, tls, present } = it.control
  const own = [...(tls.size > 0 ? tls : tcp).values()].filter(({ port }) => hop.port === undefined || port === hop.port)
  const failsAll = own.length === 0 || (isDownForControl(it, own) && own.every(({ failure }) => failure !== undefined))
  const isDown = page?.failure !== undefined && !isUnresolved(page) && failsAll
  const detail = { hop: hop.index, mechanism }
  if (page?.failure !== undefined)
    return finding('http', isDown ? 'unreachable' : 'inconclusive', 'http.control-fails-too', {
      ...detail,
      grounds: [said, ground('http.control-failed', 'control', { failure: page.failure.code }, page)],
    })
  return finding('http', 'inconclusive', 'http.no-control', {
    ...detail,
    grounds: [said],
    missing: [present ? 'operations' : 'control'],
  })
}

/** A connection was made where the request went; to some address, where it is not told which. */
const connected = (hop: Hop, { address }: HttpObservation): boolean =>
  ownTcpRows(hop).some(
    (row) => row.failure === undefined && (address === undefined || addressKey(row.address) === addressKey(address)),
  )

/** Whether the helper connected where the request went. Old helpers tell no connections: then their page stands for it. */
function connects({ control, head }: Case, { address, port }: HttpObservation): boolean {
  if (address === undefined || port === undefined) return true
  const row = control.tcp.get(endpointKey(address, port))
  if (row === undefined) return control.tcp.size === 0 && head.testName !== 'kuager'
  return row.failure === undefined
}

const failsAlike = (shape: Shape, page: HttpObservation): boolean => shape.layer === 'dns' || !isUnresolved(page)

interface Shape {
  readonly layer: 'dns' | 'tcp' | 'tls' | 'http'
  readonly rule:
    'http.failure' | 'tls.failure' | 'tls.certificate-refused' | 'tcp.control-connects' | 'dns.failure-control-resolves'
  readonly mechanism: Mechanism | undefined
  readonly halvings: readonly Halving[]
  /** It failed over https, and no connection tells whether before the handshake or in it. */
  readonly unplaced: boolean
}

function shapeOf(code: FailureCode, scheme: Hop['scheme'], passed: Passed): Shape {
  const placed = { halvings: [], unplaced: false } as const
  if (isDnsFailure(code))
    return { ...placed, layer: 'dns', rule: 'dns.failure-control-resolves', mechanism: dnsMechanism(code) }
  const refusedBelow = code === 'connection_refused' || code === 'host_unreachable'
  if (refusedBelow && !passed.tls)
    return { ...placed, layer: 'tcp', rule: 'tcp.control-connects', mechanism: tcpMechanism(code, false) }
  if (isCertificateRefusal(code)) {
    const mechanism = code === 'ssl_unknown_authority' ? 'tls.mitm.unknown_ca' : 'tls.mitm'
    return { ...placed, layer: 'tls', rule: 'tls.certificate-refused', mechanism, halvings: ['no-certificate'] }
  }
  const isTls = code.startsWith('ssl_')
  if ((isTls || (scheme === 'https' && passed.tcp)) && !passed.tls) {
    const look = handshakeFailure(code)
    const halvings = look?.rule === 'tls.alert' ? (['alert'] as const) : []
    return { ...placed, layer: 'tls', rule: 'tls.failure', mechanism: look?.mechanism, halvings }
  }
  const unplaced = scheme === 'https' && !passed.tls
  const halvings = unplaced ? (['no-handshake-rows'] as const) : []
  return { layer: 'http', rule: 'http.failure', mechanism: httpMechanism(code), halvings, unplaced }
}

/** Mechanism of a request that failed; some failure words tell none. */
export function httpMechanism(code: FailureCode): Mechanism | undefined {
  if (isTimeout(code)) return 'http.timeout'
  if (isReset(code)) return 'http.reset'
  return code === 'eof_error' ? 'http.close' : undefined
}
