import { writeSync } from 'node:fs'
import { REAL_DISK } from '../../../src/runtime/files/disk.ts'
import { liveArchive } from '../stores/archive-life.ts'
import { MOMENTS, stoppingDisk } from './stopping-disk.ts'

// A process that lives the life of archive-life.ts in a folder and kills itself at one moment of one act.
const [folder, step, moment] = process.argv.slice(2)
const stop = { step: Number(step), moment: MOMENTS.find((one) => one === moment) ?? 'before' }
const never = new Promise<never>(() => {})
const { disk, steps } = stoppingDisk(REAL_DISK, folder ?? '', {
  ...stop,
  stop: () => {
    process.kill(process.pid, 'SIGKILL')
    return never
  },
})
const say = (what: object): unknown => writeSync(1, `${JSON.stringify(what)}\n`)
await liveArchive(folder ?? '', disk, say)
say({ kind: 'steps', steps })
