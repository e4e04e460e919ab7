import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { TIERS, VOID_REASONS, type SignatureTier, type VoidReason } from './letter.ts'
import { parseSha256, type Sha256 } from '../../core/model/units.ts'
import { LetterCounter, type LetterCount } from './count.ts'
import type { LetterLeaf } from './leaf.ts'

const letter = 'ashyq'
const ctOf = (nth: number): Sha256 => parseSha256(nth.toString(16).padStart(64, '0'))

/** An act on one of ten signatures; an act that is not allowed then is left out of a valid log. */
const wish = fc.record({
  nth: fc.nat(9),
  act: fc.constantFrom('sign', 'void', 'restore'),
  tier: fc.constantFrom(...TIERS),
  reason: fc.constantFrom(...VOID_REASONS),
})
type Wish = typeof wish extends fc.Arbitrary<infer T> ? T : never

/** Leaves of a sound log, and the state of each signature kept by hand. */
function soundLog(wishes: readonly Wish[]): {
  readonly leaves: readonly LetterLeaf[]
  readonly states: ReadonlyMap<number, { readonly tier: SignatureTier; readonly reason: VoidReason | undefined }>
} {
  const states = new Map<number, { readonly tier: SignatureTier; readonly reason: VoidReason | undefined }>()
  const leaves: LetterLeaf[] = []
  for (const { nth, act, tier, reason } of wishes) {
    const [ct, state] = [ctOf(nth), states.get(nth)]
    if (act === 'sign' && state === undefined) {
      leaves.push({ kind: 'signature', letter, ct, tier })
      states.set(nth, { tier, reason: undefined })
    } else if (act === 'void' && state !== undefined && state.reason === undefined) {
      leaves.push({ kind: 'signature-void', letter, ct, reason })
      states.set(nth, { ...state, reason })
    } else if (act === 'restore' && state?.reason !== undefined) {
      leaves.push({ kind: 'signature-restored', letter, ct })
      states.set(nth, { ...state, reason: undefined })
    }
  }
  return { leaves, states }
}

function count(leaves: readonly LetterLeaf[]): LetterCount {
  const counter = new LetterCounter(letter)
  leaves.forEach((leaf, index) => counter.add(index, leaf))
  return counter.result()
}

