import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { CUSTODY_TYPES, type CustodyEvent } from '../../model/custody.ts'
import { InputError } from '../../model/errors.ts'
import { instant } from '../../model/units.ts'
import { publicKeyOf, sha256, signEd25519, verifyEd25519 } from '../../../runtime/ed25519.ts'
import { encodeCanonical } from '../canonical-json.ts'
import { formatVerifierKey, keyId } from '../log/signed-note.ts'
import { CUSTODY_PROBLEMS, NEXT_KEY, verifyCustody, type CustodyOptions } from './custody-chain.ts'
import {
  custodySignedBy,
  encodeCustodyEvent,
  parseCustodyEvent,
  signCustodyEvent,
  type CustodyDraft,
  type CustodySigner,
} from './custody-event.ts'

const TOOLS = { digest: sha256, verify: verifyEd25519 }
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const START = Date.parse('2026-03-05T10:00:00Z')

function signerOf(word: string): CustodySigner {
  const seed = sha256(Buffer.from(word))
  const publicKey = publicKeyOf(seed)
  return {
    key: { name: 'kuager-custody', id: keyId('kuager-custody', publicKey, sha256), publicKey },
    sign: (message) => signEd25519(seed, message),
  }
}
const OWN = signerOf('own')
const DRAFT: CustodyDraft = {
  type: 'opened',
  evidence: { kind: 'measurement', id: '7' },
  actor: 'талдаушы-2',
  reason: 'the original was read for a court',
  authority: 'ruling 12',
  detail: { count: 3, whole: true, none: null },
}

interface Link {
  readonly draft?: Partial<CustodyDraft>
  readonly signer?: CustodySigner
  readonly at?: number
  readonly id?: string
  readonly prev?: string | null
}

/** Events each of which names the one before it, unless told otherwise. */
function chain(...links: readonly Link[]): Uint8Array[] {
  const made: Uint8Array[] = []
  for (const [n, { draft, signer = OWN, at = n, id, prev }] of links.entries()) {
    const before = made.at(-1)
    const place = {
      id: id ?? createHash('md5').update(String(n)).digest('hex'),
      at: instant(START + at * 1000),
      prev: prev === undefined ? (before === undefined ? null : hex(sha256(before))) : prev,
    }
    made.push(encodeCustodyEvent(signCustodyEvent({ ...DRAFT, ...draft }, place, signer)))
  }
  return made
}

const problems = (events: readonly Uint8Array[], options?: CustodyOptions): readonly (readonly [string, number])[] =>
  verifyCustody(events, TOOLS, options).problems.map(({ problem, at }) => [problem, at] as const)

describe('signCustodyEvent()', () => {
  const place = { id: 'ab'.repeat(16), at: instant(START), prev: null }

  it('gives canonical JSON that is read back, signed by the key it names', () => {
    const event = signCustodyEvent(DRAFT, place, OWN)
    const bytes = encodeCustodyEvent(event)
    assert.deepEqual(parseCustodyEvent(bytes), event)
    assert.equal(Buffer.from(bytes).toString(), encodeCanonical(JSON.parse(Buffer.from(bytes).toString())))
    assert.deepEqual(custodySignedBy(event, TOOLS), OWN.key)
    assert.equal(event.at, '2026-03-05T10:00:00Z')
  })

  it('takes every kind of act, and refuses what is of another form', () => {
    for (const type of CUSTODY_TYPES) signCustodyEvent({ ...DRAFT, type }, place, OWN)
    const wrong: readonly Partial<Record<keyof CustodyDraft, unknown>>[] = [
      { type: 'sold' },
      { evidence: { kind: 'person', id: '1' } },
      { evidence: { kind: 'file', id: '' } },
      { actor: 'someone@example.org' },
      { reason: '' },
      { reason: 'x'.repeat(501) },
      { detail: { nested: {} } },
      { detail: { long: 'x'.repeat(2001) } },
    ]
    for (const part of wrong)
      assert.throws(() => signCustodyEvent({ ...DRAFT, ...part } as CustodyDraft, place, OWN), InputError)
    const large = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`k${n}`, 'x'.repeat(2000)]))
    assert.throws(() => signCustodyEvent({ ...DRAFT, detail: large }, place, OWN), InputError)
  })
})

describe('custodySignedBy()', () => {
  it('gives nothing where any member was changed after signing', () => {
    const event = signCustodyEvent(DRAFT, { id: 'ab'.repeat(16), at: instant(START), prev: null }, OWN)
    const other = signerOf('other')
    const changes: readonly Partial<CustodyEvent>[] = [
      { type: 'copied' },
      { evidence: { kind: 'measurement', id: '8' } },
      { at: '2026-03-05T09:00:00Z' },
      { actor: 'operator' },
      { reason: 'another' },
      { authority: 'ruling 13' },
      { prev: '00'.repeat(32) },
      { detail: { count: 4 } },
      { id: 'cd'.repeat(16) },
      { key: formatVerifierKey(other.key) },
      { key: 'no key' },
      { signature: '' },
      { signature: Buffer.alloc(64).toString('base64') },
    ]
    for (const change of changes) assert.equal(custodySignedBy({ ...event, ...change }, TOOLS), undefined)
  })
})

