import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Posted } from '../../core/model/measured/submission.ts'
import type { Standing } from '../../core/model/standing.ts'
import { instant, millis, parseAsn, parseCountryCode, parseSha256, type Instant } from '../../core/model/units.ts'
import type { Archive } from '../../store/archive/contract.ts'
import { WorkerLost, type WorkerPool } from '../../runtime/worker-pool.ts'
import { RateLimit } from '../../runtime/sender/rate.ts'
import type { CollectorLimits } from './collector-limits.ts'
import type { FoundBody, ReceiveCall, ReceiveReply } from './receive-calls.ts'
import { Receiver } from './receiver.ts'
import type { Standings } from './standing/standings.ts'

const clock = { now: () => instant(Date.UTC(2025, 0, 1)), monotonic: () => millis(0) }
const posted = (text: string): Posted => ({ body: Buffer.from(text), encoding: '', sender: undefined })
const taken = (length: number): FoundBody => ({
  kind: 'taken',
  id: parseSha256('ab'.repeat(32)),
  publicSha256: parseSha256('cd'.repeat(32)),
  size: length,
  frameBytes: 0,
  original: parseSha256('ef'.repeat(32)),
  brought: [],
  at: instant(Date.UTC(2025, 0, 1)),
  testName: 'kuager',
  cc: parseCountryCode('KZ'),
  asn: parseAsn(9198),
  verification: 'unverified',
})

/** A pool of one thread that does what a test says with each batch of texts. */
const poolOf = (serve: (texts: readonly string[]) => Promise<readonly FoundBody[]>): WorkerPool => ({
  ready: async () => undefined,
  lease: (job) =>
    job({
      call: async (_, value) => {
        const { buffer, sent } = value as ReceiveCall // what receiver.ts hands over
        const texts = sent.map(({ start, end }) => Buffer.from(buffer.slice(start, end)).toString())
        const found = await serve(texts)
        return { found, spentMs: found.map(() => 0), sealed: Buffer.alloc(16 * found.length) } satisfies ReceiveReply
      },
    }),
  [Symbol.asyncDispose]: async () => undefined,
})

const NO_LIMITS: Pick<CollectorLimits, 'take' | 'giveBack'> = { take: () => undefined, giveBack: () => undefined }

function receiver(
  pool: WorkerPool,
  append: Archive['append'] = async (items) => items.map(() => ({ kind: 'added', leafIndex: 0 })),
  {
    now = clock.now(),
    limits = NO_LIMITS,
    standings = { of: () => ({ standing: 'unsigned' }), durable: async () => undefined },
    knownPool = pool,
  }: {
    now?: Instant
    limits?: typeof NO_LIMITS
    standings?: Pick<Standings, 'of' | 'durable'>
    knownPool?: WorkerPool
  } = {},
): Receiver {
  const archive = { append, has: async () => false } satisfies Pick<Archive, 'append' | 'has'>
  return new Receiver(
    {
      archive,
      limits,
      ...{ pool, knownPool },
      standings,
      rate: new RateLimit(clock),
      networkOf: () => undefined,
      clock: { ...clock, now: () => now },
      realm: async () => undefined,
      onAdded: () => undefined,
      seen: { secret: new Uint8Array(32), note: () => undefined },
    },
    1,
  )
}

