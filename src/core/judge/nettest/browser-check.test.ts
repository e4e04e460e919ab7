import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { REQUEST_ENDS, type CrowdOutcome, type CrowdTry, type RequestEnd } from '../../model/people/crowd-check.ts'
import {
  FRESH_MS,
  isSettled,
  judgeBrowserCheck,
  type AskedControl,
  type BrowserRun,
  type TriedTarget,
} from './browser-check.ts'

const LIMIT_MS = 6000

const tried = (document: RequestEnd, image: RequestEnd, took = 120, imageTook = took): CrowdTry => {
  const timeOf = (end: RequestEnd, ms: number): number => (end === 'timed-out' ? LIMIT_MS : ms)
  return { document, image, document_ms: timeOf(document, took), image_ms: timeOf(image, imageTook) }
}
const GOOD = tried('answered', 'answered')
const FAIL = tried('failed', 'failed', 60)
const SILENT = tried('timed-out', 'timed-out')
const PAGE = tried('answered', 'failed')
const late = (ms: number): CrowdTry => tried('answered', 'answered', ms)

const target = (tries: readonly CrowdTry[], given: Partial<TriedTarget> = {}): TriedTarget => ({
  service: 'signal',
  host: 'www.signal.example',
  abroad: 'usable',
  freshAgeMs: 600_000,
  tries,
  ...given,
})
const others = (took: readonly number[]): readonly TriedTarget[] =>
  took.map((ms, nth) =>
    target([tried('answered', 'answered', ms)], { service: `other-${nth}`, host: `o${nth}.example` }),
  )

const reach = (...tries: readonly CrowdTry[]): readonly AskedControl[] => [{ host: 'reach.example', tries }]
const second = (...tries: readonly CrowdTry[]): AskedControl => ({ host: 'second.example', tries })

const run = (one: TriedTarget, given: Partial<BrowserRun> = {}): BrowserRun => ({
  controls: reach(GOOD, GOOD),
  timeoutMs: LIMIT_MS,
  targets: [one, ...others([100, 140, 200])],
  ...given,
})
const judged = (
  one: TriedTarget,
  given: Partial<BrowserRun> = {},
): ReturnType<typeof judgeBrowserCheck>['results'][0] => {
  const [result] = judgeBrowserCheck(run(one, given)).results
  assert.ok(result !== undefined)
  return result
}

/** What each condition looks like to a page, as it was measured, and what is concluded from two such tries. */
const CONDITIONS: readonly (readonly [condition: string, seen: CrowdTry, outcome: CrowdOutcome])[] = [
  ['200, reachable', GOOD, 'reachable'],
  ['404, 451, or a block page with a valid certificate', PAGE, 'not-the-site'],
  ['302 to a block page over HTTPS', PAGE, 'not-the-site'],
  ['302 to an image over HTTPS', GOOD, 'reachable'],
  ['302 to http://', FAIL, 'interference'],
  ['TLS in the middle with an unknown authority', tried('failed', 'failed', 240), 'interference'],
  ['reset, closed port, no such name', tried('failed', 'failed', 3), 'interference'],
  ['black hole', SILENT, 'black-hole'],
  ['slow, two seconds', tried('answered', 'answered', 2008, 2007), 'slow'],
  ['an image that never ends', tried('answered', 'timed-out'), 'unstable'],
  ['an image alone', tried('failed', 'answered'), 'unstable'],
]

