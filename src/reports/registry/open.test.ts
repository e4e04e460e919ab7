import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { REGISTRY_KINDS, registryPlaces, WITHOUT_POSTGRES } from '../../../test/kit/stores/postgres.ts'
import { SLOT_MS } from '../../core/model/people/report.ts'
import { instant, parseAsn } from '../../core/model/units.ts'
import type { CrowdRow, NoteRow, ReportRow } from './contract.ts'
import { openReportStore } from './open.ts'

const SLOT = 1000 * SLOT_MS
const DAY = instant(SLOT)
const ALL = { since: instant(0), until: instant(SLOT * 2) }

const report = (id: string, given: Partial<ReportRow> = {}): ReportRow => ({
  id,
  slot: SLOT,
  service: 'telegram',
  problem: 'does-not-open',
  state: 'counted',
  simulated: false,
  ...given,
})
const check = (id: string, given: Partial<CrowdRow> = {}): CrowdRow => ({
  id,
  slot: SLOT,
  service: 'telegram',
  outcome: 'black-hole',
  state: 'counted',
  simulated: false,
  ...given,
})
const note = (id: string, given: Partial<NoteRow> = {}): NoteRow => ({
  id,
  day: DAY,
  service: 'telegram',
  lang: 'kk',
  text: 'Кешкі сегізден бері ашылмайды 📵',
  state: 'waiting',
  simulated: false,
  ...given,
})

