import { isBogon, isHomeAddress, isOwnMachine } from '../../model/address.ts'
import { registrableDomain } from '../../model/hostname.ts'
import type { MeasurementHead } from '../../model/measured/measurement.ts'
import type { Address, TlsObservation } from '../../model/measured/observation.ts'
import type { Tables } from '../../model/tables/tables.ts'
import { addressKey } from '../case.ts'
import { judgeInterception } from '../layer/certificate.ts'
import { householdHalving, portalFinding } from '../layer/dns.ts'
import { finding, ground, type Finding } from '../finding.ts'
import { fingerprintOfAddress } from '../layer/fingerprint.ts'
import { isCertificateRefusal } from '../line.ts'
import { kinship } from '../network.ts'
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

/**
 * The handshake in which a messenger's host shows a valid public certificate of another owner, at an address that
 * is known to be in no network of any sibling that passed: someone else's server stands where the resolver sent the connection. A certificate
 * of a listed service may be of the same owner (Meta's names share servers), and one of an unknown authority may be a new
 * one of the service's own: neither is meant. Wrong when: a service moves one host and its new server does not know the
 * name yet.
 */
export function otherOwner(unit: Unit, units: readonly Unit[], tables: Tables): TlsObservation | undefined {
  const valid = unit.tls.filter(isValidForOther)
  const passing = units.filter((one) => one !== unit && one.passed.has('tls')).map(addressesOf)
  if (valid.length === 0 || passing.length === 0) return undefined
  const own = new Set([...units.map(({ name }) => name), ...listedHosts(tables)].map(registrableDomain))
  return valid.find((row) => {
    const names = row.certificates[0]?.names ?? []
    if (names.some((name) => own.has(registrableDomain(name.toLowerCase().replace(/^\*\./, ''))))) return false
    const key = row.address === undefined ? undefined : addressKey(row.address)
    const at = addressesOf(unit).find(({ address }) => addressKey(address) === key)
    return (
      at !== undefined &&
      passing.every((ones) => ones.length > 0 && ones.every((other) => kinship(at, other, tables) === 'different'))
    )
  })
}

const isValidForOther = (row: TlsObservation): boolean =>
  row.failure?.code === 'ssl_invalid_hostname' &&
  row.chain === 'trusted' &&
  row.nameMatches === false &&
  (row.certificates[0]?.names.length ?? 0) > 0

const addressesOf = (unit: Unit): readonly Address[] => unit.dns.flatMap((row) => row.answers)

const listedHosts = (tables: Tables): readonly string[] =>
  tables.services.flatMap(({ endpoints }) => endpoints.map(({ host }) => host.replace(/^\*\./, '')))
