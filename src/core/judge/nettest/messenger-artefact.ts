import { isBogon } from '../../model/address.ts'
import type { MeasurementHead } from '../../model/measured/measurement.ts'
import type { Tables } from '../../model/tables/tables.ts'
import { judgeInterception } from '../layer/certificate.ts'
import { portalFinding } from '../layer/dns.ts'
import { finding, ground, type Finding } from '../finding.ts'
import { fingerprintOfAddress } from '../layer/fingerprint.ts'
import { isCertificateRefusal } from '../line.ts'
import type { Unit } from '../unit.ts'

/**
 * What stands without any control in a messenger test: a known interception authority, and a bogon or a known block
 * address answered for a listed service. A bogon address that shows a foreign certificate anywhere in the run is the line's sign-in page,
 * for every name that was sent there.
 */
export function judgeArtefacts(head: MeasurementHead, units: readonly Unit[], tables: Tables): readonly Finding[] {
  const portals = new Set(units.filter(isRefused).flatMap((unit) => unit.addresses.filter(isBogon)))
  return units.flatMap((unit) => {
    const found = judgeUnitArtefact(head, unit, { tables, portals })
    return found === undefined ? [] : [found]
  })
}

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
    return finding('dns', 'interfered', 'dns.bogon', { mechanism: 'dns.bogon', grounds: [said] })
  }
  return undefined
}