for (const kind of REGISTRY_KINDS)
  describe(`What people told, in ${kind}`, { skip: kind === 'postgres' && WITHOUT_POSTGRES }, () => {
    const places = registryPlaces(kind)
    before(places.begin)
    after(places.end)

    it('reports are counted by slot, service, network, who said it, region, problem and state', async () => {
      await using store = await openReportStore(await places.place())
      const asn = parseAsn(4_294_967_295)
      await store.add({
        reports: [
          report('01', { asn, region: 'KZ-75', since: 'hour' }),
          report('02', { asn, region: 'KZ-75' }),
          report('03', { asn, region: 'KZ-75', said: true }),
          report('04', { state: 'repeat' }),
          report('05', { slot: SLOT + SLOT_MS, problem: 'slow' }),
        ],
      })
      assert.deepEqual(await store.counts(ALL, false), [
        cell({ asn: 0, region: '', state: 'repeat', count: 1 }),
        cell({ asn, region: 'KZ-75', count: 2 }),
        cell({ asn, region: 'KZ-75', said: true, count: 1 }),
        cell({ slot: SLOT + SLOT_MS, asn: 0, region: '', problem: 'slow', count: 1 }),
      ])
    })

    it('a time begins with its first slot and ends before its last', async () => {
      await using store = await openReportStore(await places.place())
      await store.add({
        reports: [report('01'), report('02', { slot: SLOT + SLOT_MS })],
        checks: [check('03'), check('04', { slot: SLOT + SLOT_MS })],
      })
      const between = { since: instant(SLOT), until: instant(SLOT + SLOT_MS) }
      assert.deepEqual(
        (await store.counts(between, false)).map(({ slot }) => slot),
        [SLOT],
      )
      assert.deepEqual(
        (await store.crowdCounts(between, false)).map(({ slot }) => slot),
        [SLOT],
      )
    })

    it('what came already is passed over, beside what is new', async () => {
      await using store = await openReportStore(await places.place())
      await store.add({ reports: [report('01')], checks: [check('11')], notes: [note('21')] })
      await store.add({
        reports: [report('01', { problem: 'slow' }), report('02'), report('02')],
        checks: [check('11'), check('12')],
        notes: [note('21', { text: 'otherwise' }), note('22')],
      })
      assert.deepEqual(await store.counts(ALL, false), [cell({ asn: 0, region: '', count: 2 })])
      assert.equal((await store.crowdCounts(ALL, false))[0]?.count, 2)
      assert.deepEqual(
        (await store.notes('waiting', 10)).map(({ text }) => text),
        [note('').text, note('').text],
      )
    })

    it('simulated ones are counted only where asked for', async () => {
      await using store = await openReportStore(await places.place())
      await store.add({ reports: [report('01')], checks: [check('11')] })
      assert.equal(await store.hasSimulated(), false)
      await store.add({ reports: [report('02', { simulated: true })], checks: [check('12', { simulated: true })] })
      assert.equal(await store.hasSimulated(), true)
      for (const [simulated, count] of [
        [false, 1],
        [true, 2],
      ] as const) {
        assert.equal((await store.counts(ALL, simulated))[0]?.count, count)
        assert.equal((await store.crowdCounts(ALL, simulated))[0]?.count, count)
      }
    })

    it('a simulated note alone is something simulated', async () => {
      await using store = await openReportStore(await places.place())
      await store.add({ notes: [note('01', { simulated: true })] })
      assert.equal(await store.hasSimulated(), true)
    })

    it('setState() reaches reports and checks; ids that are not there are passed over', async () => {
      await using store = await openReportStore(await places.place())
      const ids = Array.from({ length: 250 }, (_, nth) => `r${nth}`)
      await store.add({ reports: ids.map((id) => report(id)), checks: [check('c')] })
      await store.setState([...ids.slice(1), 'c', 'nobody'], 'held')
      assert.deepEqual(
        (await store.counts(ALL, false)).map(({ state, count }) => [state, count]),
        [
          ['counted', 1],
          ['held', 249],
        ],
      )
      assert.deepEqual(
        (await store.crowdCounts(ALL, false)).map(({ state }) => state),
        ['held'],
      )
    })

    it('release() frees the held reports of one service and one time', async () => {
      await using store = await openReportStore(await places.place())
      await store.add({
        reports: [
          report('01', { state: 'held' }),
          report('02', { state: 'counted' }),
          report('03', { state: 'held', service: 'signal' }),
          report('04', { state: 'held', slot: SLOT + SLOT_MS }),
        ],
      })
      assert.equal(await store.release('telegram', { since: instant(SLOT), until: instant(SLOT + 1) }), 1)
      assert.deepEqual((await store.counts(ALL, false)).map(({ state }) => state).toSorted(), [
        'counted',
        'held',
        'held',
        'released',
      ])
    })

    it('a note waits, is read, is published as it was left, and is removed', async () => {
      await using store = await openReportStore(await places.place())
      await store.add({ notes: [note('02'), note('01'), note('03', { day: DAY - 1 })] })
      assert.deepEqual(
        (await store.notes('waiting', 2)).map(({ id }) => id),
        ['03', '01'],
      )
      assert.equal(await store.decideNote('01', 'published', 'Ашылмайды'), true)
      assert.equal(await store.decideNote('02', 'read'), true)
      assert.equal(await store.decideNote('nobody', 'read'), false)
      assert.deepEqual(await store.notes('published', 9), [note('01', { state: 'published', shown: 'Ашылмайды' })])
      assert.deepEqual(await store.notes('read', 9), [note('02', { state: 'read' })])
      assert.equal(await store.removeNote('01'), true)
      assert.equal(await store.removeNote('01'), false)
      assert.deepEqual(await store.notes('published', 9), [])
    })

    it('forget() removes reports and checks of before a time, and texts of before another, whether read or not', async () => {
      await using store = await openReportStore(await places.place())
      await store.add({
        reports: [report('01'), report('02', { slot: SLOT + SLOT_MS })],
        checks: [check('01')],
        notes: [
          note('01'),
          note('02', { state: 'read' }),
          note('03', { state: 'published', shown: 'x' }),
          note('04', { day: DAY + 1 }),
        ],
      })
      assert.equal(await store.forget(instant(SLOT + 1), instant(DAY)), 2)
      assert.equal((await store.notes('waiting', 9)).length, 2)
      assert.equal(await store.forget(instant(SLOT + 1), instant(DAY + 1)), 2)
      assert.deepEqual(
        (await store.counts(ALL, false)).map(({ slot }) => slot),
        [SLOT + SLOT_MS],
      )
      assert.deepEqual(await store.crowdCounts(ALL, false), [])
      assert.deepEqual(await store.notes('read', 9), [])
      assert.deepEqual(
        (await store.notes('waiting', 9)).map(({ id }) => id),
        ['04'],
      )
      assert.deepEqual(await store.notes('published', 9), [note('03', { state: 'published', shown: 'x', text: '' })])
    })

    it('notes that say the same are one group, counted, and found by the beginning of an id', async () => {
      await using store = await openReportStore(await places.place())
      await store.add({
        notes: [
          note('ab2'),
          note('ab1', { day: DAY + 1 }),
          note('ac1', { text: 'another' }),
          note('ad1', { lang: 'en' }),
          note('ae1', { simulated: true }),
          note('af1', { state: 'read' }),
        ],
      })
      const asked = { state: 'waiting', simulated: false } as const
      const groups = await store.noteGroups(asked, 9)
      assert.deepEqual(
        groups.map(({ id, day, count }) => [id, day, count]),
        [
          ['ab1', DAY, 2],
          ['ac1', DAY, 1],
          ['ad1', DAY, 1],
        ],
      )
      assert.deepEqual([(await store.noteGroups(asked, 2)).length, await store.countNotes(asked)], [2, 4])
      assert.equal(await store.countNotes({ state: 'waiting', simulated: true }), 1)
      const [first, second, ...more] = await store.notesOf('ab')
      assert.deepEqual([first?.id, second?.id, more.length], ['ab1', 'ab2', 0])
      assert.deepEqual(await store.notesOf('abf'), [])
      assert.deepEqual(await store.alike(note('ab2')), ['ab1', 'ab2'])
    })

    it('an error of one call neither touches nor delays what others gave at the same time', async () => {
      await using store = await openReportStore(await places.place())
      const broken = report('bad', { slot: 0.5 })
      const calls = Array.from({ length: 30 }, (_, nth) =>
        store.add(nth === 7 ? { reports: [report('half'), broken] } : { reports: [report(`r${nth}`)] }),
      )
      const ends = await Promise.allSettled(calls)
      assert.deepEqual(
        ends.flatMap(({ status }, nth) => (status === 'rejected' ? [nth] : [])),
        [7],
      )
      assert.deepEqual(await store.counts(ALL, false), [cell({ asn: 0, region: '', count: 29 })])
    })

    it('a note with a zero byte is refused before the database sees it', async () => {
      await using store = await openReportStore(await places.place())
      await assert.rejects(store.add({ notes: [note('01', { text: 'a\0b' })] }), { code: 'note.text' })
      assert.deepEqual(await store.notes('waiting', 9), [])
    })
  })

const cell = (given: object): object => ({
  slot: SLOT,
  service: 'telegram',
  said: false,
  problem: 'does-not-open',
  state: 'counted',
  ...given,
})
