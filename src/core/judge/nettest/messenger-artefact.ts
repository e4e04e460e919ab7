import { isBogon, isHomeAddress, isOwnMachine } from '../../model/address.ts'
import { registrableDomain } from '../../model/hostname.ts'
import type { MeasurementHead } from '../../model/measured/measurement.ts'
import type { Address, TlsObservation } from '../../model/measured/observation.ts'
import type { Tables } from '../../model/tables/tables.ts'
import { addressKey } from '../case.ts'
import { judgeInterception } from '../layer/certificate.ts'
import { isPublicIssuer } from '../layer/certificate-dates.ts'
import { householdHalving, portalFinding } from '../layer/dns.ts'
import { finding, ground, type Finding } from '../finding.ts'
import { fingerprintOfAddress } from '../layer/fingerprint.ts'
import { filterOf } from '../layer/own-filter.ts'
import { isCertificateRefusal } from '../line.ts'
import { kinship, providerOf } from '../network.ts'
import type { Unit } from '../unit.ts'

/**
 * What stands without any control in a messenger test: a known interception authority, and a bogon or a known block
 * address answered for a listed service. A private address that shows a foreign certificate anywhere in the run is the
 * line's sign-in page, for every name that was sent there; the machine itself is none. An address of a home is the router's
 * own where nothing from outside was reached: routers without a connection answer every name so.
 */
export function judgeArtefacts(head: MeasurementHead, units: readonly Unit[], tables: Tables): readonly Finding[] {
  const refused = units.filter(isRefused).flatMap(({ addresses }) => addresses)
  const ofHome = units.some(hasReachedOutside) ? [] : units.flatMap(({ addresses }) => addresses).filter(isHomeAddress)
  const portals = new Set([...refused.filter((address) => isBogon(address) && !isOwnMachine(address)), ...ofHome])
  return units.flatMap((unit) => {
    const found = judgeUnitArtefact(head, unit, { tables, portals })
    return found === undefined ? [] : [found]
  })
}

const hasReachedOutside = ({ passed, tcp }: Unit): boolean =>
  passed.has('tls') ||
  passed.has('http') ||
  tcp.some(({ address, failure }) => failure === undefined && !isBogon(address))

const isRefused = (unit: Unit): boolean =>
  [...unit.tls, ...unit.http].some((row) => row.failure !== undefined && isCertificateRefusal(row.failure.code))

function judgeUnitArtefact(
  head: MeasurementHead,
  unit: Unit,
  known: { readonly tables: Tables; readonly portals: ReadonlySet<string> },
): Finding | undefined {
  for (const row of unit.tls) {
    const intercepted = judgeInterception({ head, tables: known.tables }, { index: 0 }, row)
    if (intercepted !== undefined) return intercepted
  }
  if (unit.passed.has('tls') || unit.passed.has('http')) return undefined
  for (const row of unit.dns) {
    for (const { address } of row.answers) {
      const print = fingerprintOfAddress(address, head.probeCc, known.tables)
      if (print?.worth !== 'artefact') continue
      const grounds = [
        ground('dns.fingerprint', 'decisive', { name: unit.name, address, fingerprint: print.name }, row),
      ]
      return finding('dns', 'interfered', 'dns.fingerprint', { mechanism: 'dns.blockpage', grounds })
    }
    const bogon = row.answers.find((answer) => isBogon(answer.address))
    if (bogon === undefined) continue
    const said = ground('dns.bogon', 'decisive', { name: unit.name, address: bogon.address }, row)
    if (known.portals.has(bogon.address)) return portalFinding({ index: 0 }, [said], bogon.address, row)
    return finding('dns', 'interfered', 'dns.bogon', {
      mechanism: 'dns.bogon',
      grounds: [said],
      halvings: householdHalving(bogon.address),
    })
  }
  return undefined
}

/** Services of one owner (data/owners.json), whose names share servers. */
const META: ReadonlySet<string> = new Set(['facebook', 'messenger', 'instagram', 'threads', 'whatsapp'])

/**
 * Providers that carry their own services alone. Every other one of data/providers.json serves sites of others, and shows
 * a certificate of whichever it likes for a name that is not set up there yet. Source: from memory (check).
 */
const OWN_ALONE: ReadonlySet<string> = new Set(['apple', 'bytedance', 'meta', 'telegram', 'twitter', 'yahoo'])

/**
 * Domains of companies that deliver for others, also from machines in networks of access providers, where the network
 * does not tell. Source: their default certificates, from memory (check).
 */
