import assert from 'node:assert/strict'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { openObjects } from '../../runtime/objects/open-objects.ts'
import { PieceNames } from './names.ts'
import { openPieceFile, PieceStore, type Remembered } from './store-pieces.ts'

it('a file that may have changed within the tick in which it was looked at is read again, however long it was read', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kuager-pieces-'))
  try {
    const file = join(folder, 'file')
    await writeFile(file, 'some bytes')
    const changed = Math.floor((await stat(file)).ctimeMs)
    for (const [age, isRemembered] of [
      [0, false],
      [60_000, true],
    ] as const) {
      let passed = age
      const remembered: Remembered = new Map()
      const parts = {
        ...{ objects: openObjects(join(folder, `target-${age}`), {}), names: new PieceNames(Buffer.alloc(32)) },
        ...{ known: new Map(), sentFile: join(folder, 'sent'), signal: new AbortController().signal },
        seal: async (bytes: Uint8Array) => {
          passed += 60_000
          return bytes
        },
        onBytes: () => undefined,
      }
      const looked = changed + passed
      const source = await openPieceFile(file)
      assert.ok(source !== undefined)
      await new PieceStore(parts, remembered).store('file', source, looked)
      assert.equal(remembered.has('file'), isRemembered)
    }
  } finally {
    await rm(folder, { recursive: true })
  }
})
