import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { z } from 'zod'
import { judged } from '../../../test/kit/measured/judged.ts'
import { hasProgram } from '../../../test/kit/net/lab-authority.ts'
import { HOUR_MS } from '../../core/model/duration.ts'
import { KINDS } from '../../core/model/measured/verdict.ts'
import { instant, parseAsn, parseInstant } from '../../core/model/units.ts'
import { homeDay } from '../../core/text/home-day.ts'
import { systemClock } from '../../runtime/clock.ts'
import { PACKAGE_ROOT } from '../../runtime/files/package-root.ts'
import { filesOf } from '../../site/dataset/contract.ts'
import { checksums } from '../../site/dataset/metadata.ts'
import { openWarehouse } from '../../store/warehouse/open.ts'
import { openDatasetKeeper } from './keep-datasets.ts'
import { folderDatasets, monthFolder } from './shelf.ts'

const answerSchema = z.strictObject({
  published: z.boolean(),
  simulated: z.boolean(),
  days: z.record(z.string(), z.record(z.string(), z.number())),
})

describe('the notebook of one month', { skip: hasProgram('python3') ? false : 'python3 is not installed' }, () => {
  let data: string
  before(async () => {
    data = await mkdtemp(join(tmpdir(), 'kuager-month-notebook-'))
  })
  after(() => rm(data, { recursive: true, force: true }))

  it('counts by day what the page Explore counts', async () => {
    await using warehouse = await openWarehouse(data)
    const start = parseInstant('2024-11-30T18:00:00Z')
    await warehouse.insert(
      Array.from({ length: 200 }, (_, leafIndex) => {
        const one = judged({
          leafIndex,
          at: instant(start + leafIndex * 4 * HOUR_MS),
          asn: leafIndex % 3 === 0 ? 'AS64500' : 'AS9198',
          verdict: { kind: KINDS[leafIndex % KINDS.length] ?? 'reachable' },
        })
        return { ...one, head: { ...one.head, ...(leafIndex % 4 === 0 ? {} : { probe: `device-${leafIndex % 7}` }) } }
      }),
    )
    const shelf = folderDatasets(data, { isPublic: true, clock: systemClock })
    await using keeper = openDatasetKeeper({
      ...{ data, isPublic: true, published: warehouse.published, clock: systemClock, shelf },
      incidents: async () => [],
      reviewOf: () => ({ standing: 'none', acts: [] }),
      space: { level: () => 'ample' },
      log: { error: () => undefined },
    })
    await keeper.look()
    const months = await shelf.months()
    const december = months.find(({ month }) => month === '2024-12')
    assert.ok(december)
    const file = filesOf(december).find(({ table, form }) => table === 'measurements' && form === 'csv')
    assert.ok(file)
    const sums = join(data, 'SHA256SUMS')
    writeFileSync(sums, checksums(months))
    const notebook = join(PACKAGE_ROOT, 'docs/notebooks/month.py')
    const path = join(monthFolder(data, december), file.name)
    const run = (list: string): z.infer<typeof answerSchema> =>
      answerSchema.parse(
        JSON.parse(execFileSync('python3', [notebook, list, path, 'youtube', '9198'], { encoding: 'utf8' })),
      )
    const found = run(sums)
    const bins = await warehouse.explored('youtube', {
      since: parseInstant('2024-11-30T19:00:00Z'),
      until: parseInstant('2024-12-31T19:00:00Z'),
      simulated: false,
      step: 'day',
      asns: [parseAsn(9198)],
    })
    assert.equal(bins.length, 31)
    assert.deepEqual(found, {
      published: true,
      simulated: false,
      days: Object.fromEntries(
        bins.map(({ bin, kinds, devices }) => [
          homeDay(instant(bin)),
          { ...Object.fromEntries(Object.entries(kinds).filter(([, count]) => count > 0)), devices },
        ]),
      ),
    })
    writeFileSync(sums, `${'0'.repeat(64)}  ${file.name}\n`)
    assert.equal(run(sums).published, false)
  })
})
