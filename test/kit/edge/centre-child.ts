// A centre without pages, in a process of its own: archive and log that follow edges as "kuager serve --edge" does, and
// no warehouse. Arguments: folder, file of tokens, addresses of edges; keys of their logs are in KUAGER_EDGE_KEYS.
import { join } from 'node:path'
import { mkdirSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { LEAF_CODEC } from '../../../src/core/evidence/log/leaf-record.ts'
import { openCheckPool } from '../../../src/pipeline/follow/edge/check-pool.ts'
import { DeviceLinks } from '../../../src/pipeline/follow/edge/device-links.ts'
import { EdgeFollower } from '../../../src/pipeline/follow/edge/edge-follower.ts'
import { openTransparencyLog } from '../../../src/pipeline/log/open-log.ts'
import { systemClock } from '../../../src/runtime/clock.ts'
import { holdFolder } from '../../../src/runtime/files/data-folder.ts'
import { openObjects } from '../../../src/runtime/objects/open-objects.ts'
import { openArchive } from '../../../src/store/archive/open.ts'

const EVERY_MS = 150

const [folder = '', tokenFile = '', ...addresses] = process.argv.slice(2)
const keys = (process.env['KUAGER_EDGE_KEYS'] ?? '').split(' ').filter((key) => key !== '')
mkdirSync(folder, { recursive: true })
await using held = await holdFolder(folder, 'centre of a test')
const archive = await openArchive(join(held.path, 'archive'), { leaves: LEAF_CODEC, segmentBytes: 65_536 })
const log = await openTransparencyLog(join(held.path, 'log'), {
  archive,
  begin: { simulated: false, at: systemClock.now() },
})
const devices = await DeviceLinks.open(held.path)
const pool = openCheckPool(1)
const followers = addresses.map((address) => {
  const store = openObjects(address, { KUAGER_EDGE_TOKEN_FILE: tokenFile })
  return new EdgeFollower(
    {
      ...{ folder: held.path, archive, pool, devices, signal: new AbortController().signal, clock: systemClock },
      seen: { secret: new Uint8Array(32), note: () => undefined },
      realm: () => Promise.resolve('real'),
      ownOrigin: () => Promise.resolve(log.origin),
      ownLabel: () => undefined,
      onAdded: () => undefined,
      async erase(leaf, reason) {
        const found = await archive.readLeaf(leaf)
        if (found?.kind === 'blob') await archive.erase(found.provenance.id, reason, systemClock.now())
      },
      hasRoom: () => true,
      onLine: (line) => void process.stderr.write(`${line}\n`),
    },
    { store, keys },
  )
})
process.stdout.write('open\n')
const follow = async (follower: EdgeFollower): Promise<never> => {
  for (;;) {
    await follower.pass().catch((error: unknown) => void process.stderr.write(`${String(error)}\n`))
    await pause(EVERY_MS)
  }
}
const sign = async (): Promise<never> => {
  for (;;) {
    await log.sequence()
    await pause(EVERY_MS)
  }
}
await Promise.all([...followers.map(follow), sign()])
