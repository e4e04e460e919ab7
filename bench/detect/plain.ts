// Tables as a third party has them: an outcome a row, no pair, one service (or two) on three networks. How often a block of
// more than three days on one network is called blocking, and how often a fault is.
import { makeCauseTable } from '../../src/core/detect/cause/table.ts'
import { defaultSettings } from '../../src/core/detect/chain/default-settings.ts'
import { dateTable } from '../../src/core/detect/series/date-series.ts'
import type { TableSeries } from '../../src/core/detect/series/series-table.ts'
import { DAY_MS, HOUR_MS } from '../../src/core/model/duration.ts'
import type { Reading } from '../../src/core/model/measured/reading.ts'
import { instant } from '../../src/core/model/units.ts'
import { loadCauseFile } from '../../src/runtime/tables/cause-files.ts'
import type { Figure } from '../run.ts'
import { createDraw, type Draw } from './draw.ts'

const EPOCH = Date.UTC(2024, 2, 1)
const NETWORKS = ['AS64501', 'AS64502', 'AS64503'] as const

/** What goes wrong in a simulated table. */
const FAULTS = ['platform', 'provider', 'edge', 'name-at-edge', 'device', 'evening', 'certificate'] as const
type Story = 'block' | (typeof FAULTS)[number]

interface Options {
  readonly seed: number
  readonly story: Story
}

/** When which service fails on which network, for which devices, and how often. */
interface Failing {
  readonly from: number
  readonly until: number
  readonly networks: readonly string[]
  readonly services: readonly string[]
  readonly share: number
  /** Only these devices; absent: all. */
  readonly device?: number
  /** Only from 19 to 23 hours. */
  readonly evening?: boolean
}

function failingOf(draw: Draw, story: Story, days: number): readonly Failing[] {
  const from = EPOCH + draw.uniform(0.3, 0.6) * days * DAY_MS
  const [own] = NETWORKS
  const lasting = (hours: number): { from: number; until: number } => ({ from, until: from + hours * HOUR_MS })
  const service = ['target']
  const everything = ['target', 'other']
  switch (story) {
    case 'block':
      return [
        { ...lasting(72 + draw.exponential(200)), networks: [own], services: service, share: draw.uniform(0.88, 1) },
      ]
    case 'platform':
      return [{ ...lasting(draw.logNormal(3, 1)), networks: NETWORKS, services: service, share: draw.uniform(0.5, 1) }]
    case 'provider':
      return [
        { ...lasting(draw.logNormal(4, 1.1)), networks: [own], services: everything, share: draw.uniform(0.6, 1) },
      ]
    case 'edge':
      return [{ ...lasting(draw.logNormal(6, 1.1)), networks: [own], services: service, share: draw.uniform(0.4, 1) }]
    case 'name-at-edge':
      return [
        {
          ...lasting(draw.logNormal(10, 1.1)),
          networks: NETWORKS.slice(0, draw.hit(0.3) ? 1 : 3),
          services: service,
          share: draw.uniform(0.6, 1),
        },
      ]
    case 'device':
      return [
        {
          ...lasting(draw.logNormal(120, 1)),
          networks: [own],
          services: draw.hit(0.5) ? service : everything,
          share: 0.97,
          device: 0,
        },
      ]
    case 'evening':
      return [
        {
          from,
          until: from + draw.uniform(4, 14) * DAY_MS,
          networks: [own],
          services: everything,
          share: draw.uniform(0.3, 0.6),
          evening: true,
        },
      ]
    case 'certificate':
      return [{ ...lasting(draw.logNormal(14, 0.9)), networks: NETWORKS, services: service, share: 0.98 }]
  }
}