const DELIVERY: ReadonlySet<string> = new Set(
  (
    'akamai.net akamaihd.net akamaized.net amazonaws.com awsglobalaccelerator.com azureedge.net azurefd.net ' +
    'azurewebsites.net b-cdn.net cdn77.org cloudflaressl.com cloudfront.net edgecastcdn.net edgekey.net edgesuite.net ' +
    'fastly.com fastly.net gcdn.co google.com googleapis.com googleusercontent.com herokuapp.com incapsula.com ' +
    'kxcdn.com llnwd.net netlify.app opendns.com nextdns.io vercel.app windows.net'
  ).split(' '),
)

/** Placeholders of servers that know no such site: words, and names that no one can register (RFC 2606, RFC 6761). */
const isPublicName = (name: string): boolean =>
  /^[^\s]+\.[^\s.]+$/.test(name) && !/\.(?:example|home|internal|invalid|lan|local|localhost|test)$/.test(name)

/** Someone else's server, and the sibling that proves that the person's connection reaches the service. */
interface Foreign {
  readonly row: TlsObservation
  readonly sibling: Unit
}

/**
 * The handshake in which a messenger's host shows a public certificate of another owner, at an address that is known to
 * be in no network of any sibling that passed: someone else's server stands where the resolver sent the connection.
 * A certificate of a service of the same owner is not meant, nor one of an unknown authority, which may be a new one of
 * the service's own, nor a filter's, nor any at a provider that serves sites of others. Wrong when: a service moves one host and its new
 * server does not know the name yet.
 */
export function otherOwner(unit: Unit, units: readonly Unit[], tables: Tables): Foreign | undefined {
  const passing = units.filter((one) => one !== unit && isProof(one))
  const sibling = passing[0]
  if (sibling === undefined) return undefined
  const own = ownDomains(units, tables)
  const row = unit.tls.filter(isForOther).find((one) => {
    const names = (one.certificates[0]?.names ?? []).map((name) => name.toLowerCase())
    const domains = names.map(domainOf)
    if (!names.some(isPublicName)) return false
    if (domains.some((domain) => own.has(domain) || DELIVERY.has(domain ?? ''))) return false
    const key = one.address === undefined ? undefined : addressKey(one.address)
    const at = answersOf(unit).find(({ address }) => addressKey(address) === key)
    if (at === undefined || servesOthers(at, tables)) return false
    return passing.every((other) => isElsewhere(at, addressesOf(other), tables))
  })
  return row === undefined ? undefined : { row, sibling }
}

function servesOthers(at: Address, tables: Tables): boolean {
  const provider = providerOf(at, tables)
  return provider !== undefined && !OWN_ALONE.has(provider.id)
}

/** A verified handshake, or the answer of Telegram's data centres (501), which no sign-in page gives. */
const isProof = ({ passed, http }: Unit): boolean => passed.has('tls') || http.some(({ status }) => status === 501)

const isElsewhere = (at: Address, others: readonly Address[], tables: Tables): boolean =>
  others.length > 0 && others.every((other) => kinship(at, other, tables) === 'different')

/** Chains of roots that are pinned no more count by the name of their issuer. */
const isForOther = ({ failure, chain, nameMatches, certificates }: TlsObservation): boolean => {
  const [leaf] = certificates
  if (leaf === undefined || leaf.names.length === 0 || filterOf(certificates) !== undefined) return false
  const isPublic = chain === 'trusted' || chain === 'expired' || isPublicIssuer(leaf)
  return failure?.code === 'ssl_invalid_hostname' && nameMatches === false && isPublic
}

const answersOf = (unit: Unit): readonly Address[] => unit.dns.flatMap((row) => row.answers)

/** Of a member without names: where it was reached. */
const addressesOf = (unit: Unit): readonly Address[] =>
  unit.dns.length > 0 ? answersOf(unit) : unit.tcp.map(({ address, family }) => ({ address, family }))

const domainOf = (name: string): string | undefined => registrableDomain(name.replace(/^\*\./, ''))

/** Domains of the names under test, of their service, and of the services of its owner. */
function ownDomains(units: readonly Unit[], tables: Tables): ReadonlySet<string | undefined> {
  const tested = new Set(units.map(({ name }) => domainOf(name)))
  const domains = tables.services.map(({ id, endpoints }) => ({ id, of: endpoints.map(({ host }) => domainOf(host)) }))
  const here = domains.filter(({ of }) => of.some((domain) => domain !== undefined && tested.has(domain)))
  const isMeta = here.some(({ id }) => META.has(id))
  const own = isMeta ? [...here, ...domains.filter(({ id }) => META.has(id))] : here
  return new Set([...tested, ...own.flatMap(({ of }) => of)].filter((domain) => domain !== undefined))
}
