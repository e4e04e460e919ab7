import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { sampleIncident } from '../../../test/kit/evening/incident-sample.ts'
import { memoryIncidents } from '../../../test/kit/stores/memory-incidents.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import { instant, millis } from '../../core/model/units.ts'
import type { WebhookOutcome } from '../../runtime/post/webhook.ts'
import { openAlertJournal, type AlertJournal, type AlertLine } from './alert-journal.ts'
import { deliverAlerts, GIVE_UP_MS } from './deliver-alerts.ts'

let folder = ''
before(async () => (folder = await mkdtemp(join(tmpdir(), 'kuager-alerts-'))))
after(() => rm(folder, { recursive: true }))

const START = Date.UTC(2026, 2, 5)
const revision = (id: string, number: number, at = START): Incident =>
  sampleIncident({ id, revision: number, revisedAt: instant(at), measurements: [] })
const OK: WebhookOutcome = { kind: 'answered', status: 204 }
const AWAY: WebhookOutcome = { kind: 'failed', why: 'ECONNREFUSED' }
const open = (receiver: string, known: readonly AlertLine[] = []): Promise<AlertJournal> =>
  openAlertJournal({ folder, receiver }, async () => known)

/**
 * Delivers with a clock that waiting moves, until `rounds` pauses were made; gives what was posted, waited and logged.
 */
async function deliver(
  receiver: string,
  incidents: ReturnType<typeof memoryIncidents>,
  {
    rounds,
    answer,
    known,
  }: {
    readonly rounds: number
    readonly answer: (key: string, nth: number, now: number) => WebhookOutcome
    readonly known?: readonly AlertLine[]
  },
): Promise<{ readonly posted: string[]; readonly waits: number[]; readonly logged: string[] }> {
  const stop = new AbortController()
  const [posted, waits, logged]: [string[], number[], string[]] = [[], [], []]
  let now = START
  await using journal = await open(receiver, known)
  const log = (_: unknown, message: string): void => void logged.push(message)
  await deliverAlerts(
    {
      incidents,
      journal,
      receiver: 'hook.example',
      post: async ({ id, revision: number }) => {
        posted.push(`${id}#${number}`)
        return answer(`${id}#${number}`, posted.length, now)
      },
      clock: { now: () => instant(now), monotonic: () => millis(now) },
      random: () => 0.5,
      wait: async (delay) => {
        waits.push(delay)
        now += delay
        if (waits.length === rounds) stop.abort()
      },
      log: { debug: log, info: log, warn: log, error: log },
    },
    stop.signal,
  )
  return { posted, waits, logged }
}

