// A site behind loopback whose clock is moved by its parent. Arguments: folder, start.
import { openFolder } from '../../src/app/folder/open.ts'
import { folderSite } from '../../src/app/observatory/site.ts'
import { loadNames } from '../../src/app/web/load-names.ts'
import { siteVisitor } from '../../src/app/observatory/visitor.ts'
import { openSitePeople } from '../../src/app/observatory/people.ts'
import { parseAsn } from '../../src/core/model/units.ts'
import { createSite } from '../../src/site/app.ts'
import { listen } from '../../src/web/listen.ts'
import { openLog } from '../../src/runtime/log.ts'
import { loadNetworks, type Networks } from '../../src/runtime/tables/networks.ts'
import { peopleBehind } from './addresses.ts'
import { MovedClock, type ClockOrder, type ClockWord } from './moved-clock.ts'
import { quietWorld } from './quiet-world.ts'

const [path = '', start = ''] = process.argv.slice(2)
const clock = new MovedClock(Number(start))
const trustedProxies = ['127.0.0.1']
const ending = new AbortController()
process.once('SIGTERM', () => ending.abort())
const { signal } = ending
const world = quietWorld(signal)
const say = (word: ClockWord): void => void process.send?.(word)

/** A table as an operator gives one: carriers are known, the rest is not. */
const bundled = loadNetworks([])
const carrier = bundled.all.find(({ use }) => use === 'access')
if (carrier === undefined) throw new Error('the table names no carrier')
const CARRIER = parseAsn(carrier.asn)
const networks: Networks = {
  ...bundled,
  lookup: (address) => (peopleBehind(address) === 'many' ? CARRIER : undefined),
}

await using folder = await openFolder(world, path, 'serve')
const log = openLog({ level: 'error' })
const names = await loadNames()
const source = { ...(await folderSite(folder, { names, isPublic: false, log })), clock }
await using people = await openSitePeople(folder, {
  ...{ networks, trustedProxies, isPublic: false, controls: [], log, signal },
  site: source,
  env: world.env,
})
const site = createSite({ ...source, ...people.options, visitor: siteVisitor(networks, trustedProxies) })
process.on('message', (order: ClockOrder) => {
  if (order.kind === 'tickets')
    say({ kind: 'tickets', tickets: Array.from({ length: order.count }, () => people.options.reports.ticket()) })
  else {
    clock.pass(order.ms)
    void people.settle().then(() => say({ kind: 'now', now: clock.now() }))
  }
})
await using server = await listen(site, { host: '127.0.0.1', port: 0 })
say({ kind: 'ready', port: Number(new URL(server.url).port) })
await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
process.disconnect()
