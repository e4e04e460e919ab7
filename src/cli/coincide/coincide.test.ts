import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { z } from 'zod'
import { createRandom } from '../../core/detect/chain/random.ts'
import { kuagerIn } from '../../../test/kit/evening/sample-study.ts'
import { DAY_MS, HOUR_MS } from '../../core/model/duration.ts'

const START = Date.parse('2025-01-01T00:00:00Z')
const utc = (day: number, hour: number): string => new Date(START + day * DAY_MS + (hour - 5) * HOUR_MS).toISOString()
const words = (text: string) => ({ kk: text, ru: text, en: text })

const lineSchema = z.object({
  primary: z.object({ finding: z.string() }),
  exploratory: z.boolean(),
  events_sha256: z.string(),
})

let folder = ''
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'kuager-coincide-'))
})
after(() => rmSync(folder, { recursive: true, force: true }))

const kuager = (...argv: readonly string[]): ReturnType<typeof kuagerIn> => kuagerIn(folder, ...argv)
const save = (name: string, value: unknown): string => {
  writeFileSync(join(folder, name), typeof value === 'string' ? value : JSON.stringify(value))
  return name
}

/** Half a year of streams; the share `effect` is followed by a restriction of YouTube within minutes. */
function makeFiles(effect: number, until = '2025-07-01'): { events: object; incidents: string } {
  const random = createRandom(5)
  const events: object[] = []
  const lines: object[] = []
  for (let day = 0; day < 182; day++) {
    const stream = random.next() < 0.36
    if (stream)
      events.push({
        id: `stream-${day}`,
        kind: 'livestream',
        label: words('Stream'),
        start: utc(day, 20).replace('.000Z', 'Z'),
        source: { url: 'https://example.org/schedule', title: 'Example News', checked: true },
      })
    const own = random.next() < 0.15
    const hour = stream && random.next() < effect ? 20.3 : own ? 19 + 2 * random.next() : undefined
    if (hour !== undefined)
      lines.push({
        id: `youtube-as64500-${day}`,
        service: 'youtube',
        network: 'AS64500',
        state: 'restricted',
        start: { median_utc: utc(day, hour), lo95_utc: utc(day, hour - 0.1), hi95_utc: utc(day, hour + 0.1) },
        end: { median_utc: utc(day, hour + 2) },
        cause: { word: 'blocking' },
      })
  }
  const primary = {
    id: 'streams',
    label: words('Streams, YouTube'),
    kinds: ['livestream'],
    services: ['youtube'],
    networks: [],
  }
  const negativeControls = [{ ...primary, id: 'telegram', label: words('Streams, Telegram'), services: ['telegram'] }]
  const plan = { period: { since: '2025-01-01', until }, primary, negativeControls }
  return {
    events: { simulated: false, events, plan },
    incidents: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
  }
}

