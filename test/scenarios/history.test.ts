import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { simulateHistory, type Label } from '../../lab/history/simulate.ts'
import type { TruthStory } from '../../lab/history/stories.ts'
import type { Verdict } from '../../src/core/model/measured/verdict.ts'
import { judgeBytes } from '../../src/pipeline/judge/judge-bytes.ts'
import { openCertificates } from '../../src/runtime/certificates.ts'
import { loadTables } from '../../src/runtime/tables/tables.ts'

/** A month on six networks: large enough that every kind of story acts on several measurements. */
const MONTH = {
  seed: 11,
  since: Date.UTC(2026, 8, 1),
  days: 30,
  networks: 6,
  probesPerNetwork: 2,
  intervalMinutes: 180,
} as const

interface Case {
  readonly label: Label
  readonly verdict: Verdict
  /** Kinds of the stories around it, without a mere lack of IPv6. */
  readonly kinds: readonly string[]
}

const cases: Case[] = []
const stories = new Map<string, TruthStory>()
const services = new Set<string>()

before(() => {
  const tools = { tables: loadTables(), certificates: openCertificates() }
  const history = simulateHistory(MONTH)
  for (const story of history.stories) stories.set(story.id, story)
  for (const { line, label } of history.measurements()) {
    const judged = judgeBytes(Buffer.from(line), tools)
    assert.equal(judged.kind, 'judged', line.slice(0, 200))
    if (judged.kind !== 'judged') continue
    assert.equal(judged.service, label.service)
    assert.equal(judged.head.simulated, true)
    services.add(judged.service)
    const kinds = label.stories.map((id) => stories.get(id)?.kind ?? id).filter((kind) => kind !== 'no-ipv6')
    cases.push({ label, verdict: judged.verdict, kinds })
  }
})

const share = (part: readonly unknown[], whole: readonly unknown[]): string => `${part.length} of ${whole.length}`
const show = ({ label, verdict }: Case): string =>
  `${label.test} of ${label.service} at ${label.started_at_utc}: ${verdict.kind}, ${verdict.rule} (${label.stories.join(', ')})`

/** The probe's own troubles: a login page answers for every name, the owner's resolver fails for every name. */
const OWN = ['line-portal', 'resolver']
/** Cases that no censor touches and that a single measurement can decide. */
const open = (): readonly Case[] =>
  cases.filter(({ label }) => !label.blocked && label.stories.every((id) => stories.get(id)?.decidable_alone !== false))
const ofKind = (kind: string): readonly Case[] => cases.filter(({ kinds }) => kinds.includes(kind))
const interfered = (list: readonly Case[]): readonly Case[] =>
  list.filter(({ verdict }) => verdict.kind === 'interfered')

describe('verdicts on a simulated month', () => {
  it('every measurement is judged, and the counts of truth and verdict are printed', (t) => {
    assert.ok(cases.length > 10_000)
    const counts = new Map<string, number>()
    for (const { label, verdict, kinds } of cases) {
      const row = `${label.blocked ? 'blocked' : 'open   '} ${verdict.kind.padEnd(12)} ${kinds.join('+')}`
      counts.set(row, (counts.get(row) ?? 0) + 1)
    }
    for (const [row, count] of [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)))
      t.diagnostic(`${String(count).padStart(6)} ${row}`)
    assert.equal(cases.filter(({ verdict }) => verdict.kind === 'not-judged').length, 0)
    assert.ok(services.size >= 10)
  })

  it("no censor is seen where none acts, the probe's own troubles apart", (t) => {
    const all = open().filter(({ kinds }) => !kinds.some((kind) => OWN.includes(kind)))
    t.diagnostic(`false interfered: ${share(interfered(all), all)}`)
    assert.deepEqual(interfered(all).slice(0, 5).map(show), [])
  })

  for (const kind of OWN)
    it(`no censor is seen through the probe's own trouble: ${kind}`, (t) => {
      const all = ofKind(kind).filter(({ label }) => !label.blocked)
      t.diagnostic(`false interfered: ${share(interfered(all), all)}`)
      assert.ok(all.length >= 5, `${kind}: ${all.length}`)
      assert.deepEqual(interfered(all).slice(0, 5).map(show), [])
    })

  it('a censor is seen in at least 19 of 20 measurements on which one acts', (t) => {
    const blocked = cases.filter(({ label }) => label.blocked)
    const found = interfered(blocked)
    t.diagnostic(`found: ${share(found, blocked)}`)
    assert.ok(blocked.length >= 100)
    assert.ok(found.length >= blocked.length * 0.95, share(found, blocked))
  })

  it('the layer and the mechanism of a found block are the true ones in at least 9 of 10', (t) => {
    const found = interfered(cases.filter(({ label }) => label.blocked && label.test !== 'telegram'))
    const right = found.filter(({ label, verdict }) =>
      label.stories.some((id) => {
        const mechanism = stories.get(id)?.mechanism
        return typeof mechanism === 'string' && verdict.mechanism?.startsWith(mechanism) === true
      }),
    )
    t.diagnostic(`right mechanism: ${share(right, found)}`)
    assert.ok(right.length >= found.length * 0.9, share(right, found))
  })

  it('an untroubled measurement is reachable', () => {
    const quiet = cases.filter(({ label, kinds }) => !label.blocked && kinds.length === 0)
    assert.ok(quiet.length > 8_000)
    assert.deepEqual(
      quiet
        .filter(({ verdict }) => verdict.kind !== 'reachable')
        .slice(0, 5)
        .map(show),
      [],
    )
  })

  it('a refusal of the server, another content network and missing IPv6 are reachable', () => {
    for (const kind of ['origin-forbidden', 'origin-moved']) {
      const alone = ofKind(kind).filter(({ kinds, label }) => kinds.length === 1 && !label.blocked)
      assert.ok(alone.length >= 10, `${kind}: ${alone.length}`)
      assert.deepEqual(
        alone
          .filter(({ verdict }) => verdict.kind !== 'reachable')
          .slice(0, 5)
          .map(show),
        [],
      )
    }
  })

  it('an outage of a platform and an expired certificate of the origin are unreachable for web measurements', () => {
    for (const kind of ['origin-down', 'origin-expired']) {
      const alone = ofKind(kind).filter(({ kinds, label }) => kinds.length === 1 && label.test === 'web_connectivity')
      assert.ok(alone.length >= 5, `${kind}: ${alone.length}`)
      assert.deepEqual(
        alone
          .filter(({ verdict }) => verdict.kind !== 'unreachable')
          .slice(0, 5)
          .map(show),
        [],
      )
    }
  })

  it('a line that is cut gives no verdict on any service', () => {
    for (const kind of ['line-dead', 'line-abroad-lost']) {
      const all = ofKind(kind)
      assert.ok(all.length >= 5, `${kind}: ${all.length}`)
      const judged = all.filter(({ verdict }) => verdict.kind === 'interfered' || verdict.kind === 'unreachable')
      assert.deepEqual(judged.slice(0, 5).map(show), [])
    }
  })
})
