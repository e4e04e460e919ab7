import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { memoryIncidents } from '../../../test/kit/stores/memory-incidents.ts'
import { sampleIncident } from '../../../test/kit/evening/incident-sample.ts'
import { LEAF_CODEC } from '../../core/evidence/log/leaf-record.ts'
import { DAY_MS, HOUR_MS } from '../../core/model/duration.ts'
import { instant, parseInstant } from '../../core/model/units.ts'
import { openArchive } from '../../store/archive/open.ts'
import { openCustody } from '../custody/custody-book.ts'
import { openReviews, type AskedReview, type Reviews } from './reviews.ts'

const INCIDENT = sampleIncident({})

describe('openReviews()', () => {
  let root = ''
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-reviews-'))))
  after(() => rm(root, { recursive: true }))

  it('records acts, gives the same after it is opened again, and follows the time', async () => {
    let now = parseInstant('2026-11-01T08:00:00Z')
    const clock = { now: () => now, monotonic: () => 0 as never }
    await using archive = await openArchive(join(root, 'archive'), { leaves: LEAF_CODEC })
    const custody = await openCustody({ folder: root, archive, clock })
    const open = (): Promise<Reviews> =>
      openReviews({
        folder: root,
        archive,
        clock,
        custody: async () => custody,
        incidents: memoryIncidents([INCIDENT]),
      })
    const reviews = await open()
    const asked = (more: Partial<AskedReview> & Pick<AskedReview, 'kind'>): AskedReview => ({
      ...{ incident: INCIDENT.id, role: 'editor', actor: 'editor-1', lang: 'en', reason: 'It is being checked.' },
      ...more,
    })
    assert.deepEqual([reviews.of(INCIDENT.id).standing, reviews.all(), reviews.changed()], ['none', [], 0])
    const hold = await reviews.act(asked({ kind: 'hold', until: instant(now + 3 * DAY_MS) }))
    assert.deepEqual([hold.state, hold.revision, reviews.changed(INCIDENT.id)], ['in-force', 1, 1])
    // Two confirmations at once: the second finds the first.
    const confirm = asked({ kind: 'confirm', of: hold.id, actor: 'editor-2' })
    const both = await Promise.allSettled([reviews.act(confirm), reviews.act({ ...confirm, actor: 'editor-3' })])
    assert.deepEqual(
      both.map(({ status }) => status),
      ['fulfilled', 'rejected'],
    )
    now = instant(now + 2 * DAY_MS)
    const again = await open()
    assert.deepEqual(again.of(INCIDENT.id), reviews.of(INCIDENT.id))
    assert.equal(again.of(INCIDENT.id).standing, 'held')
    const before = again.changed()
    now = instant(now + DAY_MS + HOUR_MS)
    assert.equal(again.of(INCIDENT.id).standing, 'none')
    assert.ok(again.changed() > before, 'pages in memory are made again')
  })

  it('opens with a damaged event of custody in the log: it is reported and counted, the other acts are there', async () => {
    const folder = await mkdtemp(join(root, 'damaged-'))
    const clock = { now: () => parseInstant('2026-11-01T08:00:00Z'), monotonic: () => 0 as never }
    const incidents = memoryIncidents([INCIDENT])
    {
      await using archive = await openArchive(join(folder, 'archive'), { leaves: LEAF_CODEC })
      const custody = await openCustody({ folder, archive, clock })
      const reviews = await openReviews({ folder, archive, clock, incidents, custody: async () => custody })
      const asked = { incident: INCIDENT.id, kind: 'note', role: 'editor', actor: 'editor-1', lang: 'en' } as const
      await reviews.act({ ...asked, reason: 'A sentence that is damaged later.' })
      await reviews.act({ ...asked, reason: 'The other one.' })
    }
    const segments = join(folder, 'archive', 'segments')
    const [segment = ''] = (await readdir(segments)).filter((name) => !name.endsWith('.index')).toSorted()
    const bytes = await readFile(join(segments, segment))
    bytes[60] = bytes[60]! ^ 1 // inside the first event
    await writeFile(join(segments, segment), bytes)
    await using archive = await openArchive(join(folder, 'archive'), { leaves: LEAF_CODEC })
    const told: number[] = []
    const reviews = await openReviews({
      folder,
      ...{ archive, clock, incidents },
      custody: async () => assert.fail('no act is recorded'),
      onUnreadable: (leaf) => void told.push(leaf),
    })
    assert.deepEqual([told, reviews.unreadable], [[0], 1])
    assert.deepEqual(
      reviews.of(INCIDENT.id).acts.map((act) => act.reason),
      ['The other one.'],
    )
  })
})
