// `node bench/detect/validation-cases.ts DIR [EACH]`: cases of a validation on the simulator, whose truth is known:
// EACH of every group (docs/methods/validation.md). Then: `kuager validate freeze`, `log`, `open`.
import { hash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { HOUR_MS } from '../../src/core/model/duration.ts'
import type { CaseGroup, ValidationLabels, ValidationProtocol } from '../../src/core/model/incident/validation.ts'
import type { Reading } from '../../src/core/model/measured/reading.ts'
import { createDraw, type Draw } from './draw.ts'
import { simulate, type Simulated } from './simulate.ts'

/** Seeds of no other benchmark. */
const SEED = 7_000_000

/** What may go wrong without interference; `edge` looks most like it: one name fails, and others pass. */
const FAULTS = ['service', 'provider', 'device', 'edge', 'congestion'] as const
type SimulatedFault = (typeof FAULTS)[number]

interface Case {
  readonly readings: readonly Reading[]
  /** Hours of truth, in milliseconds; absent: nothing happened. */
  readonly span?: { readonly from: number; readonly until: number }
  readonly source: string
}

const quiet = (seed: number, draw: Draw): Simulated =>
  simulate(seed, { kind: 'quiet', days: draw.uniform(8, 16), probes: 3 + Math.floor(draw.uniform(0, 4)) })

/** A time well inside a series, log-uniform from one hour to two days. */
function spanIn({ truth: { from, until } }: Simulated, draw: Draw): { readonly from: number; readonly until: number } {
  const length = HOUR_MS * Math.exp(draw.uniform(0, Math.log(48)))
  const start = draw.uniform(from + 48 * HOUR_MS, until - 24 * HOUR_MS - length)
  return { from: start, until: start + length }
}

function inside(
  simulated: Simulated,
  span: { readonly from: number; readonly until: number },
  change: (one: Reading) => Reading,
): readonly Reading[] {
  return simulated.readings.map((one) => (one.at >= span.from && one.at < span.until ? change(one) : one))
}

/** A restriction of known times put into a quiet series. */
function spikeIn(seed: number): Case {
  const draw = createDraw(seed + 500_000)
  const base = quiet(seed, draw)
  const span = spanIn(base, draw)
  const passing = draw.uniform(0.02, 0.12)
  const readings = inside(base, span, (one) =>
    draw.hit(passing) ? one : { ...one, target: 'fail', mechanism: 'tls.timeout.sni' },
  )
  return { readings, span, source: 'spike-in: a restriction by name' }
}

/** A fault of known times put into a quiet series. */
function fault(seed: number, kind: SimulatedFault): Case {
  const draw = createDraw(seed + 600_000)
  const base = quiet(seed, draw)
  const span = spanIn(base, draw)
  const device = base.readings[0]?.probe ?? ''
  const readings = inside(base, span, (one): Reading => {
    switch (kind) {
      case 'service': // its platform is away: every name at the address fails
        return draw.hit(0.95) ? { ...one, target: 'fail', control: draw.hit(0.9) ? 'fail' : one.control } : one
      case 'provider': // the connection of everyone
        return draw.hit(0.95) ? { ...one, target: 'fail', control: 'fail', canary: 'fail' } : one
      case 'device': // one device alone
        return one.probe === device && draw.hit(0.95) ? { ...one, target: 'fail', mechanism: 'tls.timeout' } : one
      case 'edge': // one name is broken at the servers: they answer with an alert
        return draw.hit(0.95) ? { ...one, target: 'fail', mechanism: 'tls.alert' } : one
      case 'congestion': // both halves of some pairs
        return draw.hit(0.4) ? { ...one, target: 'fail', control: draw.hit(0.85) ? 'fail' : 'ok' } : one
    }
  })
  return { readings, span, source: `fault: ${kind}` }
}

/** A series with restrictions of its own; the longest is labelled. */
function positive(seed: number): Case | undefined {
  const draw = createDraw(seed + 700_000)
  const days = draw.uniform(8, 16)
  const found = simulate(seed, {
    kind: draw.hit(0.5) ? 'evening' : 'both',
    days,
    probes: 3 + Math.floor(draw.uniform(0, 4)),
  })
  const longest = found.truth.blocks
    .filter(({ from, until }) => until - from >= HOUR_MS && from > found.truth.from && until < found.truth.until)
    .toSorted((a, b) => b.until - b.from - (a.until - a.from))[0]
  return longest === undefined
    ? undefined
    : { readings: found.readings, span: longest, source: 'positive: a simulated restriction' }
}

/** Cases of every group, by group and number. */
function* cases(each: number): Generator<readonly [CaseGroup, Case]> {
  let seed = SEED
  for (let n = 0; n < each; n++) {
    let found: Case | undefined
    while ((found = positive(seed++)) === undefined);
    yield ['positive', found]
    yield ['spike-in', spikeIn(seed++)]
    yield ['fault', fault(seed++, FAULTS[n % FAULTS.length] ?? 'service')]
    const draw = createDraw(seed + 800_000)
    yield [
      'placebo',
      { readings: quiet(seed++, draw).readings, source: 'placebo: nothing but chance, load and troubles of devices' },
    ]
  }
}

const iso = (at: number): string => new Date(Math.round(at / 1000) * 1000).toISOString()

function csv(readings: readonly Reading[]): string {
  const none = (half: string): string => (half === 'none' ? '' : half)
  const rows = readings.map(({ at, probe, target, control, canary, mechanism, lnRatio }) =>
    [iso(at), probe, none(target), none(control), none(canary), mechanism ?? '', lnRatio?.toFixed(3) ?? ''].join(','),
  )
  return `at_utc,probe,outcome,control,canary,mechanism,ln_ratio\n${rows.join('\n')}\n`
}

const [folder, given = '25'] = process.argv.slice(2)
if (folder === undefined) throw new Error('Usage: node bench/detect/validation-cases.ts DIR [EACH]')
mkdirSync(join(folder, 'series'), { recursive: true })
const labels: ValidationLabels['cases'] = []
const listed: ValidationProtocol['cases'] = []
// Names tell nothing of the group to the one who predicts.
const order = createDraw(SEED)
const all = [...cases(Number(given))]
  .map((one) => ({ one, key: order.uniform(0, 1) }))
  .toSorted((a, b) => a.key - b.key)
for (const [
  i,
  {
    one: [group, { readings, span, source }],
  },
] of all.entries()) {
  const id = `c${String(i + 1).padStart(4, '0')}`
  writeFileSync(join(folder, 'series', `${id}.csv`), csv(readings))
  listed.push({ id, file: `${id}.csv` })
  const bracket = (at: number) => ({ earliest_utc: iso(at), latest_utc: iso(at) })
  labels.push({
    id,
    group,
    source,
    ...(span === undefined ? {} : { start: bracket(span.from), end: bracket(span.until) }),
  })
}
const labelText = `${JSON.stringify({ format: 'kuager-validation-labels/1', by: 'the simulator', cases: labels } satisfies ValidationLabels, undefined, 1)}\n`
writeFileSync(join(folder, 'labels.json'), labelText)
const protocol: ValidationProtocol = {
  format: 'kuager-validation-protocol/1',
  title: {
    kk: 'Симуляторда тексеру',
    ru: 'Проверка на симуляторе',
    en: 'Validation on the simulator',
  },
  simulated: true,
  labels_sha256: hash('sha256', labelText),
  zone: 'Asia/Almaty',
  schedule_minutes: 15,
  cases: listed,
}
writeFileSync(join(folder, 'protocol.json'), `${JSON.stringify(protocol, undefined, 1)}\n`)
process.stdout.write(`${all.length} cases in ${folder}\n`)
