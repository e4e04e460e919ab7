import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { sampleIncident } from '../../../test/kit/evening/incident-sample.ts'
import { anchor } from '../../core/model/incident/bounds.ts'
import { DAY_MS } from '../../core/model/duration.ts'
import type { Alarm } from '../../core/model/incident/incident.ts'
import { instant } from '../../core/model/units.ts'
import { alarmsAlone, emptyState, loadAlarmsAlone, saveState, type SeriesState } from './detect-state.ts'

const incident = { ...sampleIncident(), running: false }
const start = anchor(incident)!.valueOf() // the sample is dated
const alarm = (at: number, cleared = at + 60_000): Alarm => ({
  raisedAt: instant(at),
  clearedAt: instant(cleared),
  floorMet: true,
})
const NONE = { alone: [], until: -Infinity }

describe('alarms that became no incident', () => {
  it('are those far from every incident of the series', () => {
    const quiet = start - 3 * DAY_MS
    assert.deepEqual(alarmsAlone({ incidents: [incident], alarms: [alarm(quiet), alarm(start)] }, NONE), [quiet])
    assert.deepEqual(alarmsAlone({ incidents: [], alarms: [alarm(start)] }, NONE), [start])
    const lasting = alarm(start - DAY_MS, start + 1)
    assert.deepEqual(alarmsAlone({ incidents: [incident], alarms: [lasting] }, NONE), [])
  })

  it('of before a series was settled are kept, and none is counted twice', () => {
    const settled = start - DAY_MS
    const before = { alone: [settled - 5, settled + 5], until: settled }
    const found = { incidents: [incident], alarms: [alarm(settled - 5), alarm(settled + 7)] }
    assert.deepEqual(alarmsAlone(found, before), [settled - 5, settled + 7])
  })

  describe('beside the state', () => {
    const folders: string[] = []
    after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))))

    it('are counted over all series, and not known where nothing was saved or the file is damaged', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'kuager-alone-'))
      folders.push(folder)
      const path = join(folder, 'detected.json')
      assert.equal(await loadAlarmsAlone(path), undefined)
      const one = { insertion: 1, count: 1 }
      const series = new Map<string, SeriesState>([
        ['a', { ...one, alone: [1, 2] }],
        ['b', one],
        ['c', { ...one, alone: [3] }],
      ])
      await saveState(path, { ...emptyState('1'), series })
      assert.equal(await loadAlarmsAlone(path), 3)
      assert.match(await readFile(path, 'utf8'), /"alone":\[1,2\]/)
      await writeFile(`${path}.alarms`, '{"alarms_alone":-1}')
      assert.equal(await loadAlarmsAlone(path), undefined)
    })
  })
})
