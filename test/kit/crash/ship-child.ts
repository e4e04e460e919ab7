import { writeSync } from 'node:fs'
import { LEAF_CODEC } from '../../../src/core/evidence/log/leaf-record.ts'
import { instant } from '../../../src/core/model/units.ts'
import { openObjects } from '../../../src/runtime/objects/open-objects.ts'
import { openArchive } from '../../../src/store/archive/open.ts'
import { ArchiveShipper } from '../../../src/store/archive/ship/archive-shipper.ts'
import { lifeItem } from '../stores/archive-life.ts'
import { SHIPPED_SEGMENT_BYTES } from '../stores/shipped-archive.ts'

// A process that adds, erases and ships until it is killed; it says what it was promised.
const [folder = '', address = ''] = process.argv.slice(2)
const archive = await openArchive(folder, { leaves: LEAF_CODEC, segmentBytes: SHIPPED_SEGMENT_BYTES })
const shipper = new ArchiveShipper({ store: openObjects(address, process.env), folder, size: () => archive.size })
const say = (what: object): unknown => writeSync(1, `${JSON.stringify(what)}\n`)

async function add(): Promise<never> {
  for (let nth = archive.size; ; nth++) {
    await archive.append([lifeItem(nth)])
    say({ acked: nth })
    if (nth % 7 === 3) {
      await archive.erase(lifeItem(nth - 2).provenance.id, 'a right', instant(5))
      say({ erased: nth - 2 })
    }
    await new Promise((resolve) => setImmediate(resolve))
    await shipper.shipUpTo(archive.size - (nth % 20)).catch(() => undefined)
  }
}

async function ship(): Promise<never> {
  for (;;) {
    await shipper.shipAll().catch(() => undefined)
    say({ shipped: shipper.shipped })
  }
}

await Promise.all([add(), ship()])
