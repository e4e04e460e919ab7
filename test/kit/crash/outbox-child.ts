import { writeSync } from 'node:fs'
import { HOUR_MS } from '../../../src/core/model/duration.ts'
import { openLog } from '../../../src/runtime/log.ts'
import type { RegistryPlace } from '../../../src/store/registry/database.ts'
import { openSubscriberKeys } from '../../../src/subscriptions/keys.ts'
import { openSubscriptionStore } from '../../../src/subscriptions/registry/open.ts'
import { openOutbox } from '../../../src/subscriptions/send-outbox.ts'
import { newsMail } from '../../../src/subscriptions/texts.ts'
import { openNewsWriter } from '../../../src/subscriptions/write-news.ts'
import { SAMPLE_KINDS } from '../evening/incident-sample.ts'
import { MovedClock, NewsRoom, senderTo, SUBSCRIBER_KEY } from '../subscriptions/subscription-world.ts'

// A process that writes news for every subscriber of a registry and sends it, until it is killed or nothing is left;
// then it says so. The second argument is the port of a mail server, the third how many lives there were before.
const place = JSON.parse(process.argv[2] ?? '') as RegistryPlace
const clock = new MovedClock()
clock.pass((Number(process.argv[4]) + 1) * HOUR_MS)
const room = new NewsRoom()
const started = clock.now()
room.publish({ ...SAMPLE_KINDS.finished, simulated: false }, started)
const keys = openSubscriberKeys(SUBSCRIBER_KEY)
const store = await openSubscriptionStore(place)
const never = new AbortController().signal
const log = openLog({ level: 'silent' })
const writer = openNewsWriter({
  ...{ store, keys, clock, log, tellable: room.tellable },
  newsMail: (items, lang, leave) => newsMail(room.texts, items, { lang, leave }),
})
const outbox = openOutbox({
  ...{ store, keys, clock, sender: senderTo(Number(process.argv[3])), perMinute: 6000, random: () => 0.5 },
  wait: async () => undefined,
  leaveUrl: (link) => room.texts.pages.leave('kk', link),
  log,
})
// What a life before left in the outbox goes first; then news is gathered, and after its time written and sent.
await outbox.send(never)
await writer.write(never)
clock.pass(HOUR_MS / 2)
await writer.write(never)
for (;;) {
  await outbox.send(never)
  if ((await store.sizes()).outbox === 0) break
  clock.pass(HOUR_MS)
}
await store[Symbol.asyncDispose]()
writeSync(1, 'done\n')
