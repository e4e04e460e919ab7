import { open } from 'node:fs/promises'
import { Fault } from '../../../core/model/errors.ts'
import { REAL_DISK } from '../../../runtime/files/disk.ts'
import { layoutOf, numbersOf } from '../layout.ts'

const PIECE_BYTES = 4 * 1024 * 1024

/**
 * Leaf records of an archive that no process has open, in order, by its leaf files alone. Each is valid until the next
 * one. Throws Fault for a file that does not end with a leaf.
 */
export async function* readLeafFiles(folder: string): AsyncGenerator<Uint8Array, void, undefined> {
  const layout = layoutOf(folder)
  for (const number of numbersOf(await REAL_DISK.list(layout.leaves), 'leaves')) {
    const path = layout.leafFile(number)
    const handle = await open(path)
    try {
      let rest = Buffer.alloc(0)
      for await (const piece of handle.createReadStream({ highWaterMark: PIECE_BYTES, autoClose: false })) {
        const bytes = Buffer.concat([rest, piece as Buffer]) // a stream without an encoding gives buffers
        let at = 0
        while (at + 2 <= bytes.length && at + 2 + bytes.readUInt16BE(at) <= bytes.length) {
          const end = at + 2 + bytes.readUInt16BE(at)
          yield bytes.subarray(at + 2, end)
          at = end
        }
        rest = bytes.subarray(at)
      }
      if (rest.length > 0) throw new Fault(`Cannot read "${path}": its last leaf is cut off`)
    } finally {
      await handle.close()
    }
  }
}
