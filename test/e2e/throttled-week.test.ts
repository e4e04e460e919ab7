// Throttling, from measurements of pairs to incidents and a page: the service answers, and three times as slowly.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { runCommand } from '../../src/cli/main.ts'
import { testWorld } from '../kit/servers/world.ts'

/** Truth of lab/history/throttled-week.ts: 20:07 to 23:07 in Almaty on the first network, 11:00 to 11:00 on the second. */
const TRUTH = {
  AS64496: [Date.UTC(2026, 9, 17, 15, 7), Date.UTC(2026, 9, 17, 18, 7)],
  AS64497: [Date.UTC(2026, 9, 18, 6, 0), Date.UTC(2026, 9, 19, 6, 0)],
} as const

interface Edge {
  readonly lo95_utc: string
  readonly hi95_utc: string
}
interface Line {
  readonly id: string
  readonly service: string
  readonly network: keyof typeof TRUTH
  readonly state: string
  readonly mechanism: string
  readonly probes_failed: number
  readonly slowdown: { readonly value: number; readonly lo95: number; readonly hi95: number }
  readonly start: Edge
  readonly end: Edge
  readonly cause: {
    readonly word: string
    readonly items: readonly { readonly item: string; readonly outcome: string }[]
  }
}

const holds = (edge: Edge, at: number): boolean => Date.parse(edge.lo95_utc) <= at && at <= Date.parse(edge.hi95_utc)

describe('a service that is slowed, end to end', () => {
  const root = mkdtempSync(join(tmpdir(), 'kuager-throttled-'))
  const folder = join(root, 'data')
  let lines: readonly Line[] = []

  /** Runs one command line to its end; gives what it said on standard output. */
  async function kuager(...args: readonly string[]): Promise<string> {
    let out = ''
    const code = await runCommand(args, { ...testWorld(root), out: { write: (text: string) => (out += text) } })
    assert.equal(code, 0, args.join(' '))
    return out
  }

  before(async () => {
    const size = ['--days', '18', '--networks', '2', '--probes', '6', '--interval', '15', '--seed', '5']
    const story = ['--story', 'throttled-week', '--services', 'youtube']
    await kuager('simulate', '--out', 'history', '--since', '2026-10-02', ...size, ...story)
    await kuager('import', 'history/measurements', '--folder', folder)
    await kuager('detect', '--folder', folder)
    const text = await kuager('incidents', '--folder', folder, '--json')
    lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Line)
  })
  after(() => rmSync(root, { recursive: true, force: true }))

  it('is told once on each network, and nowhere else: not in busy evenings, nor for one slow device', () => {
    assert.deepEqual(lines.map(({ service, network, state }) => `${service} ${network} ${state}`).toSorted(), [
      'youtube AS64496 throttled',
      'youtube AS64497 throttled',
    ])
  })

  it('is dated by intervals that hold the truth, and measured at three times', () => {
    for (const { network, start, end, slowdown, mechanism, probes_failed: failed } of lines) {
      const [began, ended] = TRUTH[network]
      assert.ok(holds(start, began), JSON.stringify(start))
      assert.ok(holds(end, ended), JSON.stringify(end))
      assert.ok(Math.abs(slowdown.value - 3) < 0.3, JSON.stringify(slowdown))
      assert.ok(slowdown.lo95 <= 3 && slowdown.hi95 >= 3, JSON.stringify(slowdown))
      assert.deepEqual([mechanism, failed], ['tls.throttle.sni', 6])
    }
  })

  it('is weighed as slowness of the name alone, at a server that is not of the service', () => {
    for (const { cause } of lines) {
      const said = cause.items.map(({ item, outcome }) => `${item} ${outcome}`)
      assert.ok(said.includes('other-name cures') && said.includes('stage slow'), said.join(', '))
    }
  })

  it('says nothing new when everything is detected again', async () => {
    const { revisions } = JSON.parse(await kuager('detect', '--folder', folder, '--all', '--json')) as {
      readonly revisions: number
    }
    assert.equal(revisions, 0)
  })

  it('is told in words, with the ratio and its interval', async () => {
    const [first] = lines
    const said = await kuager('incident', first?.id ?? '', '--folder', folder, '--lang', 'en')
    assert.match(said, /Slower than on the same devices on earlier days by a factor of 3/)
  })
})
