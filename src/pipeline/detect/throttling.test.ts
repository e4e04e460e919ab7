import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { judged } from '../../../test/kit/measured/judged.ts'
import { MemoryDetectWarehouse, memorySources } from '../../../test/kit/stores/memory-detection.ts'
import { pairRows } from '../../../test/kit/measured/pair-rows.ts'
import { createRandom } from '../../core/detect/chain/random.ts'
import { HOUR_MS } from '../../core/model/duration.ts'
import { instant, type Instant } from '../../core/model/units.ts'
import { openIncidents } from '../../store/incidents/open.ts'
import type { Judged } from '../../store/warehouse/contract.ts'
import { Detection } from './detection.ts'
import { readerSeesChange } from '../../core/derive/reader-sees.ts'

const START = Date.UTC(2025, 0, 1)
const at = (hours: number): Instant => instant(START + hours * HOUR_MS)
const { signal } = new AbortController()
/** Four-fold slowness of the eighteenth evening. */
const SLOW = [17 * 24 + 14.1, 17 * 24 + 18.1] as const

/** One pair of each of four probes every 15 minutes; both halves of a busy evening are slow. */
function pairs(from: number, until: number): readonly Judged[] {
  const rows: Judged[] = []
  for (let quarter = from * 4; quarter < until * 4; quarter++)
    for (let probe = 0; probe < 4; probe++) {
      const hours = quarter / 4 + probe / 20
      const leafIndex = quarter * 4 + probe
      const random = createRandom(leafIndex)
      const busy = hours % 24 >= 14 && hours % 24 < 18 && Math.floor(hours / 24) % 2 === 1 ? 3 : 1
      const control = 0.1 * busy * (0.9 + 0.2 * random.next())
      const factor = hours >= SLOW[0] && hours < SLOW[1] ? 4 : 1
      const target = 0.1 * busy * factor * (0.9 + 0.2 * random.next())
      const verdict = { kind: 'reachable', log10Lr: -1.08, grounds: [] } as const
      const row = judged({ leafIndex, at: at(hours), verdict, observations: pairRows({ target, control }) })
      rows.push({
        ...row,
        head: { ...row.head, testName: 'sni_blocking', probe: `probe-${probe}`, scheduled: true },
      })
    }
  return rows
}

it('a slowness is published while it lasts, and in the end as if everything had come at once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kuager-throttling-'))
  const warehouse = new MemoryDetectWarehouse()
  let now = at(17 * 24 + 10)
  const sources = (name: string, incidents: Awaited<ReturnType<typeof openIncidents>>) =>
    memorySources({ warehouse, incidents, statePath: join(folder, `${name}.json`), now: () => now })
  try {
    await using byParts = await openIncidents(join(folder, 'parts'))
    warehouse.insert(pairs(0, 17 * 24 + 10))
    const live = new Detection(sources('parts', byParts))
    await live.run('changed', { signal })
    let running: number | undefined
    for (let hours = 17 * 24 + 10; hours < 18 * 24 + 20; hours++) {
      now = at(hours + 1)
      warehouse.insert(pairs(hours, hours + 1))
      const { revisions } = await live.run('new', { signal })
      assert.ok(revisions.every(({ reason }) => reason !== 'withdrawn'))
      if (revisions.some((one) => one.running && one.state === 'throttled')) running ??= hours + 1
    }
    assert.ok(running !== undefined && running - SLOW[0] <= 3, `public ${running} hours after the start`)
    await using atOnce = await openIncidents(join(folder, 'once'))
    await new Detection(sources('once', atOnce)).run('all', { signal })
    const [[one, ...more], [other]] = [await byParts.current(), await atOnce.current()]
    assert.deepEqual(more, [])
    assert.ok(one !== undefined && other !== undefined)
    assert.deepEqual([one.state, one.id], ['throttled', other.id])
    assert.equal(readerSeesChange(one, other, 'finished'), false)
    assert.ok(
      one.slowdown !== undefined && one.slowdown.lo95 < 4 && one.slowdown.hi95 > 4,
      JSON.stringify(one.slowdown),
    )
    assert.ok(one.cause.items.some(({ item, outcome }) => item === 'stage' && outcome === 'slow'))
    assert.ok(one.cause.items.some(({ item, outcome }) => item === 'other-name' && outcome === 'cures'))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
