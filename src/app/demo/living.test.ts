import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, it } from 'node:test'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { HOUR_MS } from '../../core/model/duration.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import { instant, millis } from '../../core/model/units.ts'
import type { Clock } from '../../runtime/clock.ts'
import { openLog } from '../../runtime/log.ts'
import { createSite } from '../../site/app.ts'
import { PLAIN_FRAME } from '../../web/html/frame.ts'
import { folderDetection } from '../folder/detection.ts'
import { openFolder } from '../folder/open.ts'
import { loadNames } from '../web/load-names.ts'
import { folderSite } from '../observatory/site.ts'
import { openLiving } from './living.ts'
import type { Lived } from './marker.ts'
import { livedUntil, livingParts } from './story.ts'

const root = mkdtempSync(join(tmpdir(), 'kuager-living-'))
after(() => rmSync(root, { recursive: true, force: true }))

/** A time of 10 November 2026 in Almaty. */
const at = (hour: number, minute = 0): number => Date.UTC(2026, 10, 10, hour - 5, minute)

/** A clock that is set by hand. */
function openClock(start: number): Clock & { set(now: number): void } {
  let now = start
  return { now: () => instant(now), monotonic: () => millis(now), set: (next) => void (now = next) }
}

const marker: Lived = { simulated: true, state: 'ready', since: Date.UTC(2026, 10, 8), days: 3, until: at(18) }

/** What the first page of a network says of YouTube where it opens. */
const OPENS = /<li class="open">\s*<a href="\/en\/s\/youtube\/AS64496"/

it('in a demonstration whose time runs an incident is found, revised and ended, the next begins, and pages follow', async () => {
  const world = testWorld(root)
  await using folder = await openFolder(world, join(root, 'folder'), 'test')
  const clock = openClock(at(18))
  await using living = openLiving({ folder, marker, world, clock })
  const detection = await folderDetection(folder, world, clock)
  const source = await folderSite(folder, {
    names: await loadNames(),
    log: openLog({ level: 'error' }),
    isPublic: false,
  })
  const frame = { ...PLAIN_FRAME, simulatedTime: () => living.said }
  const site = createSite({ ...source, frame, clock })
  const page = async (): Promise<string> => (await site.request('/en/?network=AS64496')).text()
  const reach = async (now: number): Promise<void> => {
    clock.set(now)
    assert.equal(await living.advance(), true)
    await detection.run('changed', { signal: world.signal })
  }
  const youtube = async (): Promise<Incident | undefined> =>
    (await (await folder.incidents()).current()).find(({ service, asn }) => service === 'youtube' && asn === 64496)

  await reach(at(19, 45))
  assert.equal(await youtube(), undefined, 'nothing before the evening')
  assert.ok(OPENS.test(await page()))

  await reach(at(21, 20))
  const first = await youtube()
  assert.ok(first?.running, 'it runs')
  assert.ok(Math.abs((first.start.median ?? 0) - at(20, 2)) < HOUR_MS / 2)
  const during = await page()
  assert.match(during, /Simulated/)
  assert.ok(!OPENS.test(during), 'the page says so')

  await reach(at(21, 50))
  const second = await youtube()
  assert.equal(second?.id, first.id)
  assert.ok((second?.revision ?? 0) > first.revision, 'it is revised while it runs')

  await reach(at(23, 40))
  const third = await youtube()
  assert.equal(third?.id, first.id)
  assert.equal(third?.running, false, 'it ends')
  assert.ok(Math.abs((third?.end.median ?? 0) - at(22, 6)) < HOUR_MS / 2)
  const later = await page()
  assert.ok(OPENS.test(later))
  assert.notEqual(later, during)

  await reach(at(27, 30))
  const incidents = await (await folder.incidents()).current()
  assert.ok(
    incidents.some(({ service, start }) => service === 'instagram' && (start.median ?? 0) > at(22, 45)),
    'the next one has begun',
  )
  assert.ok(incidents.every(({ simulated }) => simulated))

  const counts = await (await folder.reports({})).counts({ since: instant(at(18)), until: instant(at(27)) }, true)
  assert.ok(counts.some(({ service, slot }) => service === 'youtube' && slot > at(20) && slot < at(22)))
  const saved = JSON.parse(readFileSync(join(folder.path, 'demo.json'), 'utf8')) as Lived
  assert.equal(saved.until, livedUntil(marker, at(27, 30)))

  // A process that ended between a batch and its marker makes the same batch again.
  const { size } = await folder.archive()
  await using again = openLiving({ folder, marker: { ...marker, until: at(26) }, world, clock })
  assert.equal(await again.advance(), true)
  assert.equal((await folder.archive()).size, size, 'nothing is stored twice')
})

it('pages say that a demonstration is behind its clock, and that its time has ended', async () => {
  const world = testWorld(root)
  await using folder = await openFolder(world, join(root, 'said'), 'test')
  const clock = openClock(at(18))
  await using living = openLiving({ folder, marker, world, clock })
  assert.equal(living.said, undefined)
  clock.set(at(20))
  assert.deepEqual(living.said, { kind: 'behind', until: marker.until })
  const last = livedUntil(marker, at(24 * 90))
  await using ended = openLiving({ folder, marker: { ...marker, until: last }, world, clock })
  assert.deepEqual(ended.said, { kind: 'ended', until: last })
  clock.set(at(24 * 90))
  assert.equal(await ended.advance(), false, 'the folder grows no further')
})

it('a long time is simulated as in the month, its last twelve hours closely', () => {
  const parts = livingParts(at(0), at(48))
  assert.deepEqual(
    parts.map(({ from, until, pairs, intervalMinutes }) => [from, until, pairs, intervalMinutes]),
    [
      [at(0), at(36), false, 120],
      [at(36), at(48), true, 30],
    ],
  )
  assert.equal(livingParts(at(0), at(0)).length, 0)
})
