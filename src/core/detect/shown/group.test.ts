import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { MINUTE_MS } from '../../model/duration.ts'
import { instant, parseAsn } from '../../model/units.ts'
import { type Grouped, groupEpisodes } from './group.ts'

const START = Date.UTC(2025, 0, 15, 15)

/** An incident whose onset lies at a minute, give or take `spread` minutes. */
function incident(
  service: string,
  asn: number,
  minute: number,
  over: Partial<Grouped> & { spread?: number } = {},
): Grouped {
  const { spread = 5, ...rest } = over
  const at = (shift: number) => instant(START + (minute + shift) * MINUTE_MS)
  const edge = (shift: number) => ({
    kind: 'dated' as const,
    median: at(shift),
    lo95: at(shift - spread),
    lo50: at(shift - spread / 3),
    hi50: at(shift + spread / 3),
    hi95: at(shift + spread),
    bracket: [at(shift - spread), at(shift + spread)] as const,
  })
  return {
    id: `${service}-as${asn}-${minute}`,
    service,
    asn: parseAsn(asn),
    mechanism: 'tls.timeout.sni',
    state: 'restricted',
    start: edge(0),
    end: edge(120),
    running: false,
    seed: 1,
    withdrawn: false,
    ...rest,
  }
}

const members = (incidents: readonly Grouped[]) => groupEpisodes(incidents).map((episode) => episode.incidents)

describe('groupEpisodes()', () => {
  it('makes one national block one episode with its matrix', () => {
    const found = groupEpisodes(
      ['youtube', 'facebook'].flatMap((service, s) =>
        [64500, 64501, 64502].map((asn, k) => incident(service, asn, s + k)),
      ),
    )
    assert.equal(found.length, 1)
    assert.equal(found[0]?.id, 'episode-youtube-as64500-0')
    assert.deepEqual(found[0]?.rule, {
      services: ['facebook', 'youtube'],
      asns: [64500, 64501, 64502],
      exact: true,
    })
    assert.equal(found[0]?.mechanism, 'tls.timeout')
    assert.equal(found[0]?.incidents.length, 6)
  })

  it('separates what fails at another layer or in another way', () => {
    assert.equal(members([incident('a', 64500, 0), incident('a', 64501, 0, { mechanism: 'dns.timeout' })]).length, 2)
    assert.equal(members([incident('a', 64500, 0), incident('a', 64501, 0, { mechanism: 'tls.reset.sni' })]).length, 2)
    assert.equal(members([incident('a', 64500, 0), incident('a', 64501, 0, { mechanism: 'tls.timeout' })]).length, 1)
  })

  it('joins onsets whose intervals do not touch where they lie within half an hour, and not where they lie beyond', () => {
    assert.equal(members([incident('a', 64500, 0), incident('a', 64501, 20)]).length, 1)
    assert.equal(members([incident('a', 64500, 0), incident('a', 64501, 45)]).length, 2)
  })

  it('joins a well dated onset to a poorly dated one whose interval holds it', () => {
    assert.equal(members([incident('a', 64500, 0), incident('a', 64501, 100, { spread: 150 })]).length, 1)
  })

  it('does not chain beyond six hours without a direct overlap', () => {
    const chain = Array.from({ length: 30 }, (_, k) => incident('a', 64500 + k, 25 * k))
    const found = groupEpisodes(chain)
    assert.ok(found.length > 1)
    for (const { incidents } of found) {
      const minutes = incidents.map((id) => Number(id.split('-')[2]))
      assert.ok(Math.max(...minutes) - Math.min(...minutes) <= 360)
    }
  })

  it('leaves out what was withdrawn, what is insufficient and what has no dated onset', () => {
    const open = { kind: 'open', bracket: [undefined, undefined] } as const
    assert.deepEqual(
      members([
        incident('a', 64500, 0, { withdrawn: true }),
        incident('a', 64501, 0, { state: 'insufficient' }),
        incident('a', 64502, 0, { start: open }),
      ]),
      [],
    )
  })

  it('says that the rule is not exact where the matrix has a hole, and names the largest full part', () => {
    const found = groupEpisodes([
      incident('a', 64500, 0),
      incident('a', 64501, 0),
      incident('b', 64500, 0),
      incident('b', 64501, 0),
      incident('c', 64500, 0),
    ])
    assert.deepEqual(found[0]?.rule, { services: ['a', 'b'], asns: [64500, 64501], exact: false })
  })

  it('stays open while one of its incidents goes on, and else ends with the last', () => {
    const open = { kind: 'open', bracket: [instant(START), undefined] } as const
    const going = [incident('a', 64500, 0), incident('a', 64501, 1, { running: true, end: open })]
    assert.equal(groupEpisodes(going)[0]?.end.kind, 'open')
    const done = [incident('a', 64500, 0), incident('a', 64501, 4)]
    assert.equal(groupEpisodes(done)[0]?.end.median, START + 124 * MINUTE_MS)
  })

  it('gives every incident one episode, in any order', () => {
    const one = fc.record({
      service: fc.constantFrom('a', 'b', 'c'),
      asn: fc.integer({ min: 64500, max: 64503 }),
      minute: fc.integer({ min: 0, max: 1500 }),
      spread: fc.integer({ min: 1, max: 90 }),
    })
    fc.assert(
      fc.property(
        fc.uniqueArray(one, { maxLength: 14, selector: (x) => `${x.service}${x.asn} ${x.minute}` }),
        (rows) => {
          const incidents = rows.map(({ service, asn, minute, spread }) => incident(service, asn, minute, { spread }))
          const found = groupEpisodes(incidents)
          assert.deepEqual(groupEpisodes(incidents.toReversed()), found)
          assert.deepEqual(
            found.flatMap((episode) => episode.incidents).toSorted(),
            incidents.map(({ id }) => id).toSorted(),
          )
        },
      ),
      { numRuns: 50 },
    )
  })
})
