import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/core/model/duration.ts'
import { systemClock } from '../../src/runtime/clock.ts'
import { KuagerProcesses, type KuagerProcess } from '../kit/servers/kuager-process.ts'
import { lastingIn, type Walked } from '../kit/site/lasting.ts'
import { contradictionsOf, figuresOf, type Figure } from '../kit/site/page-figures.ts'
import { walk } from '../kit/site/walk.ts'

/** Kinds of figures, by the first word of their keys: each must be said by two pages at least, or nothing is compared. */
const KINDS = [
  'state',
  'mark',
  'start',
  'end',
  'members',
  'conclusions',
  'step',
  'entries',
  'networks',
  'measurements',
  'restricted',
  'incidents',
  'running',
  'withdrawn',
  'reports',
  'checks',
  'statements',
  'acts',
] as const

/** Walks at most; the last one is compared in any case. */
const MOST_WALKS = 4

/** Which revision of each incident is published, with the episodes in which they are. */
const publishedState = async (origin: string): Promise<string> => {
  const lists = ['incidents?limit=1000', 'episodes?limit=500'].map(async (list) =>
    (await fetch(new URL(`/api/v1/${list}`, origin))).text(),
  )
  return (await Promise.all(lists)).join('\n')
}

describe('the pages of a demonstration whose time runs', () => {
  const root = mkdtempSync(join(tmpdir(), 'kuager-contradictions-'))
  const processes = new KuagerProcesses(root)
  let demonstration: KuagerProcess | undefined
  let figures: readonly Figure[]
  const walks: Walked[] = []
  before(async () => {
    // Its evening is in progress; it was opened earlier that evening, and its time went on since.
    const evening = Math.floor(systemClock.now() / DAY_MS) * DAY_MS - DAY_MS + 15 * HOUR_MS
    for (const minutes of [40, 70]) {
      const at = new Date(evening + minutes * MINUTE_MS).toISOString()
      await demonstration?.end('SIGTERM')
      demonstration = await processes.demonstrate(['--folder', join(root, 'demo'), '--days', '3', '--at', at])
    }
    assert.ok(demonstration !== undefined)
    // Pages before and after a revision rightly differ, and a page may be given once more while it is made again: what
    // is compared is of one published state, until no two pages differ. None may differ for longer than a page may be old.
    while (walks.length < MOST_WALKS) {
      const [began, state] = [systemClock.now(), await publishedState(demonstration.origin)]
      figures = await walk(demonstration.origin, ['en', 'kk'])
      const found = contradictionsOf(figures)
      const isSettled = state === (await publishedState(demonstration.origin))
      walks.push({ found, began, ended: systemClock.now(), state: isSettled ? state : undefined })
      if (isSettled && found.length === 0) break
    }
  })
  after(async () => {
    await demonstration?.end('SIGTERM')
    processes[Symbol.dispose]()
    rmSync(root, { recursive: true, force: true })
  })

  it('do not contradict each other in any figure that two of them show', () => {
    assert.deepEqual(contradictionsOf(figures), [])
    assert.deepEqual(lastingIn(walks), [])
  })

  it('have figures of every kind that two pages show', () => {
    const compared = [...Map.groupBy(figures, ({ key }) => key)]
      .filter(([, own]) => new Set(own.map(({ page }) => page)).size > 1)
      .map(([key]) => key.split(' ')[0])
    for (const kind of KINDS) assert.ok(compared.includes(kind), kind)
  })
})

describe('contradictions that last', () => {
  const found = ['mark youtube-as64496-x: shut on /en/n/AS64496; open on /kk/incidents']
  const walked = (minutes: number, state: string | undefined = 'one', what = found): Walked => ({
    ...{ found: what, state },
    began: minutes * MINUTE_MS,
    ended: (minutes + 0.5) * MINUTE_MS,
  })

  it('are those found again when no page may be so old any more, also where a later walk finds none', () => {
    assert.deepEqual(lastingIn([walked(0), walked(3), walked(7), walked(8, 'one', [])]), found)
    const fresh = ['mark youtube-as64496-x: shut on /en/?network=all; open on /kk/incidents']
    assert.deepEqual(lastingIn([walked(0, 'one', fresh), walked(2, 'one', fresh)]), fresh)
  })

  it('are not those of pages that may be so old, of another state, or of a walk in which something was published', () => {
    assert.deepEqual(lastingIn([walked(0), walked(3), walked(5)]), [])
    assert.deepEqual(lastingIn([walked(0), walked(7, 'two')]), [])
    assert.deepEqual(lastingIn([walked(0), { ...walked(7), state: undefined }]), [])
  })
})

describe('figures of pages', () => {
  const page = (state: string): string =>
    `<main><a href="/en/s/youtube/AS64496"><svg><use href="#m-${state}"></use></svg></a></main>`

  it('that differ are found, in whichever language they are said', () => {
    const of = (state: string, path: string): readonly Figure[] => figuresOf(page(state), path)
    assert.deepEqual(contradictionsOf([...of('shut', '/en/n/AS64496'), ...of('shut', '/kk/n/AS64496')]), [])
    assert.deepEqual(contradictionsOf([...of('shut', '/en/n/AS64496'), ...of('open', '/kk/s/youtube')]), [
      'state youtube AS64496: shut on /en/n/AS64496; open on /kk/s/youtube',
    ])
  })
})
