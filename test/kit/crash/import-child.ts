// Imports FILE into FOLDER as `kuager import` does, in small portions, and kills itself after KILL_AT bytes were read.
// The clock moves 300 ms each time it is looked at, so that progress is recorded often.
import { appendFileSync } from 'node:fs'
import { withFolder } from '../../../src/app/folder/open.ts'
import { withImportStores } from '../../../src/app/folder/import-stores.ts'
import { millis } from '../../../src/core/model/units.ts'
import { importMeasurements } from '../../../src/pipeline/import/import.ts'
import { systemClock } from '../../../src/runtime/clock.ts'
import { testWorld } from '../servers/world.ts'

const [file = '', folder = '', killAt = ''] = process.argv.slice(2)
const world = testWorld(process.cwd(), (text) => process.stderr.write(text))
let looked = 0
const clock = { now: () => systemClock.now(), monotonic: () => millis((looked += 300)) }
let bytes = 0

process.exitCode = await withFolder(world, { folder, name: 'import', args: [] }, async (held) => {
  const options = { fingerprintFiles: [], threads: 1 }
  const result = await withImportStores(world, held, options, (stores) =>
    importMeasurements(
      file,
      { ...stores, clock },
      {
        signal: world.signal,
        channel: 'file',
        limits: { portionBytes: 512 },
        batchValues: 16,
        onBytes: (count) => {
          bytes += count
          if (killAt !== '' && bytes >= Number(killAt)) {
            appendFileSync(`${folder}.killed`, `${bytes}\n`)
            process.kill(process.pid, 'SIGKILL')
          }
        },
      },
    ),
  )
  const archive = await held.archive()
  const warehouse = await held.warehouse()
  const leaves = await warehouse.storedLeaves()
  process.stdout.write(`${JSON.stringify({ ...result, size: archive.size, leaves })}\n`)
  return 0
})
