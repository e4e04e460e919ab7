import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { parseInstant, parseSha256 } from '../../core/model/units.ts'
import { makeSeed, publicKeyOf, sha256, signEd25519, verifyEd25519 } from '../../runtime/ed25519.ts'
import { checkpointText } from '../../core/evidence/log/checkpoint.ts'
import { encodeEntries } from '../../core/evidence/log/entry-bundle.ts'
import { encodeKeyChange, type SigningKey } from '../../core/evidence/log/key-change.ts'
import { encodeLetterLeaf, type LetterLeaf } from './leaf.ts'
import { recountLog, type LogSource, type Recount } from './recount.ts'
import { hashLeaf, rootOf } from '../../core/evidence/log/merkle.ts'
import { formatVerifierKey, keyId, signNote } from '../../core/evidence/log/signed-note.ts'
import { TILE_WIDTH } from '../../core/evidence/log/tile.ts'

const ORIGIN = 'letter.example/simulated/log'
const TOOLS = { digest: sha256, verify: verifyEd25519 }

function makeKey(): SigningKey {
  const seed = makeSeed()
  const publicKey = publicKeyOf(seed)
  return {
    key: { name: ORIGIN, id: keyId(ORIGIN, publicKey, sha256), publicKey },
    sign: (message) => signEd25519(seed, message),
  }
}
const KEY = makeKey()

/** A log in memory, signed by a key. */
function logOf(leaves: readonly Uint8Array[], { key, sign }: SigningKey = KEY): LogSource {
  const root = rootOf(
    leaves.map((leaf) => hashLeaf(leaf, sha256)),
    sha256,
  )
  const note = signNote(checkpointText({ origin: ORIGIN, size: leaves.length, root }), {
    name: ORIGIN,
    id: key.id,
    sign,
  })
  return {
    checkpoint: async () => new TextEncoder().encode(note),
    keys: async () => `${formatVerifierKey(key)}\n`,
    entries: async (index, width) => encodeEntries(leaves.slice(index * TILE_WIDTH, index * TILE_WIDTH + width)),
  }
}

const ct = (nth: number): ReturnType<typeof parseSha256> => parseSha256(nth.toString(16).padStart(64, '0'))
const signatures = (count: number): readonly LetterLeaf[] =>
  Array.from({ length: count }, (_, nth) => ({ kind: 'signature', letter: 'a', ct: ct(nth), tier: 'mail' }))
const encoded = (leaves: readonly LetterLeaf[]): readonly Uint8Array[] => leaves.map(encodeLetterLeaf)
const outcomes = ({ steps }: Recount): Readonly<Record<string, string>> =>
  Object.fromEntries(steps.map(({ step, outcome }) => [step, outcome]))
const count = (source: LogSource, trusted = [KEY.key]): Promise<Recount> =>
  recountLog(source, { trusted, tools: TOOLS })

describe('recountLog()', () => {
  it('counts logs of any size, across entry bundles', async () => {
    for (const size of [0, 1, 2, 255, 256, 257, 600]) {
      const found = await count(logOf(encoded(signatures(size))))
      assert.deepEqual(outcomes(found), { checkpoint: 'ok', leaves: 'ok', count: 'ok' }, String(size))
      assert.equal(found.letters.get('a')?.result().total ?? 0, size)
    }
  })

  it('finds any byte of any leaf that is altered, any leaf that is lost, and any two that are exchanged', async () => {
    const leaves = encoded(signatures(300))
    const source = logOf(leaves)
    const place = fc.integer({ min: 0, max: leaves.length - 1 })
    const altered = fc.oneof(
      fc
        .tuple(place, fc.nat(), fc.integer({ min: 1, max: 255 }))
        .map(([nth, at, by]) =>
          leaves.map((leaf, index) =>
            index === nth ? leaf.map((byte, i) => (i === at % leaf.length ? byte ^ by : byte)) : leaf,
          ),
        ),
      place.map((nth) => leaves.filter((_, index) => index !== nth)),
      fc
        .tuple(place, place)
        .filter(([a, b]) => a !== b)
        .map(([a, b]) => leaves.map((leaf, index) => leaves[index === a ? b : index === b ? a : index] ?? leaf)),
    )
    await fc.assert(
      fc.asyncProperty(altered, async (other) => {
        const found = await count({ ...source, entries: logOf(other).entries })
        assert.equal(outcomes(found)['leaves'], 'failed')
        assert.equal(outcomes(found)['count'], 'not-checked')
      }),
      { numRuns: 60 },
    )
  })

  it('names every contradiction of a log that signed nonsense', async () => {
    const [first] = signatures(1)
    const twice = await count(logOf(encoded([...signatures(2), ...(first === undefined ? [] : [first])])))
    assert.deepEqual(outcomes(twice), { checkpoint: 'ok', leaves: 'ok', count: 'failed' })
    const none = await count(logOf([new TextEncoder().encode('{"kind":"other","v":1}')]))
    assert.equal(outcomes(none)['count'], 'failed')
    const never = await count(logOf(encoded([{ kind: 'signature-void', letter: 'a', ct: ct(1), reason: 'forged' }])))
    assert.equal(outcomes(never)['count'], 'failed')
  })

  it('trusts no other key, and says what was not checked where none is given', async () => {
    const source = logOf(encoded(signatures(3)))
    assert.equal(outcomes(await count(source, [makeKey().key]))['checkpoint'], 'failed')
    const own = await count(source, [])
    assert.deepEqual([outcomes(own)['checkpoint'], own.vouched], ['ok', false])
    assert.equal(outcomes(await count({ ...source, keys: async () => 'nothing' }, []))['checkpoint'], 'not-checked')
  })

  it('follows a key that the trusted one named in the log, and none that another named', async () => {
    const [next, stranger] = [makeKey(), makeKey()]
    const at = parseInstant('2026-03-05T10:00:00Z')
    const change = (from: SigningKey): LetterLeaf => ({
      kind: 'key-change',
      change: new TextDecoder().decode(encodeKeyChange(from, next, at)),
    })
    const followed = await count(logOf(encoded([...signatures(2), change(KEY), ...signatures(0)]), next))
    assert.equal(outcomes(followed)['checkpoint'], 'ok')
    const claimed = await count(logOf(encoded([...signatures(2), change(stranger)]), next))
    assert.equal(outcomes(claimed)['checkpoint'], 'failed')
  })

  it('gives its steps for any bytes in the place of a checkpoint', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        const found = await count({ ...logOf([]), checkpoint: async () => bytes })
        assert.equal(outcomes(found)['checkpoint'], 'failed')
      }),
    )
  })
})