describe('Receiver', () => {
  it('keeps the minute of receipt alone: finer, it would tell which connection brought a measurement', async () => {
    const kept: number[] = []
    const one = receiver(
      poolOf(async (texts) => texts.map(({ length }) => taken(length))),
      async (items) => {
        kept.push(...items.map(({ provenance }) => provenance.receivedAt))
        return items.map(() => ({ kind: 'added', leafIndex: 0 }))
      },
      { now: instant(Date.UTC(2025, 0, 1, 19, 52, 37, 123)) },
    )
    await one.submit(posted('x'))
    assert.deepEqual(kept, [Date.UTC(2025, 0, 1, 19, 52)])
  })

  it('asks senders to come again while more wait than memory is meant for, and takes them afterwards', async () => {
    const open = Promise.withResolvers<void>()
    const one = receiver(
      poolOf(async (texts) => {
        await open.promise
        return texts.map(({ length }) => taken(length))
      }),
    )
    const waiting = Array.from({ length: 4096 }, () => one.submit(posted('x')))
    assert.deepEqual(one.admit(undefined), { kind: 'later', why: 'full', seconds: 5 })
    open.resolve()
    for (const received of await Promise.all(waiting)) assert.equal(received.kind, 'added')
    assert.deepEqual(one.admit(undefined), { kind: 'admitted' })
  })

  it('finds the body that ends its thread, refuses it alone, and takes the others', async () => {
    const one = receiver(
      poolOf(async (texts) => {
        if (texts.includes('deadly')) throw new WorkerLost('ended', { served: true })
        return texts.map(({ length }) => taken(length))
      }),
    )
    const received = await Promise.all(['a', 'deadly', 'b', 'c'].map((text) => one.submit(posted(text))))
    assert.deepEqual(
      received.map((found) => (found.kind === 'refused' ? found.code : found.kind)),
      ['added', 'too_large', 'added', 'added'],
    )
  })

  it('refuses alone what takes more work than its length allows', async () => {
    const one = receiver(
      poolOf(async (texts) => {
        const item = texts.indexOf('endless')
        if (item >= 0) throw new WorkerLost('slow', { served: true, item })
        return texts.map(({ length }) => taken(length))
      }),
    )
    const received = await Promise.all(['a', 'endless', 'b', 'endless', 'c'].map((text) => one.submit(posted(text))))
    assert.deepEqual(
      received.map((found) => (found.kind === 'refused' ? found.code : found.kind)),
      ['added', 'too_costly', 'added', 'too_costly', 'added'],
    )
  })

  it('asks a sender who costs too much to wait, and no one else', async () => {
    let calls = 0
    const one = receiver(
      poolOf(async (texts) => {
        calls++
        const item = texts.indexOf('endless')
        if (item >= 0) throw new WorkerLost('slow', { served: true, item })
        return texts.map(({ length }) => taken(length))
      }),
    )
    const from = (prefix: string, text: string): ReturnType<typeof one.submit> =>
      one.submit({ ...posted(text), prefix })
    const costly = Array.from({ length: 60 }, () => from('costly', 'endless'))
    const honest = Array.from({ length: 60 }, () => from('honest', 'text'))
    for (const { kind } of await Promise.all(honest)) assert.equal(kind, 'added')
    const answers = (await Promise.all(costly)).map((found) => (found.kind === 'refused' ? found.code : found.kind))
    // A burst of 3000 submissions, 200 for each: the sixteenth is more than it has.
    assert.ok(answers.filter((answer) => answer === 'too_costly').length <= 18, String(answers))
    assert.ok(answers.includes('later'))
    assert.ok(calls < 60)
  })

  describe('while every thread is busy with hostile bodies', () => {
    const [HOSTILE, KNOWN] = ['198.51.100.7', '203.0.113.9']
    interface Gate {
      readonly pool: WorkerPool
      hold(): void
      open(): void
    }
    interface Busy {
      readonly one: Receiver
      readonly unknown: Gate
      readonly known: Gate
      /** Resolves when the hostile bodies are answered. */
      end(): Promise<void>
    }
    const gate = (): Gate => {
      let held = Promise.withResolvers<void>()
      held.resolve()
      const pool = poolOf(async (texts) => {
        await held.promise
        return texts.map(({ length }) => taken(length))
      })
      return { pool, hold: () => (held = Promise.withResolvers()), open: () => held.resolve() }
    }
    const from = (sender: string, text: string): Posted => ({ ...posted(text), sender, prefix: `prefix ${sender}` })
    /** The kind of an answer, or that there is none yet although nothing else is left to do. */
    const soon = async (answer: Promise<{ readonly kind: string }>): Promise<string> => {
      let kind = 'none yet'
      void answer.then((received) => (kind = received.kind))
      for (let turn = 0; turn < 100; turn++) await new Promise((done) => setImmediate(done))
      return kind
    }
    /** A receiver whose threads for unknown senders are busy, after one submission of each of these senders. */
    const busy = async (
      { standing = 'enrolled', kind = 'added' }: { standing?: Standing; kind?: 'added' | 'known' } = {},
      before: readonly string[] = [KNOWN],
    ): Promise<Busy> => {
      const [unknown, known] = [gate(), gate()]
      const one = receiver(unknown.pool, async (items) => items.map(() => ({ kind, leafIndex: 0 })), {
        standings: { of: () => ({ standing }), durable: async () => undefined },
        knownPool: known.pool,
      })
      for (const sender of before) await one.submit(from(sender, 'x'))
      unknown.hold()
      const hostile = Array.from({ length: 16 }, (_, nth) => one.submit(from(HOSTILE, `hostile ${nth}`)))
      const end = async (): Promise<void> => {
        unknown.open()
        known.open()
        await Promise.all(hostile)
      }
      return { one, end, unknown, known }
    }

    for (const standing of ['enrolled', 'known'] as const)
      it(`answers at once from where a sender with the standing "${standing}" sent today`, async () => {
        const { one, end } = await busy({ standing })
        assert.equal(await soon(one.submit(from(KNOWN, 'honest'))), 'added')
        await end()
      })

    it('lets no one ahead for another standing, for bytes sent again, or for the address of all who come over Tor', async () => {
      for (const [how, before] of [
        [{ standing: 'new' }, KNOWN],
        [{ kind: 'known' }, KNOWN],
        [{}, '127.0.0.1'],
      ] as const) {
        const { one, end } = await busy(how, [before])
        const answer = one.submit(from(before, 'the next'))
        assert.equal(await soon(answer), 'none yet', JSON.stringify([how, before]))
        await end()
        await answer
      }
    })

    it('keeps its threads for unknown senders, however much comes from known ones', async () => {
      const { one, end, unknown, known } = await busy()
      known.hold()
      const many = Array.from({ length: 300 }, (_, nth) => one.submit(from(KNOWN, `honest ${nth}`)))
      unknown.open()
      assert.equal(await soon(one.submit(from('192.0.2.1', 'stranger'))), 'added')
      await end()
      await Promise.all(many)
    })
  })

  it('begins no second batch of long bodies behind one that is being read', async () => {
    const open = Promise.withResolvers<void>()
    const batches: (readonly string[])[] = []
    const one = receiver(
      poolOf(async (texts) => {
        batches.push(texts.map((text) => text.slice(0, 5)))
        if (texts[0]?.startsWith('long') === true) await open.promise
        return texts.map(({ length }) => taken(length))
      }),
    )
    const long = (nth: number): string => `long ${nth}`.padEnd(1_500_000)
    const sent = [1, 2, 3].map((nth) => one.submit({ ...posted(long(nth)), prefix: `${nth}` }))
    assert.equal((await one.submit(posted('short'))).kind, 'added')
    assert.deepEqual(batches, [['long '], ['short']])
    open.resolve()
    await Promise.all(sent)
  })

  it('waits again with what the thread did not come to', async () => {
    const one = receiver(poolOf(async (texts) => texts.slice(0, 2).map(({ length }) => taken(length))))
    const received = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((text) => one.submit(posted(text))))
    assert.ok(received.every(({ kind }) => kind === 'added'))
  })

  it('begins nothing more when it stops, and answers all', async () => {
    const open = Promise.withResolvers<void>()
    const one = receiver(
      poolOf(async (texts) => {
        await open.promise
        return texts.map(({ length }) => taken(length))
      }),
    )
    const sent = Array.from({ length: 200 }, () => one.submit(posted('x')))
    one.stop()
    assert.equal((await one.submit(posted('x'))).kind, 'later')
    assert.equal(one.admit(undefined).kind, 'later')
    open.resolve()
    await one[Symbol.asyncDispose]()
    const kinds = new Set((await Promise.all(sent)).map(({ kind }) => kind))
    assert.deepEqual(kinds, new Set(['added', 'later']))
  })

  it('promises nothing where the disk fails', async () => {
    const pool = poolOf(async (texts) => texts.map(({ length }) => taken(length)))
    const one = receiver(pool, async () => {
      throw new Error('no space left on device')
    })
    await assert.rejects(one.submit(posted('x')), /no space/)
  })

  it('counts no space for what the disk did not keep, and archives nothing for which there is none', async () => {
    let left = 3000
    const limits: typeof NO_LIMITS = {
      take: (_, bytes) => {
        if (bytes > left) return { kind: 'later', why: 'no_room', message: 'none', seconds: 9 }
        left -= bytes
        return undefined
      },
      giveBack: (_, bytes) => void (left += bytes),
    }
    const pool = poolOf(async (texts) => texts.map(({ length }) => taken(length)))
    const failing = receiver(pool, async () => Promise.reject(new Error('no space left on device')), { limits })
    await assert.rejects(failing.submit(posted('x')))
    assert.equal(left, 3000)
    // A registry that cannot be written ends the batch at its second body: the first has spent nothing either.
    let asked = 0
    const of: Standings['of'] = () => {
      if (++asked % 2 === 0) throw new Error('database or disk is full')
      return { standing: 'unsigned' }
    }
    const unwritten = receiver(pool, undefined, { limits, standings: { of, durable: async () => undefined } })
    const outcomes = await Promise.allSettled(['a', 'b', 'c', 'd'].map((text) => unwritten.submit(posted(text))))
    const kept = outcomes.filter(({ status }) => status === 'fulfilled').length
    assert.equal(left, 3000 - kept * 1025)
    left = 3000
    let archived = 0
    const one = receiver(
      pool,
      async (items) => {
        archived += items.length
        return items.map(() => ({ kind: 'added', leafIndex: 0 }))
      },
      { limits },
    )
    const received = await Promise.all(['a', 'b', 'c', 'd'].map((text) => one.submit(posted(text))))
    assert.deepEqual(
      received.map((found) => (found.kind === 'later' ? found.why : found.kind)),
      ['added', 'added', 'no_room', 'no_room'],
    )
    assert.equal(archived, 2)
  })
})