describe('alerts', () => {
  it('tell every revision once, each incident’s in their order, the first published first', async () => {
    const incidents = memoryIncidents([
      revision('b', 1, START - 10),
      revision('b', 2, START + 2),
      revision('a', 1, START + 1),
    ])
    const { posted } = await deliver('once', incidents, { rounds: 3, answer: () => OK })
    assert.deepEqual(posted, ['a#1', 'b#1', 'b#2'])
  })

  it('begin with what comes: a new receiver is not told the past', async () => {
    const incidents = memoryIncidents([revision('a', 1)])
    const known: AlertLine[] = [{ id: 'a', revision: 1, state: 'known', at: instant(START) }]
    assert.deepEqual((await deliver('past', incidents, { rounds: 1, answer: () => OK, known })).posted, [])
    await incidents.publish([revision('a', 2)], [])
    assert.deepEqual((await deliver('past', incidents, { rounds: 1, answer: () => OK })).posted, ['a#2'])
  })

  it('are not lost over a restart, whether the receiver took them or not', async () => {
    const incidents = memoryIncidents([revision('a', 1), revision('a', 2), revision('b', 1)])
    const first = await deliver('restart', incidents, {
      rounds: 1,
      answer: (key) => (key === 'a#1' ? OK : AWAY),
    })
    assert.deepEqual(first.posted, ['a#1', 'a#2'])
    const second = await deliver('restart', incidents, { rounds: 1, answer: () => OK })
    assert.deepEqual(second.posted, ['a#2', 'b#1'])
    assert.deepEqual((await deliver('restart', incidents, { rounds: 1, answer: () => OK })).posted, [])
  })

  it('are tried again with longer and longer pauses, up to an hour, and not before the receiver asked for it', async () => {
    const incidents = memoryIncidents([revision('a', 1)])
    const { waits, logged } = await deliver('pauses', incidents, { rounds: 14, answer: () => AWAY })
    assert.deepEqual(waits.slice(0, 4), [3750, 7500, 15_000, 30_000])
    assert.equal(Math.max(...waits), 2_700_000)
    assert.deepEqual(logged, ['an alert was not taken and is tried again'])
    const busy = await deliver('busy', incidents, {
      rounds: 2,
      answer: (_, nth) => (nth === 1 ? { kind: 'answered', status: 429, retryAfter: 60 } : OK),
    })
    assert.deepEqual(busy.waits, [60_000, 5000])
    const closed = await deliver('closed', incidents, {
      rounds: 2,
      answer: (_, nth) => (nth === 1 ? { kind: 'answered', status: 503, retryAfter: 7200 } : OK),
    })
    assert.deepEqual(closed.waits, [7_200_000, 5000])
  })

  it('are given up after three days, and the log says so', async () => {
    const incidents = memoryIncidents([revision('a', 1), revision('b', 1)])
    const { posted, logged } = await deliver('never', incidents, { rounds: 120, answer: () => AWAY })
    assert.equal(logged.filter((text) => text.includes('given up')).length, 2)
    assert.ok(posted.length > 50)
    assert.deepEqual(posted.slice(-2), ['a#1', 'b#1'])
    const late = await deliver('never', incidents, { rounds: 1, answer: () => OK })
    assert.deepEqual(late.posted, [])
  })

  it('are not given up young because the receiver has been away for long', async () => {
    const incidents = memoryIncidents([revision('a', 1), revision('b', 1, START + GIVE_UP_MS)])
    const { posted, logged } = await deliver('young', incidents, {
      rounds: 110,
      answer: (_, __, now) => (now > START + GIVE_UP_MS + 3_600_000 * 10 ? OK : AWAY),
    })
    assert.equal(logged.filter((text) => text.includes('given up')).length, 1)
    assert.equal(posted.at(-1), 'b#1')
  })

  it('wait for none that the receiver refuses', async () => {
    const incidents = memoryIncidents([revision('a', 1), revision('b', 1), revision('c', 1)])
    const { posted } = await deliver('refused', incidents, {
      rounds: 2,
      answer: (key) => (key === 'a#1' ? { kind: 'answered', status: 422 } : OK),
    })
    assert.deepEqual(posted, ['a#1', 'b#1', 'c#1', 'a#1'])
  })

  it('that the receiver refuses are tried again separately: what is published meanwhile is sent at once', async () => {
    const incidents = memoryIncidents([revision('a', 1)])
    const refusal: WebhookOutcome = { kind: 'answered', status: 400 }
    let told = 0
    const { posted, waits } = await deliver('by-themselves', incidents, {
      rounds: 1000,
      answer: (key, _, now) => {
        if (key === 'a#1') {
          // An hour after the first refusal another incident is published, between two looks.
          if (now > START + 3_600_000 && told === 0) {
            told = now
            void incidents.publish([revision('b', 1, now)], [])
          }
          return refusal
        }
        assert.ok(now - told <= 5000, `told after ${now - told} ms`)
        return OK
      },
    })
    assert.deepEqual(new Set(waits), new Set([5000]))
    assert.ok(posted.includes('b#1'))
    const tries = posted.filter((key) => key === 'a#1').length
    assert.ok(tries > 4 && tries < 20, String(tries))
  })

  it('are sent twice rather than never where a crash tore the journal', async () => {
    const incidents = memoryIncidents([revision('a', 1), revision('b', 1)])
    await deliver('torn', incidents, { rounds: 1, answer: () => OK })
    const path = join(folder, 'torn.jsonl')
    const whole = await readFile(path, 'utf8')
    assert.equal(whole.split('\n').length, 3)
    await writeFile(path, whole.slice(0, -5))
    assert.deepEqual((await deliver('torn', incidents, { rounds: 1, answer: () => OK })).posted, ['b#1'])
    await writeFile(path, 'not a line\n{"id":"a"}\n')
    assert.deepEqual((await deliver('torn', incidents, { rounds: 1, answer: () => OK })).posted, ['a#1', 'b#1'])
  })
})
