import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { cp, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { instant, parseAsn } from '../../core/model/units.ts'
import { until } from '../../../test/kit/crash/eventually.ts'
import { DAY } from '../../../test/kit/measured/judged.ts'
import { openChdb } from './chdb.ts'
import { openPartsWarehouse, partsInFolder, readTablesVersion, type PartsWarehouse } from './read-parts.ts'
import { migrate } from './schema.ts'

const WRITER = fileURLToPath(new URL('../../../test/kit/stores/warehouse-child.ts', import.meta.url))
const LIMITS = { memoryBytes: 512 * 2 ** 20, threads: 1 }

/** A process that writes the warehouse of a folder. */
async function openWriter(folder: string) {
  const child = spawn(process.execPath, [WRITER, folder], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = new Promise((resolve) => child.once('close', resolve))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  await lines.next()
  return {
    async act(line: string): Promise<void> {
      child.stdin.write(`${line}\n`)
      assert.equal((await lines.next()).value, line)
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end()
      await ended
    },
  }
}

const count = async (warehouse: PartsWarehouse): Promise<number> => {
  const period = { since: DAY, until: instant(DAY + 86_400_000) }
  return (await warehouse.series('youtube', parseAsn('AS9198'), period)).length
}

const reaches = (warehouse: PartsWarehouse, wanted: number): Promise<void> =>
  until(async () => {
    await warehouse.follow()
    return (await count(warehouse)) === wanted
  })

describe('tables that another process writes', { timeout: 240_000 }, () => {
  it('are read while they grow, merge and lose what was erased, and are never changed', async () => {
    const root = await mkdtemp(join(tmpdir(), 'kuager-parts-'))
    try {
      const folder = join(root, 'data')
      await using writer = await openWriter(folder)
      await writer.act('insert 0 3')
      await using reader = await openPartsWarehouse(partsInFolder(folder), join(root, 'work'), LIMITS)
      assert.equal(await count(reader), 3)
      // Forty insertions are forty parts of each table, which the writer merges meanwhile.
      const writing = writer.act('insert 3 43')
      let last = 3
      let isWriting = true
      void writing.finally(() => (isWriting = false))
      while (isWriting) {
        await reader.follow()
        const now = await count(reader)
        assert.ok(now >= last, `${now} after ${last}`)
        last = now
      }
      await reaches(reader, 43)
      const { id } = (
        await reader.series('youtube', parseAsn('AS9198'), { since: DAY, until: instant(DAY + 2000) })
      )[1]!
      assert.ok((await reader.observations(id)).length > 0)
      await writer.act('erase 1')
      await reaches(reader, 42)
      assert.equal(await reader.measurement(id), undefined)
      assert.deepEqual(await reader.observations(id), [])
      // Its class has no writing method; and the engine itself refuses.
      assert.deepEqual(
        ['insert', 'insertEncoded', 'setAside', 'remove', 'remake'].filter((name) => name in reader),
        [],
      )
    } finally {
      await rm(root, { recursive: true, force: true })
    }
  })

  it('are refused where they are of another version', async () => {
    const root = await mkdtemp(join(tmpdir(), 'kuager-parts-'))
    try {
      const folder = join(root, 'data')
      {
        await using engine = await openChdb(folder, LIMITS)
        await migrate(engine)
        await engine.command("INSERT INTO migrations (version, name) VALUES (99, 'of later')", {})
      }
      await assert.rejects(
        openPartsWarehouse(partsInFolder(folder), join(root, 'work'), LIMITS),
        /its tables are of version 99, this program knows \d+; start the reader with the version of the centre/,
      )
      assert.equal(await readTablesVersion(partsInFolder(folder), join(root, 'other'), LIMITS), 99)
    } finally {
      await rm(root, { recursive: true, force: true })
    }
  })

  it('are followed from one copy to the next, and in a copy that is still being made', async () => {
    const root = await mkdtemp(join(tmpdir(), 'kuager-parts-'))
    try {
      const [folder, copy] = [join(root, 'data'), join(root, 'copy')]
      {
        await using writer = await openWriter(folder)
        await writer.act('insert 0 2')
      }
      await cp(folder, copy, { recursive: true })
      await using reader = await openPartsWarehouse(partsInFolder(copy), join(root, 'work'), LIMITS)
      assert.equal(await count(reader), 2)
      assert.equal(await reader.follow(), false)
      {
        await using writer = await openWriter(folder)
        await writer.act('insert 2 7')
      }
      // File by file, as a copying program does it: parts are there before their files.
      for (const name of await readdir(join(folder, 'warehouse', 'store'), { recursive: true }))
        await cp(join(folder, 'warehouse', 'store', name), join(copy, 'warehouse', 'store', name), {
          recursive: true,
          force: true,
        })
      await reaches(reader, 7)
      // Another folder in its place: the tables have other identifiers.
      const other = join(root, 'other')
      {
        await using writer = await openWriter(other)
        await writer.act('insert 0 4')
      }
      await rename(copy, join(root, 'old'))
      await rename(other, copy)
      assert.equal(await reader.follow(), true)
      assert.equal(await count(reader), 4)
    } finally {
      await rm(root, { recursive: true, force: true })
    }
  })
})