describe('judgeBrowserCheck()', () => {
  for (const [condition, seen, outcome] of CONDITIONS)
    it(`finds ${outcome} in: ${condition}`, () => {
      assert.equal(judged(target([seen, seen])).outcome, outcome)
    })

  it('takes a site that answers, and is not slow, at its first try', () => {
    assert.equal(judged(target([GOOD])).outcome, 'reachable')
    assert.equal(isSettled(GOOD), true)
    for (const open of [PAGE, FAIL, SILENT, tried('answered', 'answered', 1501)]) assert.equal(isSettled(open), false)
  })

  it('says nothing of a failure that was tried once: the reader stopped', () => {
    for (const open of [FAIL, SILENT, PAGE])
      assert.deepEqual(judged(target([open])), { service: 'signal', outcome: 'unknown', why: 'one-try' })
  })

  it('calls unstable what came out differently the second time', () => {
    for (const pair of [
      [FAIL, GOOD],
      [SILENT, FAIL],
      [PAGE, SILENT],
      [tried('answered', 'answered', 4000), FAIL],
    ] as const)
      assert.equal(judged(target(pair)).outcome, 'unstable')
  })

  it('asks a control abroad before it concludes anything from a failure', () => {
    for (const bad of [FAIL, SILENT, PAGE]) {
      const why = (given: Partial<TriedTarget>): string | undefined => judged(target([bad, bad], given)).why
      assert.equal(why({ abroad: null, freshAgeMs: undefined }), 'not-fresh')
      assert.equal(why({ freshAgeMs: FRESH_MS + 1 }), 'not-fresh')
      assert.equal(why({ freshAgeMs: FRESH_MS }), undefined)
      assert.equal(why({ abroad: 'broken' }), 'down-abroad')
      assert.equal(why({ abroad: 'closed-to-pages' }), 'closed-to-pages')
    }
    assert.equal(judged(target([GOOD], { abroad: null, freshAgeMs: undefined })).outcome, 'reachable')
  })

  it('discards a run without a control host, or whose control host did not answer: the line, a sign-in page', () => {
    for (const controls of [[], reach(FAIL, FAIL), reach(SILENT, SILENT), reach(PAGE, PAGE)]) {
      const { online, results } = judgeBrowserCheck(run(target([FAIL, FAIL]), { controls }))
      assert.equal(online, false)
      assert.deepEqual(new Set(results.map(({ why }) => why)), new Set(['offline']))
    }
  })

  it('counts no round in which the control host was away', () => {
    assert.equal(judged(target([FAIL, FAIL]), { controls: reach(GOOD, FAIL) }).why, 'offline')
    assert.equal(judged(target([FAIL, GOOD]), { controls: reach(FAIL, GOOD) }).outcome, 'reachable')
  })

  it('counts a round in which one of several control hosts answered', () => {
    const away = second(SILENT, SILENT)
    const bad = target([FAIL, FAIL])
    const { results, online, controls } = judgeBrowserCheck(run(bad, { controls: [away, ...reach(GOOD, GOOD)] }))
    assert.equal(results[0]?.outcome, 'interference')
    assert.equal(online, true)
    assert.deepEqual(controls, { answered: ['reach.example'], silent: ['second.example'] })
    assert.equal(judged(bad, { controls: [second(GOOD, FAIL), ...reach(FAIL, GOOD)] }).outcome, 'interference')
    assert.equal(judged(bad, { controls: [second(GOOD, FAIL), ...reach(GOOD, PAGE)] }).why, 'offline')
  })

  it('takes of several control hosts that answered the time of the slowest', () => {
    const tired = tried('answered', 'answered', 3500)
    const both = { controls: [...reach(GOOD, GOOD), second(GOOD, tired)] }
    assert.equal(judged(target([SILENT, SILENT]), both).why, 'line-slow')
    const slow = tried('answered', 'answered', 2100)
    assert.equal(judged(target([slow, slow]), both).outcome, 'reachable')
  })

  it('calls nothing slow of which a try had no control host beside it', () => {
    const slow = tried('answered', 'answered', 2100)
    assert.equal(judged(target([slow, slow]), { controls: reach(GOOD, FAIL) }).outcome, 'reachable')
  })

  it('calls nothing slow on an evening on which everything is slow', () => {
    const slow = tried('answered', 'answered', 4000)
    assert.equal(
      judged(target([slow, slow]), { targets: [target([slow, slow]), ...others([2500, 3000, 3500])] }).outcome,
      'reachable',
    )
    assert.equal(judged(target([slow, tried('answered', 'answered', 90)])).outcome, 'reachable')
  })

  it('calls nothing slow beside too few answers of the reader’s own', () => {
    const slow = tried('answered', 'answered', 4000)
    const { results } = judgeBrowserCheck({
      ...run(target([slow, slow])),
      controls: reach(GOOD),
      targets: [target([slow])],
    })
    assert.equal(results[0]?.outcome, 'reachable')
  })

  it('calls nothing slow that took no longer than the control host beside it: the check itself filled the line', () => {
    const slow = tried('answered', 'answered', 2100)
    const one = target([slow, slow])
    assert.equal(judged(one, { controls: reach(GOOD, GOOD) }).outcome, 'slow')
    assert.equal(judged(one, { controls: reach(tried('answered', 'answered', 1900), GOOD) }).outcome, 'reachable')
  })

  it('names what answered although the control host did not', () => {
    const away = judgeBrowserCheck({ ...run(target([FAIL, FAIL])), controls: reach(FAIL, SILENT) })
    assert.equal(away.online, false)
    assert.deepEqual(away.answered, ['other-0', 'other-1', 'other-2'])
  })

  it('concludes nothing from silence where the control host took half of the time itself', () => {
    const tired = tried('answered', 'answered', 3500)
    assert.equal(judged(target([SILENT, SILENT]), { controls: reach(tired, GOOD) }).why, 'line-slow')
    assert.equal(judged(target([FAIL, FAIL]), { controls: reach(tired, GOOD) }).outcome, 'interference')
  })

  const given = (...lists: readonly (readonly CrowdTry[])[]): Partial<BrowserRun> => ({
    targets: lists.map((list, nth) => target(list, { service: `s${nth}` })),
  })
  const outcomes = (one: Partial<BrowserRun>): readonly string[] =>
    judgeBrowserCheck(run(target([SILENT, SILENT]), one)).results.map(({ outcome, why }) => why ?? outcome)

  it('concludes nothing from silence on a narrow line: what answered took most of the time, the small control did not', () => {
    const narrow = [late(5300), late(5500)]
    const [bad, other] = [[SILENT, SILENT], 'reachable']
    assert.deepEqual(outcomes(given(bad, narrow, narrow, narrow)), ['line-slow', other, other, other])
    // The one that answered is slow beside the small control hosts alone: so is the line.
    assert.deepEqual(outcomes(given(bad, bad, narrow)), ['line-slow', 'line-slow', other])
    // In one of the two rounds is enough: silence of the other alone is one try.
    assert.deepEqual(outcomes(given(bad, [late(5300), GOOD], [late(5300), GOOD])), ['line-slow', other, other])
    assert.deepEqual(outcomes(given(bad, [GOOD, late(3400)], [FAIL, late(3400)])), ['line-slow', other, 'unstable'])
    // An image fills a line as a document does.
    assert.deepEqual(outcomes(given(bad, [tried('answered', 'answered', 900, 3100)])), ['line-slow', other])
    // So does half of a pair that came late, where the other half was given up; one that came early does not.
    const half = (ms: number): CrowdTry => tried('answered', 'timed-out', ms)
    assert.deepEqual(outcomes(given(bad, [half(4000), half(4000)])), ['line-slow', 'unstable'])
    assert.deepEqual(outcomes(given(bad, [half(900), half(900)])), ['black-hole', 'unstable'])
    assert.deepEqual(outcomes(given(bad, [late(3000)])), ['black-hole', 'slow'])
    assert.deepEqual(outcomes(given([FAIL, FAIL], narrow, narrow)), ['interference', other, other])
  })

  it('concludes nothing from timeouts in two runs of the test lab on 96 kbit/s, where nothing was blocked', () => {
    const seen = (document_ms: number, image_ms: number): CrowdTry => {
      const endOf = (ms: number): RequestEnd => (ms < 3000 ? 'answered' : 'timed-out')
      return { document: endOf(document_ms), document_ms, image: endOf(image_ms), image_ms }
    }
    const silent = [seen(3005, 3004), seen(3003, 3003)]
    for (const targets of [
      given([seen(2343, 3000), seen(3000, 2776)], [seen(3005, 3004), seen(3004, 2837)], silent),
      given([seen(2088, 3000), seen(167, 3000)], [seen(3008, 3008), seen(1464, 3001)], silent, silent),
    ])
      assert.equal(outcomes({ ...targets, timeoutMs: 3000 }).at(-1), 'line-slow')
  })

  it('finds silence of one service, and of five of six, beside what answers quickly', () => {
    const bad = [SILENT, SILENT]
    const hole = 'black-hole'
    assert.deepEqual(outcomes(given(bad, [GOOD], [GOOD], [GOOD])), [hole, 'reachable', 'reachable', 'reachable'])
    assert.deepEqual(outcomes(given(bad, bad, bad, bad, bad, [GOOD])), [hole, hole, hole, hole, hole, 'reachable'])
    // Two that are late are not the middle of five.
    const mixed = given(bad, [late(3500)], [late(3500)], [GOOD], [GOOD], [GOOD])
    assert.equal(outcomes(mixed)[0], hole)
  })

  it('goes by the control host alone where no other target answered', () => {
    assert.deepEqual(outcomes(given([SILENT, SILENT], [SILENT, SILENT])), ['black-hole', 'black-hole'])
  })

  it('finds silence beside a service that is slow by itself, although a second round asks for no other', () => {
    const throttled = given([SILENT, SILENT], [late(4000), late(4000)], [GOOD], [GOOD], [GOOD])
    assert.deepEqual(outcomes(throttled), ['black-hole', 'slow', 'reachable', 'reachable', 'reachable'])
    const hung = tried('answered', 'timed-out', 4000)
    const hanging = given([SILENT, SILENT], [hung, hung], [GOOD], [GOOD], [GOOD])
    assert.deepEqual(outcomes(hanging), ['black-hole', 'unstable', 'reachable', 'reachable', 'reachable'])
  })

  it('does not take a browser that protects from tracking for a network', () => {
    const atOnce = tried('failed', 'failed', 2)
    for (const host of ['www.facebook.com', 'instagram.com', 'x.com', 'm.vk.com']) {
      assert.equal(judged(target([atOnce, atOnce], { host })).why, 'shielded')
      // Too late for a browser that forbids: it was on its way, and the reader still learns of the other reading.
      assert.deepEqual(judged(target([FAIL, FAIL], { host })), {
        service: 'signal',
        outcome: 'interference',
        mayBeShield: true,
      })
    }
    for (const host of ['telegram.org', 'box.com', 'facebook.com.example'])
      assert.deepEqual(judged(target([atOnce, atOnce], { host })), { service: 'signal', outcome: 'interference' })
  })
})

