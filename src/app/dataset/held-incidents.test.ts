import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { sampleIncident } from '../../../test/kit/evening/incident-sample.ts'
import { DAY_MS, MINUTE_MS } from '../../core/model/duration.ts'
import { anchor } from '../../core/model/incident/bounds.ts'
import type { ReviewStanding } from '../../core/model/incident/review.ts'
import { instant, millis } from '../../core/model/units.ts'
import { filesOf, type DatasetMonth } from '../../site/dataset/contract.ts'
import { openWarehouse } from '../../store/warehouse/open.ts'
import { openDatasetKeeper } from './keep-datasets.ts'
import { folderDatasets, monthFolder } from './shelf.ts'

it('files for researchers lose an incident on hold at the next look, and have it again a day after the hold', async () => {
  const data = await mkdtemp(join(tmpdir(), 'kuager-held-'))
  try {
    await using warehouse = await openWarehouse(data)
    const incident = sampleIncident({ simulated: false })
    let now = instant((anchor(incident) ?? 0) + 60 * DAY_MS)
    let standing: ReviewStanding = 'none'
    const clock = { now: () => now, monotonic: () => millis(now) }
    const shelf = folderDatasets(data, { isPublic: true, clock })
    await using keeper = openDatasetKeeper({
      ...{ data, isPublic: true, published: warehouse.published, clock, shelf },
      incidents: async () => [incident],
      reviewOf: () => ({ standing, acts: [] }),
      space: { level: () => 'ample' },
      log: { error: () => undefined },
    })
    const look = async (later: number): Promise<DatasetMonth> => {
      now = instant(now + later)
      await keeper.look()
      const [month] = await shelf.months()
      assert.ok(month)
      return month
    }
    const idsIn = (month: DatasetMonth): readonly string[] => {
      const file = filesOf(month).find(({ table, form }) => table === 'incidents' && form === 'jsonl')
      assert.ok(file)
      const text = gunzipSync(readFileSync(join(monthFolder(data, month), file.name))).toString()
      return text.split('\n').flatMap((line) => /"incident_id":"([^"]+)"/.exec(line)?.[1] ?? [])
    }
    const before = await look(0)
    assert.deepEqual(idsIn(before), [incident.id])
    standing = 'held'
    assert.deepEqual(idsIn(await look(MINUTE_MS)), [])
    for (const { name } of filesOf(before)) assert.equal(await shelf.find(name), undefined, name)
    standing = 'none'
    assert.deepEqual(idsIn(await look(DAY_MS)), [incident.id])
  } finally {
    await rm(data, { recursive: true, force: true })
  }
})
