import { defined } from '../../core/model/defined.ts'
import type { Names } from '../../core/text/names.ts'
import type { AloneFinding, OneJudged } from '../../casework/exhibit/alone-finding.ts'
import { isCounted, MeasuredSet } from '../../core/derive/measured.ts'
import { formatAsn, instant, type Asn } from '../../core/model/units.ts'
import { HALVINGS } from '../../core/model/measured/verdict.ts'
import type { BundledMeasurement, BundledMeasurements } from '../../pipeline/bundle/make-bundle.ts'
import type { ExhibitAbout } from '../../pipeline/bundle/write-bundle.ts'
import { groundOf, exhibitServiceName, type ExhibitParts } from './ground.ts'

/** Later than every measurement. */
const NEVER = instant(Date.UTC(2200, 0, 1))

/** Everything that the documents say about a bundle with only measurements. */
export async function aloneOf(
  about: ExhibitAbout,
  { asked, measurements }: BundledMeasurements,
  parts: ExhibitParts,
): Promise<AloneFinding> {
  const set = new MeasuredSet(measurements.flatMap(({ measured }) => measured ?? []))
  const ever = { since: instant(0), until: NEVER }
  return {
    ...(await groundOf(about, { measurements, own: measurements }, parts)),
    simulated: about.index.simulated,
    chosen: asked.kind === 'named' ? { kind: 'named' } : { kind: 'period', since: asked.since, until: asked.until },
    judged: measurements.flatMap((one) => judgedOf(one, parts.names) ?? []),
    readings: set.series.flatMap((series) => set.readings(series, ever)),
  }
}

function judgedOf({ line, measured }: BundledMeasurement, names: Names): OneJudged | undefined {
  if (measured === undefined) return undefined
  const { head, service, verdict, provenance } = measured
  const { kind, mechanism, missing, grounds } = verdict
  return {
    leaf: line.leaf,
    startedAt: head.startedAt,
    service: exhibitServiceName(service, names),
    network: networkName(head.probeAsn, names),
    kind,
    ...defined({ mechanism }),
    device: measured.device,
    apart: line.role === 'apart' || !isCounted(provenance),
    missing,
    halved: grounds.flatMap(({ fact, values }) =>
      fact === 'ratio.halved' ? (HALVINGS.find((one) => one === values['why']) ?? []) : [],
    ),
  }
}

function networkName(asn: Asn, names: Names): string {
  const name = names.networkName(asn)
  return name === undefined ? formatAsn(asn) : `${name} (${formatAsn(asn)})`
}
