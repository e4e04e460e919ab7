// The article's evening while it happens: measurements come in, and the page says so; nothing is said and taken back.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { watch } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { MINUTE_MS } from '../../src/core/model/duration.ts'
import { sliceEvening, type EveningSlices } from '../kit/evening/evening-slices.ts'
import { serveFolderAt, type ServedFolder } from '../kit/servers/served-folder.ts'

/** From the last submission to the page: what the project promises; bench/live.ts measures how long it takes. */
const PROMISE_MS = 60_000

interface Line {
  readonly id: string
  readonly service: string
  readonly network: string
  readonly running: boolean
  readonly withdrawn: boolean
  readonly reason: string
  readonly alarm: { readonly raised_at_utc: string; readonly cleared_at_utc: string | null } | null
  readonly start: { readonly lo95_utc: string; readonly hi95_utc: string }
  readonly end: { readonly lo95_utc: string; readonly hi95_utc: string }
}

const parseLines = (text: string): readonly Line[] =>
  text
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)

describe('an evening that is measured while it happens', () => {
  const root = mkdtempSync(join(tmpdir(), 'kuager-live-'))
  let evening: EveningSlices
  let served: ServedFolder
  let slices = 0
  before(async () => {
    evening = sliceEvening(Date.now(), {
      networks: 2,
      probesPerNetwork: 4,
      services: ['youtube', 'facebook', 'wikipedia'],
    })
    served = await serveFolderAt(join(root, 'data'), root)
  })
  after(async () => {
    await served?.[Symbol.asyncDispose]()
    rmSync(root, { recursive: true, force: true })
  })

  /** Submits what was measured in a span of minutes around the start of the restriction. */
  async function submit(from: number, until: number): Promise<void> {
    const file = join(root, `slice-${slices++}.jsonl`)
    writeFileSync(file, evening.between(evening.start + from * MINUTE_MS, evening.start + until * MINUTE_MS))
    await served.kuager('import', file, '--threads', '1')
  }
  const fetchText = async (path: string): Promise<string> => (await fetch(new URL(path, served.url))).text()
  const published = async (): Promise<readonly Line[]> =>
    (JSON.parse(await fetchText('api/v1/incidents')) as { readonly incidents: readonly Line[] }).incidents

  /** Asks whenever the folder of incidents has changed, until something is published that fits. */
  async function waitFor(fits: (lines: readonly Line[]) => boolean): Promise<readonly Line[]> {
    const found = new AbortController()
    const signal = AbortSignal.any([found.signal, AbortSignal.timeout(PROMISE_MS)])
    const changes = watch(join(root, 'data', 'incidents'), { signal })[Symbol.asyncIterator]()
    try {
      for (;;) {
        const change = changes.next() // listens before it asks: nothing is missed in between
        change.catch(() => undefined) // thrown again where it is awaited
        const lines = await published()
        if (fits(lines)) return lines
        await change.catch((cause: unknown) => {
          const said = lines.map(({ id, running }) => `${id}${running ? ' (goes on)' : ''}`).join(', ')
          throw new Error(`Not on the page within ${PROMISE_MS / 1000} s; it shows: ${said}`, { cause })
        })
      }
    } finally {
      found.abort()
    }
  }

  const WHERE = ['facebook AS64496', 'youtube AS64496']
  const placesOf = (lines: readonly Line[]): readonly string[] =>
    lines.map(({ service, network }) => `${service} ${network}`).toSorted()
  let begun: readonly Line[] = []

  it('is on the page within a minute of the submission that shows it, as one that goes on', async () => {
    await submit(-16 * 60, -17) // the day before it
    await served.kuager('detect')
    assert.deepEqual(await published(), [], 'a busy day with a dead line is no restriction')
    for (const from of [-17, -2, 13, 28]) await submit(from, from + 15)
    begun = await waitFor((lines) => lines.length >= WHERE.length)
    assert.deepEqual(placesOf(begun), WHERE)
    assert.ok(begun.every(({ running, reason, alarm }) => running && reason === 'first' && alarm !== null))
    const page = await fetchText('kk/incidents')
    for (const { id } of begun) assert.ok(page.includes(id), `the page does not show ${id}`)
  })

  it('ends on the page within a minute of the submissions that show the end', async () => {
    for (let from = 43; from < 103; from += 15) {
      await submit(from, from + 15)
      await served.kuager('detect') // so that every slice has its detection, whatever the server's own pace
    }
    assert.ok(
      (await published()).every(({ running }) => running),
      'it goes on until it has ended',
    )
    for (const from of [103, 118, 133]) await submit(from, from + 15)
    await waitFor((lines) => lines.every(({ running }) => !running))
  })

  it('keeps its ids, and is neither taken back nor said to go on again, through the rest of the night', async () => {
    for (const from of [148, 163, 178]) {
      await submit(from, from + 15)
      await served.kuager('detect')
    }
    await submit(193, 9 * 60)
    await served.kuager('detect')
    const lines = await published()
    assert.deepEqual(lines.map(({ id }) => id).toSorted(), begun.map(({ id }) => id).toSorted())
    for (const { id } of lines) {
      const history = parseLines(await served.kuager('incident', id, '--history', '--json'))
      const ended = history.findIndex(({ running }) => !running)
      const alarms = history.map(({ alarm }) => alarm?.raised_at_utc)
      assert.ok(ended > 0 && history.slice(ended).every(({ running }) => !running), `${id} went on after its end`)
      assert.ok(history.every(({ withdrawn }) => !withdrawn))
      assert.equal(new Set(alarms).size, 1, `the alarm of ${id} was raised more than once: ${alarms.join(' ')}`)
      // Its first word, twice as long, its end; then each figure that one of the six slices after its end still moves.
      assert.ok(history.length <= 9, `${id} has ${history.length} revisions`)
      const last = history.at(-1)
      assert.ok(last?.alarm?.cleared_at_utc, 'the alarm is cleared in the end')
      for (const [edge, truth] of [
        [last.start, evening.start],
        [last.end, evening.end],
      ] as const)
        assert.ok(Date.parse(edge.lo95_utc) <= truth && truth <= Date.parse(edge.hi95_utc), JSON.stringify(edge))
    }
  })
})
