import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openMailServer } from '../../test/kit/servers/mail-server.ts'
import { startPostgres, WITHOUT_POSTGRES, type Postgres } from '../../test/kit/stores/postgres.ts'
import { MovedClock, SUBSCRIBER_KEY } from '../../test/kit/subscriptions/subscription-world.ts'
import type { RegistryPlace } from '../store/registry/database.ts'
import { openSubscriberKeys } from './keys.ts'
import { openSubscriptionStore } from './registry/open.ts'
import { toldNothing } from './told.ts'

const CHILD = fileURLToPath(new URL('../../test/kit/crash/outbox-child.ts', import.meta.url))
const SUBSCRIBERS = 24
/** Mails after which a life is cut short: at each of them a mail may be under way. */
const CUTS = [1, 5, 6, 13] as const

async function fill(place: RegistryPlace): Promise<void> {
  await using store = await openSubscriptionStore(place)
  const keys = openSubscriberKeys(SUBSCRIBER_KEY)
  const now = new MovedClock().now()
  for (let nth = 0; nth < SUBSCRIBERS; nth++) {
    const id = nth.toString(16).padStart(32, '0')
    const subscriber = {
      mail: `reader${nth}@mailbox.example`,
      lang: 'ru',
      topics: { services: ['youtube'], networks: [], regions: [] },
    }
    const row = {
      id,
      state: 'waiting',
      mailbox: `box ${nth}`,
      expires: now + 1,
      due: null,
      settled: false,
      refusals: 0,
    } as const
    const mail = {
      id: `f${id.slice(1)}`,
      subscriber: id,
      kind: 'confirm',
      since: now,
      next: now,
      tries: 0,
      sealed: new Uint8Array(1),
    } as const
    await store.ask(
      { ...row, sealed: keys.seal('subscriber', id, subscriber), told: keys.seal('told', id, toldNothing(now)) },
      mail,
    )
    await store.sent(mail)
    await store.confirm(id, now, () => assert.fail('it is new'))
  }
}

describe('mails of subscriptions whose process is killed', () => {
  let root = ''
  let server: Postgres | undefined
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'kuager-outbox-killed-'))
    if (WITHOUT_POSTGRES === false) server = await startPostgres()
  })
  after(async () => {
    await server?.[Symbol.asyncDispose]()
    await rm(root, { recursive: true })
  })

  /** Lets one process after another send, kills each at its time, and looks at what came. */
  async function reachesEveryone(place: RegistryPlace): Promise<void> {
    await fill(place)
    let child: ReturnType<typeof spawn> | undefined
    let cuts: readonly number[] = CUTS
    await using mails = await openMailServer({
      onData: async (count) => {
        if (count < (cuts[0] ?? Infinity)) return
        cuts = cuts.slice(1)
        // Taken by the mail server; whether our process still hears of it is chance.
        if (cuts.length % 2 === 0) child?.kill('SIGKILL')
        else setImmediate(() => child?.kill('SIGKILL'))
      },
    })
    let lives = 0
    for (let said = ''; !said.includes('done'); lives++) {
      assert.ok(lives <= CUTS.length + 1, 'it ends')
      said = ''
      const life = spawn(process.execPath, [CHILD, JSON.stringify(place), String(mails.port), String(lives)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      child = life
      life.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
      await once(life, 'close')
    }
    assert.equal(lives, CUTS.length + 1)
    const byReader = Map.groupBy(mails.received, ({ to }) => to[0] ?? '')
    assert.equal(byReader.size, SUBSCRIBERS)
    const idOf = ({ raw }: { readonly raw: string }): string => /^Message-ID: (.*)\r$/im.exec(raw)?.[1] ?? ''
    // One message each; a copy, where a life ended between the answer and our disk, is known by its id.
    for (const [reader, all] of byReader) assert.equal(new Set(all.map(idOf)).size, 1, reader)
    assert.ok(mails.received.length - SUBSCRIBERS <= CUTS.length, `${mails.received.length}`)
  }

  it('reach everyone, each message under one id, in SQLite', async () => {
    await reachesEveryone({ kind: 'sqlite', file: join(root, 'subscriptions.sqlite') })
  })

  it('reach everyone, each message under one id, in PostgreSQL', { skip: WITHOUT_POSTGRES }, async () => {
    await reachesEveryone(await server!.database()) // started where it is not skipped
  })
})
