// Delivers what waits in a folder to a collector; a test kills it in the middle.
import { deliver } from '../../../src/probe/deliver/deliver.ts'
import { pause } from '../../../src/probe/measure/pause.ts'
import { Receipts } from '../../../src/probe/spool/receipts.ts'
import { Spool } from '../../../src/probe/spool/spool.ts'
import { systemClock } from '../../../src/runtime/clock.ts'

const [folder = '', collector = ''] = process.argv.slice(2)
await deliver(
  { spool: new Spool(folder), receipts: new Receipts(folder) },
  { collectors: [collector], routes: [{ kind: 'direct' }], extraRoots: [] },
  {
    clock: systemClock,
    signal: new AbortController().signal,
    random: () => 0,
    wait: pause,
    introduce: () => Promise.resolve({}),
    onAccepted: () => Promise.resolve(),
    onBadInvitation: () => Promise.resolve(),
  },
)