/** Rows of three networks, and of a second service in half of the tables. */
export function simulatePlain({ seed, story }: Options): {
  readonly series: readonly TableSeries[]
  readonly failing: readonly Failing[]
} {
  const draw = createDraw(seed)
  const days = draw.uniform(25, 70)
  const failing = failingOf(draw, story, days)
  const named = draw.hit(0.5)
  const services = draw.hit(0.5) ? ['target', 'other'] : ['target']
  const perDay = draw.uniform(4, 24)
  const noise = draw.uniform(0.005, 0.04)
  const series = NETWORKS.flatMap((network) => {
    const devices = 3 + Math.floor(draw.uniform(0, 8))
    return services.map((service): TableSeries => {
      const readings: Reading[] = []
      for (
        let at = EPOCH + draw.exponential(24 / perDay) * HOUR_MS;
        at < EPOCH + days * DAY_MS;
        at += draw.exponential(24 / perDay) * HOUR_MS
      ) {
        const device = Math.floor(draw.uniform(0, devices))
        const hour = (((at / HOUR_MS) % 24) + 24) % 24
        const hit = failing.some(
          (one) =>
            at >= one.from &&
            at < one.until &&
            one.networks.includes(network) &&
            one.services.includes(service) &&
            (one.device === undefined || one.device === device) &&
            (one.evening !== true || (hour >= 19 && hour < 23)) &&
            draw.hit(one.share),
        )
        readings.push({
          at: instant(Math.round(at)),
          probe: named ? `${network}-${device}` : '',
          target: hit || draw.hit(noise) ? 'fail' : 'ok',
          control: 'none',
          canary: 'none',
          artefact: false,
          scheduled: false,
        })
      }
      return { service, network, readings }
    })
  })
  return { series, failing }
}

const EVENLY = Array.from({ length: 24 }, () => 1)
const SETTINGS = defaultSettings({ zone: 'UTC', onsetHours: EVENLY, loadHours: EVENLY, draws: 500 })
/** Each network and each service of these tables is its own owner. */
const OWNERS = { ofNetwork: (name: string) => name, ofService: (name: string) => name }
const CAUSES = loadCauseFile()
const TABLE = makeCauseTable(CAUSES.file, CAUSES.digest)

/** What is said of the target on the first network: the words of its incidents that overlap what failed. */
export function wordsOf(options: Options): {
  readonly words: readonly string[]
  readonly ratios: readonly number[]
  readonly items: string
} {
  const { series, failing } = simulatePlain(options)
  const dated = dateTable(series, { settings: SETTINGS, table: TABLE, owners: OWNERS })
  const incidents = dated.flatMap((one, i) => (series[i]?.service === 'target' ? one.incidents : []))
  const over = incidents.filter(
    ({ found: { start, end } }) =>
      (start.median ?? start.bracket[1] ?? 0) < failing[0]!.until &&
      (end.median ?? end.bracket[0] ?? Infinity) > failing[0]!.from, // one at least
  )
  return {
    words: over.map(({ cause }) => cause.word),
    ratios: over.map(({ cause }) => cause.quoted?.log10Lr ?? 0),
    items: over
      .map(
        ({ found, cause }) =>
          `${found.state} ${cause.items.map(({ item, outcome }) => `${item}=${outcome}`).join(' ')} against ${cause.quoted?.against ?? ''}`,
      )
      .join(' | '),
  }
}

/** Says of how many blocks, and of how many faults of each kind, the verdict is blocking. */
export async function run({ quick }: { readonly quick: boolean }): Promise<{
  readonly table: readonly Figure[]
  readonly json: Readonly<Record<string, number>>
}> {
  const size = quick ? 20 : 1000
  const shareOf = (story: (k: number) => Story): number => {
    let named = 0
    for (let k = 0; k < size; k++)
      if (wordsOf({ seed: 3_000_000 + k, story: story(k) }).words.includes('blocking')) named++
    return named / size
  }
  const blocks = shareOf(() => 'block')
  const faults = shareOf((k) => FAULTS[k % FAULTS.length]!) // within the list
  return {
    table: [
      { figure: 'Plain tables: blocks of three days or more on one of three networks, called blocking', value: blocks, target: '≥ 0.5', met: blocks >= 0.5 }, // prettier-ignore
      { figure: '  faults called blocking', value: faults, target: '≤ 0.01', met: faults <= 0.01 },
    ],
    json: { blocks_called: blocks, faults_called: faults },
  }
}