const anyTry = fc
  .tuple(fc.constantFrom(...REQUEST_ENDS), fc.constantFrom(...REQUEST_ENDS), fc.nat(LIMIT_MS), fc.nat(LIMIT_MS))
  .map(([document, image, one, two]) => tried(document, image, one, two))
const tries = fc.array(anyTry, { minLength: 1, maxLength: 2 })
const anyTarget = fc.record({
  service: fc.uuid(),
  host: fc.constantFrom('telegram.org', 'www.facebook.com', 'signal.example'),
  tries,
  abroad: fc.constantFrom('usable' as const, 'closed-to-pages' as const, 'broken' as const, null),
  freshAgeMs: fc.oneof(fc.constant(undefined), fc.nat(2 * FRESH_MS)),
})
const controlTries = fc.array(anyTry, { maxLength: 2 })
const isWhole = (one: CrowdTry | undefined): boolean => one?.document === 'answered' && one.image === 'answered'
const isAnyAnswered = ({ document, image }: CrowdTry): boolean => document === 'answered' || image === 'answered'
const anyRun: fc.Arbitrary<BrowserRun> = fc.record({
  controls: fc.uniqueArray(
    fc.record({ host: fc.constantFrom('a.example', 'b.example', 'c.example'), tries: controlTries }),
    {
      maxLength: 3,
      selector: ({ host }) => host,
    },
  ),
  targets: fc.uniqueArray(anyTarget, { maxLength: 8, selector: ({ service }) => service }),
  timeoutMs: fc.constant(LIMIT_MS),
})
const FOUND: ReadonlySet<CrowdOutcome> = new Set(['not-the-site', 'interference', 'black-hole'])

