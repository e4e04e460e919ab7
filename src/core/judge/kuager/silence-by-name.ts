import { isTimeout } from '../line.ts'
import { controlAnswered, endpointKey, type Case } from '../case.ts'
import { finding, ground, type Finding } from '../finding.ts'
import { isAnswered, isOverloaded } from '../layer/page.ts'
import type { HttpObservation, Observation, TlsObservation } from '../../model/measured/observation.ts'
import { beyondChance } from './chance.ts'

/** Seconds within which the first answer must come whole abroad: a quarter of what the probe waits. */
const QUICK_ABROAD = 2
/** A handshake of more bytes than one packet carries holds a packet of full size: then such packets pass on this path. */
const ONE_PACKET = 1460

/**
 * A page without an answer under handshakes that completed, twice or more, at an address at which pages of a control name
 * are answered, while abroad the page comes at once and the handshake completes at this very address: the connection is
 * dropped some packets after the name. Undefined where any of that is not known. Source: docs/methods/judging.md,
 * cleartext and pages.
 * Wrong when: an edge of the service near the probe has lost the way to what makes this one name's pages; a path loses
 * large packets and the server sends its handshake in small ones.
 */
export function silenceByName(it: Case, row: HttpObservation, rows: readonly Observation[]): Finding | undefined {
  const { address, port } = row
  if (address === undefined || port === undefined) return undefined
  const under = handshakesAt(rows, endpointKey(address, port))
  const pages = rows.filter((one) => one.kind === 'http').filter((one) => isHere(one, row))
  const of = (role: 'target' | 'innocent'): readonly PageHalf[] =>
    pages
      .filter((one) => (one.role ?? 'target') === role)
      .map((page) => ({ page, handshake: under.find((one) => isUnder(one, page)) }))
  const [targets, innocent] = [of('target'), of('innocent')]
  const silent = targets.filter(isSilent)
  if (silent.length < targets.length || !silent.some(hasLargePackets)) return undefined
  // A control half that came no further than its handshake is no page of a control name that was answered.
  const failed = innocent.filter(({ page }) => !isAnswered(page)).length
  const passed = innocent.find(({ page }) => isAnswered(page))
  if (passed === undefined || !beyondChance(silent.length, { tried: innocent.length, failed })) return undefined
  // One that another protocol carries is no comparison.
  const spoken = new Set([...targets, ...innocent].map(({ handshake }) => handshake?.alpn ?? ''))
  const abroad = quickAbroad(it, row, rows)
  if (spoken.size > 1 || abroad === undefined) return undefined
  const host = row.host ?? ''
  return finding('http', 'interfered', 'http.silence-by-name', {
    mechanism: 'tls.delayed-drop.sni',
    grounds: [
      ground('http.failed', 'decisive', { host, failure: row.failure?.code }, row),
      ground('http.innocent-passed', 'control', { host: passed.page.host ?? '' }, passed.page),
      ground('http.control-answered', 'control', { status: abroad.status }, abroad),
    ],
    // The page abroad may have come from another address of the service.
    halvings: ['inferred-control'],
  })
}

interface PageHalf {
  readonly page: HttpObservation
  /** Of the connection that carried it. */
  readonly handshake: TlsObservation | undefined
}

const isHere = (one: HttpObservation, row: HttpObservation): boolean =>
  one.side === 'probe' &&
  one.scheme === 'https' &&
  !one.overQuic &&
  one.address === row.address &&
  one.port === row.port

const handshakesAt = (rows: readonly Observation[], place: string): readonly TlsObservation[] =>
  rows.flatMap((row) =>
    row.kind === 'tls' &&
    row.side === 'probe' &&
    row.address !== undefined &&
    row.port !== undefined &&
    endpointKey(row.address, row.port) === place
      ? [row]
      : [],
  )

const isUnder = (one: TlsObservation, page: HttpObservation): boolean =>
  page.transaction !== undefined && one.transaction === page.transaction

/** The handshake that carried the page completed, and then nothing came: a page that began is slow, or was stopped. */
const isSilent = ({ page, handshake }: PageHalf): boolean =>
  page.status === undefined &&
  page.failure !== undefined &&
  isTimeout(page.failure.code) &&
  handshake !== undefined &&
  handshake.failure === undefined

/** On a path that loses large packets the handshake would not have completed either. */
const hasLargePackets = ({ handshake }: PageHalf): boolean => (handshake?.received ?? 0) > ONE_PACKET

/**
 * The first answer abroad, if it came at once and is no error of a server in trouble, and the handshake completes there
 * at the very address.
 */
function quickAbroad(
  it: Case,
  { address, port }: HttpObservation,
  rows: readonly Observation[],
): HttpObservation | undefined {
  if (address === undefined || port === undefined || !controlAnswered(it.control)) return undefined
  if (it.control.tls.get(endpointKey(address, port))?.failure !== undefined) return undefined
  if (!it.control.tls.has(endpointKey(address, port))) return undefined
  const first = rows.find((row) => row.kind === 'http' && row.side === 'control' && row.first === true)
  if (first?.kind !== 'http' || first.status === undefined || first.endedAt === undefined) return undefined
  if (isOverloaded(first)) return undefined
  return first.endedAt - (first.startedAt ?? 0) <= QUICK_ABROAD ? first : undefined
}