describe('LetterCounter', () => {
  it('counts what stands, by tier, and what was taken out, by reason', () => {
    fc.assert(
      fc.property(fc.array(wish, { maxLength: 60 }), (wishes) => {
        const { leaves, states } = soundLog(wishes)
        const result = count(leaves)
        const of = [...states.values()]
        for (const tier of TIERS)
          assert.equal(result.counted[tier], of.filter((one) => one.tier === tier && one.reason === undefined).length)
        for (const reason of VOID_REASONS)
          assert.equal(result.removed[reason] ?? 0, of.filter((one) => one.reason === reason).length)
        assert.equal(result.total, of.filter((one) => one.reason === undefined).length)
        assert.deepEqual(result.contradictions, [])
      }),
    )
  })

  it('is not moved by leaves of other letters, and keys', () => {
    fc.assert(
      fc.property(fc.array(wish, { maxLength: 30 }), fc.array(wish, { maxLength: 30 }), (own, others) => {
        const foreign = soundLog(others).leaves.map((leaf): LetterLeaf => {
          return leaf.kind === 'key-change' ? leaf : { ...leaf, letter: 'other' }
        })
        const more: readonly LetterLeaf[] = [
          { kind: 'key-change', change: '{}' },
          { kind: 'letter-removal', letter: 'other', count: 3, reason: 'forged' },
        ]
        const { leaves } = soundLog(own)
        const mixed = [...more, ...leaves.flatMap((leaf, nth) => [leaf, ...foreign.slice(nth, nth + 1)])]
        assert.deepEqual(count(mixed), count(leaves))
      }),
    )
  })

  it('holds the sum of a removal against the leaves that took out, each told of once', () => {
    const voids = (from: number, many: number, reason: VoidReason): readonly LetterLeaf[] =>
      Array.from({ length: many }, (_, nth) => ctOf(from + nth)).flatMap((ct): readonly LetterLeaf[] => [
        { kind: 'signature', letter, ct, tier: 'mail' },
        { kind: 'signature-void', letter, ct, reason },
      ])
    const removal = (many: number, reason: VoidReason): LetterLeaf => ({
      kind: 'letter-removal',
      letter,
      count: many,
      reason,
    })
    const wrong = (leaves: readonly LetterLeaf[]): readonly number[] => {
      const { contradictions } = count(leaves)
      assert.ok(contradictions.every(({ what }) => what === 'removal-too-many'))
      return contradictions.map(({ leaf }) => leaf)
    }
    fc.assert(
      fc.property(fc.nat(5), fc.integer({ min: 1, max: 8 }), (many, told) => {
        const leaves = [...voids(0, many, 'forged'), ...voids(50, 9, 'other'), removal(told, 'forged')]
        assert.deepEqual(wrong(leaves), told > many ? [leaves.length - 1] : [])
        // What was reported once is not reported again; another removal does not use it up, undoing neither.
        const undone: readonly LetterLeaf[] = many === 0 ? [] : [{ kind: 'signature-restored', letter, ct: ctOf(0) }]
        const all = [...voids(0, many, 'forged'), ...voids(50, 9, 'other'), ...undone, removal(9, 'other')]
        const first = many === 0 ? [] : [removal(many, 'forged')]
        const twice = [...all, ...first, removal(1, 'forged')]
        assert.deepEqual(wrong(twice), [twice.length - 1])
      }),
    )
    // What people did themselves is not a removal.
    assert.deepEqual(wrong([...voids(0, 3, 'withdrawn'), removal(3, 'withdrawn')]), [6])
  })

  it('names each leaf that contradicts what came before', () => {
    const ct = ctOf(1)
    const leaves: readonly LetterLeaf[] = [
      { kind: 'letter-version', letter, version: 2, sha256: ct },
      { kind: 'signature-void', letter, ct, reason: 'forged' },
      { kind: 'signature-restored', letter, ct },
      { kind: 'signature', letter, ct, tier: 'mail' },
      { kind: 'signature', letter, ct, tier: 'mail' },
      { kind: 'signature-restored', letter, ct },
      { kind: 'signature-void', letter, ct, reason: 'withdrawn' },
      { kind: 'signature-void', letter, ct, reason: 'forged' },
      { kind: 'letter-closed', letter },
      { kind: 'signature', letter, ct: ctOf(2), tier: 'claimed' },
      { kind: 'letter-destroyed', letter },
    ]
    const result = count(leaves)
    assert.deepEqual(result.contradictions, [
      { leaf: 0, what: 'version-out-of-order' },
      { leaf: 1, what: 'void-unknown' },
      { leaf: 2, what: 'restored-unknown' },
      { leaf: 4, what: 'signed-twice' },
      { leaf: 5, what: 'restored-unknown' },
      { leaf: 7, what: 'void-twice' },
      { leaf: 9, what: 'after-closing' },
    ])
    assert.deepEqual([result.closed, result.destroyed, result.removed], [true, true, { withdrawn: 1 }])
  })

  it('says of each signature how it stands', () => {
    const { leaves } = soundLog([
      { nth: 1, act: 'sign', tier: 'mail', reason: 'other' },
      { nth: 2, act: 'sign', tier: 'claimed', reason: 'other' },
      { nth: 2, act: 'void', tier: 'claimed', reason: 'consent' },
    ])
    const counter = new LetterCounter(letter)
    leaves.forEach((leaf, index) => counter.add(index, leaf))
    assert.deepEqual([...counter.standing()], [{ ct: ctOf(1), tier: 'mail', leaf: 0 }])
    assert.deepEqual(
      [1, 2, 3].map((nth) => counter.stateOf(ctOf(nth))),
      ['standing', 'consent', undefined],
    )
  })
})
