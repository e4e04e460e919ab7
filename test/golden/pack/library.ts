import { dateSeries, readSeries } from 'kuager/detect'
import { openJudge } from 'kuager/judge'
import { readMeasurement, withoutPerson } from 'kuager/ooni'
import { verifyBundle } from 'kuager/verify'

export interface Input {
  readonly measurement: string
  readonly series: string
  readonly roots: readonly string[]
}

/** What a program of somebody else does with the package: one call of each of its modules. */
export async function use({ measurement, series, roots }: Input): Promise<object> {
  const bytes = new TextEncoder().encode(measurement)
  const read = readMeasurement(bytes)
  const judged = await openJudge({ roots }).judge(bytes)
  const readings = readSeries(series).series[0]?.readings ?? []
  const { sound, steps } = await verifyBundle(new Uint8Array(100), { now: 1_800_000_000_000 })
  return {
    test: read.kind === 'aside' ? read.reason : read.head.testName,
    public: withoutPerson(bytes).includes('"probe_ip":"127.0.0.1"'),
    kind: judged.kind === 'judged' ? judged.verdict.kind : judged.reason,
    restrictions: dateSeries(readings, { zone: 'Asia/Almaty' }).incidents.length,
    failed: sound ? [] : steps.filter(({ outcome }) => outcome === 'failed').map(({ step }) => step),
  }
}