describe('verifyCustody()', () => {
  it('finds nothing wrong with a whole chain, and names its key', () => {
    const found = verifyCustody(chain({}, {}, {}), TOOLS)
    assert.deepEqual([found.problems, found.gaps, found.events.length], [[], 0, 3])
    assert.deepEqual(found.keys, [formatVerifierKey(OWN.key)])
    assert.deepEqual(problems([]), [])
  })

  it('finds each way in which a chain can be wrong, and where', () => {
    const whole = chain({}, {}, {}, {})
    const [a, b, c, d] = whole as [Uint8Array, Uint8Array, Uint8Array, Uint8Array]
    const spaced = Buffer.from(`${Buffer.from(b).toString()} `)
    assert.deepEqual(problems([a, c, d]), [['order', 1]])
    assert.deepEqual(problems([b, c, d]), [['first', 0]])
    assert.deepEqual(problems([a, c, b, d]), [['order', 1], ['order', 2], ['time', 2], ['order', 3]]) // prettier-ignore
    assert.deepEqual(problems([a, b, b, c]), [['twice', 2], ['order', 2]]) // prettier-ignore
    assert.deepEqual(problems([a, spaced, c, d]), [['form', 1], ['order', 2]]) // prettier-ignore
    assert.deepEqual(problems(chain({}, { at: 5 }, { at: 4 })), [['time', 2]])
    assert.deepEqual(problems(chain({}, { prev: null })), [['first', 1]])
    assert.deepEqual(problems(chain({}, { id: 'ab'.repeat(16) }, { id: 'ab'.repeat(16) })), [['twice', 2]])
    assert.deepEqual(problems(chain({}, { signer: signerOf('other') }, {})), [['key', 1]])
    const false_ = parseCustodyEvent(b)
    const unsigned = encodeCustodyEvent({ ...false_, reason: 'another reason' })
    assert.deepEqual(problems([a, unsigned]), [['signature', 1]])
  })

  it('follows a key to the next one that it names, and back never', () => {
    const next = signerOf('next')
    const draft = { detail: { [NEXT_KEY]: formatVerifierKey(next.key) } }
    const found = verifyCustody(chain({}, { draft }, { signer: next }, { signer: next }), TOOLS)
    assert.deepEqual(found.problems, [])
    assert.deepEqual(
      found.keys,
      [OWN, next].map(({ key }) => formatVerifierKey(key)),
    )
    assert.deepEqual(problems(chain({}, { draft }, {}, { signer: next })), [], 'a crash kept the next key back')
    assert.deepEqual(problems(chain({}, { draft }, { signer: next }, {})), [['key', 3]])
    assert.deepEqual(problems(chain({}, { signer: next, draft }, { signer: next })), [['key', 1], ['key', 2]]) // prettier-ignore
  })

  it('holds the first event to a key that is known from elsewhere', () => {
    const key = formatVerifierKey(signerOf('other').key)
    assert.deepEqual(problems(chain({}, {}), { key }), [['key', 0], ['key', 1]]) // prettier-ignore
    assert.deepEqual(problems(chain({}, {}), { key: formatVerifierKey(OWN.key) }), [])
  })

  it('counts gaps where only a part was asked for, and still finds what is out of order', () => {
    const [, b, c, d, e] = chain({}, {}, {}, {}, {}) as [Uint8Array, ...Uint8Array[]]
    const part = verifyCustody([b!, d!, e!], TOOLS, { part: true }) // five were made
    assert.deepEqual([part.problems, part.gaps], [[], 2])
    assert.deepEqual(problems([d!, c!], { part: true }), [['time', 1]])
  })

  it('finds every flipped byte, and never throws', () => {
    const whole = chain({}, {}, {})
    fc.assert(
      fc.property(fc.nat(2), fc.nat(), fc.integer({ min: 1, max: 255 }), (which, place, flip) => {
        const changed = whole.map((bytes, n) =>
          n === which ? bytes.map((byte, at) => (at === place % bytes.length ? byte ^ flip : byte)) : bytes,
        )
        const found = verifyCustody(changed, TOOLS).problems
        assert.ok(found.length > 0 && found.every(({ problem }) => CUSTODY_PROBLEMS.includes(problem)))
      }),
      { numRuns: 400 },
    )
  })
})