describe('kuager events and kuager coincide', () => {
  it('freeze a list, verify it, and test it in sentences and as JSON', async () => {
    const { events, incidents } = makeFiles(0.7)
    save('events.json', events)
    save('incidents.jsonl', incidents)
    const frozen = await kuager('events', 'freeze', 'events.json', '--out', 'frozen.json', '--lang', 'en')
    assert.equal(frozen.code, 0, frozen.err)
    assert.match(frozen.out, /SHA-256: [0-9a-f]{64}\./)
    assert.match(frozen.out, /Lowest possible p: by weeks 0\.038, for a court 0\.05\./)
    const verified = await kuager('events', 'verify', 'frozen.json', '--json')
    assert.equal(verified.code, 0)

    const ask = ['coincide', '--events', 'frozen.json', '--incidents', 'incidents.jsonl'] as const
    const shown = await kuager(...ask, '--service', 'youtube', '--lang', 'en')
    assert.equal(shown.code, 0, shown.err)
    assert.match(
      shown.out,
      /A coincidence is seen: both tests reach the level\.\nThe period is short: p cannot be below 0\.05\. Such a result is weak at best\.\nA coincidence does not show a cause\./,
    )
    assert.match(shown.out, /Livestreams: \d+\./)
    assert.match(shown.out, /Streams, Telegram .*too little data/)
    const spoken = await kuager(...ask)
    assert.match(spoken.out, /Тікелей эфирлер: \d+\./)

    const line = lineSchema.parse(JSON.parse((await kuager(...ask, '--json')).out))
    assert.equal(line.primary.finding, 'link')
    assert.equal(line.exploratory, false)
    assert.equal(line.events_sha256, frozen.out.match(/[0-9a-f]{64}/)?.[0])
  })

  it('say beside a finding that a negative control coincides too, and that the list came after the period', async () => {
    const { events, incidents } = makeFiles(0.7)
    const telegram = incidents.replaceAll('youtube', 'telegram')
    save('both.json', events)
    save('both.jsonl', `${incidents}${telegram}`)
    await kuager('events', 'freeze', 'both.json', '--out', 'both.frozen.json')
    const { out } = await kuager(
      'coincide',
      '--events',
      'both.frozen.json',
      '--incidents',
      'both.jsonl',
      '--lang',
      'en',
    )
    assert.match(out, /A coincidence is seen/)
    assert.match(out, /A negative control coincides too\. This speaks against the main finding\./)
    assert.match(out, /The list was frozen after the period ended\./)
  })

  it('claim nothing where only the evening is shared', async () => {
    const { events, incidents } = makeFiles(0)
    save('quiet.json', events)
    save('quiet.jsonl', incidents)
    await kuager('events', 'freeze', 'quiet.json', '--out', 'quiet.frozen.json')
    const shown = await kuager(
      'coincide',
      '--events',
      'quiet.frozen.json',
      '--incidents',
      'quiet.jsonl',
      '--lang',
      'en',
    )
    assert.match(shown.out, /A coincidence is not shown\./)
  })

  it('claim nothing of a service or a period that was not frozen', async () => {
    const ask = ['coincide', '--events', 'frozen.json', '--incidents', 'incidents.jsonl', '--lang', 'en'] as const
    for (const more of [
      ['--service', 'facebook'],
      ['--until', '2025-06-20'],
      ['--network', 'AS64501'],
    ]) {
      const { out } = await kuager(...ask, ...more)
      assert.match(out, /The question is not the one in the pre-registered list\./)
      assert.doesNotMatch(out, /A coincidence is seen/)
      const line = lineSchema.parse(JSON.parse((await kuager(...ask, ...more, '--json')).out))
      assert.deepEqual([line.primary.finding, line.exploratory], ['not-frozen', true])
    }
  })

  it('refuse a list that was never frozen, was altered, or reaches beyond the data', async () => {
    const plain = await kuager('coincide', '--events', 'events.json', '--incidents', 'incidents.jsonl')
    assert.equal(plain.code, 2)
    assert.match(plain.err, /it is not a pre-registered list/)
    const text = readFileSync(join(folder, 'frozen.json'), 'utf8')
    save('altered.json', text.replace('T15:00:00Z', 'T15:30:00Z'))
    const altered = await kuager('coincide', '--events', 'altered.json', '--incidents', 'incidents.jsonl')
    assert.equal(altered.code, 2)
    assert.match(altered.err, /altered after it was frozen/)
    assert.equal((await kuager('events', 'verify', 'altered.json')).code, 3)

    save('future.json', makeFiles(0, '2999-01-01').events)
    await kuager('events', 'freeze', 'future.json', '--out', 'future.frozen.json')
    const future = await kuager('coincide', '--events', 'future.frozen.json', '--incidents', 'incidents.jsonl')
    assert.equal(future.code, 2)
    assert.match(future.err, /look once, when the period is over/)
  })

  it('never replace a pre-registered list, and write none without a plan', async () => {
    const again = await kuager('events', 'freeze', 'events.json', '--out', 'frozen.json')
    assert.equal(again.code, 2)
    assert.match(again.err, /never replaced/)
    save('bare.json', { simulated: false, events: [] })
    assert.match((await kuager('events', 'freeze', 'bare.json', '--out', 'x.json')).err, /holds no plan/)
  })

  it('name the line of incidents that cannot be read', async () => {
    save('broken.jsonl', '{"service":"youtube"}\n')
    const broken = await kuager('coincide', '--events', 'frozen.json', '--incidents', 'broken.jsonl')
    assert.equal(broken.code, 2)
    assert.match(broken.err, /line 1/)
  })
})
