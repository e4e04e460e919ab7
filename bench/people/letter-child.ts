// A letter service behind loopback whose clock is moved by its parent. Arguments: folder, folder of secrets, start.
import { serveLetter } from '../../src/app/letter/serve.ts'
import { openLetterFolder } from '../../src/app/letter/folder.ts'
import { peopleBehind } from './addresses.ts'
import { MovedClock, type ClockOrder, type ClockWord } from './moved-clock.ts'
import { quietWorld } from './quiet-world.ts'

const [folder = '', secrets = '', start = ''] = process.argv.slice(2)
const clock = new MovedClock(Number(start))
const trustedProxies = ['127.0.0.1']
const ending = new AbortController()
process.once('SIGTERM', () => ending.abort())
const say = (word: ClockWord): void => void process.send?.(word)

await using service = await openLetterFolder(quietWorld(ending.signal), folder, {
  secrets,
  simulated: true,
  trustedProxies,
  peopleBehind,
  clock,
})
const desk = await service.desk()
process.on('message', (order: ClockOrder) => {
  if (order.kind !== 'pass') return
  clock.pass(order.ms)
  void desk.tick().then(() => say({ kind: 'now', now: clock.now() }))
})
await serveLetter(service, { host: '127.0.0.1', port: 0, trustedProxies, frame: {}, signal: ending.signal }, (url) =>
  say({ kind: 'ready', port: Number(new URL(url).port) }),
)
process.disconnect()
