import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { CustodyEvent } from '../../core/model/custody.ts'
import { instant, parseAsn } from '../../core/model/units.ts'
import type { LoggedEntry } from '../log/contract.ts'
import { incidentBundleName, measurementsBundleName } from './bundle-name.ts'
import { isBundleName } from '../../core/evidence/bundle/bundle-path.ts'
import { chooseCustody, chooseEvents, type EntriesAbout } from './choose-entries.ts'
import { tellingStamps } from './write-log.ts'

const log = (values: readonly unknown[]) => ({
  async *entries(): AsyncIterable<LoggedEntry> {
    for (const [leafIndex, value] of values.entries())
      yield {
        leafIndex,
        receivedAt: instant(0),
        bytes: new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value)),
      }
  },
})

const event = (type: CustodyEvent['type'], kind: string, id: string, detail = {}): Record<string, unknown> => ({
  ...{ format: 'kuager-custody/1', id: '0'.repeat(32), type, evidence: { kind, id }, at: '2026-10-06T16:00:00Z' },
  ...{ actor: 'operator', reason: 'x', prev: null, detail, key: 'k', signature: 's' },
})

const ABOUT: EntriesAbout = {
  measurements: new Set([10, 11, 40]),
  incident: { id: 'Tube-AS1-X', series: { service: 'tube', asn: parseAsn(1), simulated: false } },
  stamped: new Set([30]),
  size: 100,
}

const leavesOf = async (values: readonly unknown[], about: EntriesAbout = ABOUT): Promise<readonly number[]> =>
  (await chooseCustody(log(values), about)).map(({ leafIndex }) => leafIndex)

describe('events of custody in a bundle', () => {
  it('are those of its measurements, its incident, its stamps, earlier bundles of it, and keys', async () => {
    const concern = [
      event('erased', 'measurement', '11'),
      event('collected', 'measurements', '11-20', { first_leaf: 11, last_leaf: 20 }),
      event('opened', 'measurements', 'all'),
      event('copied', 'measurements', '12-40'),
      event('copied', 'measurements', '40'),
      event('opened', 'incident', 'Tube-AS1-X'),
      event('timestamped', 'log', '30'),
      event('exported', 'bundle', 'kuager-tube-as1-x-r1'),
      event('transferred', 'file', 'custody.key', { next_key: 'k' }),
    ]
    assert.deepEqual(await leavesOf(concern), [...concern.keys()])
  })

  it('are no others, nothing that is none, and nothing that the checkpoint does not hold', async () => {
    const others = [
      event('erased', 'measurement', '12'),
      event('collected', 'measurements', '12-39', { first_leaf: 12, last_leaf: 39 }),
      event('collected', 'measurements', '41-99', { first_leaf: 41, last_leaf: 99 }),
      event('copied', 'measurements', '12-39'),
      event('copied', 'measurements', '12'),
      event('opened', 'incident', 'Tube-AS1-Y'),
      event('timestamped', 'log', '31'),
      event('exported', 'bundle', 'kuager-tube-as2-x-r1'),
      event('opened', 'file', 'x'),
      event('opened', 'case', 'x'),
      'no JSON',
      {},
    ]
    assert.deepEqual(await leavesOf(others), [])
    assert.deepEqual(await leavesOf([event('erased', 'measurement', '11')], { ...ABOUT, size: 0 }), [])
  })
})

describe('pre-registered lists in a bundle', () => {
  const question = (services: readonly string[], networks: readonly number[]) => ({
    ...{ id: 'main-question', label: { kk: 'x', ru: 'x', en: 'x' }, kinds: ['livestream'] },
    ...{ services, networks },
  })
  const frozen = (primary: unknown, simulated = false): Record<string, unknown> => ({
    ...{ format: 'kuager-frozen-events/1', frozenAtUtc: '2026-01-01T00:00:00Z', sha256: '0'.repeat(64), simulated },
    plan: {
      ...{ period: { since: '2026-02-01', until: '2026-03-01' }, primary, secondary: [], negativeControls: [] },
      ...{ zone: 'Asia/Almaty', statistic: 'excess-of-onsets', windowHours: [-1, 3], sensitivityHours: [-3, 6] },
      ...{ states: ['restricted'], words: ['blocking'], mergeMinutes: 60, linear: { step: 'day', shifts: 20 } },
      ...{ level: 0.05, imputations: 200, seed: 1, watchedShare: 0.5, stopping: 'once-at-the-end' },
    },
    events: [
      {
        ...{ id: 'stream-1', kind: 'livestream', label: { kk: 'x', ru: 'x', en: 'x' }, start: '2026-02-03T14:00:00Z' },
        source: { title: 'x', checked: true },
      },
    ],
  })

  it('are those with a question about its series', async () => {
    const lists = [
      frozen(question(['tube'], [])),
      frozen(question(['other', 'tube'], [2, 1])),
      frozen(question(['tube'], [2])),
      frozen(question(['other'], [])),
      frozen(question(['tube'], []), true),
    ]
    const chosen = await chooseEvents(log(lists), ABOUT)
    assert.deepEqual(
      chosen.map(({ leafIndex }) => leafIndex),
      [0, 1],
    )
    const { incident: _, ...measurementsAlone } = ABOUT
    assert.deepEqual(await chooseEvents(log(lists), measurementsAlone), [])
  })
})

describe('stamps in a bundle', () => {
  it('are of each authority the first over all of its leaves and the newest that its checkpoint goes on from', () => {
    const kept = [10, 20, 30, 40, 50].flatMap((size) => ['a', 'b'].map((authority) => ({ size, authority })))
    const chosen = tellingStamps([...kept, { size: 15, authority: 'c' }], { last: 20, size: 40 })
    assert.deepEqual(
      chosen.map(({ size, authority }) => `${size}${authority}`),
      ['15c', '30a', '30b', '40a', '40b'],
    )
    assert.deepEqual(tellingStamps(kept, { last: 20, size: 9 }), [])
  })
})

describe('names of bundles', () => {
  it('are those of bags, and told apart', () => {
    const names = [
      'youtube-as9198-20250115T1502Z',
      `web:${'x'.repeat(90)}-as1-1`,
      `web:${'x'.repeat(90)}-as1-2`,
      'ә',
    ].map((id) => incidentBundleName({ id, revision: 12 }))
    assert.equal(names[0], 'kuager-youtube-as9198-20250115t1502z-r12')
    for (const name of names) assert.ok(isBundleName(name), name)
    assert.equal(new Set(names).size, names.length)
    assert.notEqual(
      measurementsBundleName([{ leaf: 1, role: 'named' }]),
      measurementsBundleName([{ leaf: 2, role: 'named' }]),
    )
  })
})