describe('for any run, judgeBrowserCheck()', () => {
  it('gives nothing but unknown without a control', () => {
    fc.assert(
      fc.property(anyRun, (one) => {
        const { online, results } = judgeBrowserCheck({ ...one, controls: [] })
        assert.equal(online, false)
        assert.ok(results.every(({ outcome }) => outcome === 'unknown'))
      }),
    )
  })

  it('changes no outcome by a control host that does not answer', () => {
    const silent = controlTries.map((made) => made.filter((one) => !isWhole(one)))
    fc.assert(
      fc.property(anyRun, silent, fc.nat(3), (one, made, at) => {
        const before = judgeBrowserCheck(one)
        const after = judgeBrowserCheck({ ...one, controls: one.controls.toSpliced(at, 0, second(...made)) })
        assert.deepEqual(after.results, before.results)
        assert.equal(after.online, before.online)
        assert.deepEqual(after.controls.answered, before.controls.answered)
        assert.deepEqual(after.answered, before.answered)
      }),
    )
  })

  it('does not depend on the order of the control hosts, and names each once', () => {
    fc.assert(
      fc.property(anyRun, (one) => {
        const before = judgeBrowserCheck(one)
        const after = judgeBrowserCheck({ ...one, controls: one.controls.toReversed() })
        assert.deepEqual(after.results, before.results)
        const { answered, silent } = before.controls
        assert.deepEqual([...answered, ...silent].toSorted(), one.controls.map(({ host }) => host).toSorted())
      }),
    )
  })

  it('finds nothing in a target that is not fresh, or not usable from abroad', () => {
    fc.assert(
      fc.property(anyRun, (one) => {
        for (const [nth, { outcome }] of judgeBrowserCheck(one).results.entries()) {
          const asked = one.targets[nth]
          const sure = asked?.abroad === 'usable' && (asked.freshAgeMs ?? Infinity) <= FRESH_MS
          assert.ok(sure || !FOUND.has(outcome))
        }
      }),
    )
  })

  it('finds something only where both tries failed alike, each beside a control that answered', () => {
    fc.assert(
      fc.property(anyRun, (one) => {
        for (const [nth, { outcome }] of judgeBrowserCheck(one).results.entries()) {
          if (!FOUND.has(outcome)) continue
          const [first, second] = one.targets[nth]?.tries ?? []
          assert.ok(first?.document === second?.document && first?.image === second?.image)
          for (const round of [0, 1]) assert.ok(one.controls.some((control) => isWhole(control.tries[round])))
        }
      }),
    )
  })

  it('changes nothing of a service by another one but what is slow, what is at once, and silence', () => {
    const plain = (outcome: CrowdOutcome): CrowdOutcome => (outcome === 'slow' ? 'reachable' : outcome)
    fc.assert(
      fc.property(anyRun, anyTarget, (one, more) => {
        const before = judgeBrowserCheck(one)
        const after = judgeBrowserCheck({ ...one, targets: [...one.targets, more] })
        assert.equal(after.online, before.online)
        for (const [nth, { outcome, why }] of before.results.entries()) {
          const now = after.results[nth]
          assert.ok(now !== undefined)
          if (why === 'shielded' || now.why === 'shielded') continue
          if (why === 'line-slow' || now.why === 'line-slow') {
            for (const seen of [why ?? outcome, now.why ?? now.outcome])
              assert.ok(seen === 'line-slow' || seen === 'black-hole')
            continue
          }
          assert.equal(plain(now.outcome), plain(outcome))
        }
      }),
    )
  })

  it('finds silence nowhere where every answer took more than half of the time', () => {
    fc.assert(
      fc.property(anyRun, fc.integer({ min: LIMIT_MS / 2 + 1, max: LIMIT_MS }), (one, ms) => {
        const later = (made: CrowdTry): CrowdTry => ({
          ...made,
          ...(made.document === 'answered' && { document_ms: ms }),
          ...(made.image === 'answered' && { image_ms: ms }),
        })
        const targets = one.targets.map((asked) => ({ ...asked, tries: asked.tries.map(later) }))
        const quick = { host: 'quick.example', tries: [late(500), late(500)] }
        const { results } = judgeBrowserCheck({ ...one, targets, controls: [quick] })
        const hasAnswer = targets.some((asked) => asked.tries.some(isAnyAnswered))
        assert.ok(!hasAnswer || results.every(({ outcome }) => outcome !== 'black-hole'))
      }),
    )
  })

  it('does not depend on the order of the targets', () => {
    fc.assert(
      fc.property(anyRun, (one) => {
        const turned = judgeBrowserCheck({ ...one, targets: one.targets.toReversed() })
        assert.deepEqual(turned.results.toReversed(), judgeBrowserCheck(one).results)
      }),
    )
  })
})
