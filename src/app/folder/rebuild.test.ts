import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { after as secondsAfter, DAY } from '../../../test/kit/measured/judged.ts'
import { webMeasurement } from '../../../test/kit/measured/measurement.ts'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { instant, type Sha256 } from '../../core/model/units.ts'
import { digest } from '../../pipeline/judge/judge-bytes.ts'
import type { World } from '../../runtime/world.ts'
import type { ArchiveItem } from '../../store/archive/contract.ts'
import { completeRows } from './import-stores.ts'
import { openLiveDetection } from './live-detection.ts'
import { openFolder, type OpenFolder } from './open.ts'
import { rebuildFolder } from './rebuild.ts'

const archived = (text: string, nth: number): ArchiveItem => {
  const bytes = Buffer.from(text)
  const provenance = { id: digest(bytes), receivedAt: secondsAfter(nth), channel: 'file', origin: 'made.json' } as const
  return { provenance, bytes, publicSha256: digest('public') }
}
const item = (nth: number): ArchiveItem => {
  const startedAt = new Date(DAY + nth * 1000).toISOString().slice(0, 19).replace('T', ' ')
  return archived(JSON.stringify(webMeasurement({ startedAt })), nth)
}
const items = (from: number, until: number) => Array.from({ length: until - from }, (_, nth) => item(from + nth))
const OPTIONS = { fingerprintFiles: [], onProgress: () => undefined }

describe('rebuildFolder()', () => {
  let cwd: string
  let world: World
  beforeEach(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'kuager-rebuild-folder-'))
    world = testWorld(cwd)
    await using folder = await openFolder(world, 'data', 'test')
    await (await folder.archive()).append([...items(0, 600), archived('{}', 600)])
    await completeRows(folder, world, { fingerprintFiles: [] })
  })
  afterEach(() => rm(cwd, { recursive: true, force: true }))

  /** What readers get of each measurement, and of all together. */
  const shown = async (folder: OpenFolder) => {
    const warehouse = await folder.warehouse()
    const found = async (id: Sha256) => [await warehouse.measurement(id), await warehouse.observations(id)]
    return {
      matrix: await warehouse.matrix({ since: DAY, until: instant(DAY + 86_400_000) }),
      rows: await Promise.all([0, 300, 599].map((nth) => found(item(nth).provenance.id))),
      missing: await warehouse.missingLeaves((await folder.archive()).size),
    }
  }

  it('gives the same rows, and readers see nothing of it until it ends', async () => {
    await using folder = await openFolder(world, 'data', 'test')
    const before = await shown(folder)
    const during: unknown[] = []
    const { rebuilt } = await rebuildFolder(folder, world, {
      ...OPTIONS,
      onProgress: () => during.push(shown(folder)),
    })
    assert.deepEqual(rebuilt, { stored: 600, erased: 0, undecoded: 1, broken: [] })
    assert.ok(during.length > 0)
    for (const seen of during) assert.deepEqual(await seen, before)
    assert.deepEqual(await shown(folder), before)
  })

  it('continues where it was stopped', async () => {
    const controller = new AbortController()
    {
      await using folder = await openFolder(world, 'data', 'test')
      // More than the threads are given at once.
      await (await folder.archive()).append(items(1000, 3000))
      await completeRows(folder, world, { fingerprintFiles: [] })
      const before = await shown(folder)
      await assert.rejects(
        rebuildFolder(
          folder,
          { ...world, signal: controller.signal },
          { ...OPTIONS, onProgress: () => controller.abort(new Error('stopped')) },
        ),
        /stopped/,
      )
      assert.deepEqual(await shown(folder), before)
      assert.ok((await (await folder.warehouse()).rowBytes()).made > 0)
    }
    await using folder = await openFolder(world, 'data', 'test')
    const { rebuilt } = await rebuildFolder(folder, world, OPTIONS)
    assert.ok(rebuilt.stored > 0 && rebuilt.stored < 2600, `${rebuilt.stored} were left`)
    assert.equal((await (await folder.warehouse()).rowBytes()).made, 0)
    assert.deepEqual((await shown(folder)).missing, [])
  })

  it('takes in what comes and goes meanwhile, while detection follows', async () => {
    await using folder = await openFolder(world, 'data', 'test')
    const [archive, warehouse] = [await folder.archive(), await folder.warehouse()]
    await using live = openLiveDetection(folder, world)
    await live.caughtUp
    const gone = item(17).provenance.id
    let begun = false
    const meanwhile = async (): Promise<void> => {
      await archive.append(items(700, 720))
      await completeRows(folder, world, { fingerprintFiles: [] })
      await archive.erase(gone, 'asked for by the person', secondsAfter(999))
      await warehouse.remove(gone)
    }
    let work = Promise.resolve()
    await rebuildFolder(folder, world, {
      ...OPTIONS,
      onProgress: () => {
        if (!begun) work = meanwhile()
        begun = true
      },
    })
    await work
    assert.equal(begun, true)
    assert.equal(await warehouse.measurement(gone), undefined)
    assert.deepEqual(await warehouse.observations(gone), [])
    assert.notEqual(await warehouse.measurement(item(719).provenance.id), undefined)
    assert.deepEqual((await shown(folder)).missing, [])
  })

  it('names the file where the archive is damaged, and readers keep the rows', async () => {
    await using folder = await openFolder(world, 'data', 'test')
    const archive = await folder.archive()
    const { provenance } = item(3)
    const frames = archive.frames.bind(archive)
    // Another measurement's frame under its id: its checksum holds, its digest does not.
    archive.frames = async function* (from) {
      let last = { frame: new Uint8Array(), size: 0 }
      for await (const one of frames(from)) {
        const isOther = one.kind === 'frame' && one.provenance.id === provenance.id
        yield isOther ? { ...one, ...last } : one
        if (one.kind === 'frame') last = { frame: Uint8Array.from(one.frame), size: one.size }
      }
    }
    const before = await shown(folder)
    await assert.rejects(rebuildFolder(folder, world, OPTIONS), /leaf 3: found two contents/)
    assert.deepEqual(await shown(folder), before)
  })
})
