import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { TestWitness } from '../../../../test/kit/servers/witness.ts'
import { InputError } from '../../model/errors.ts'
import { publicKeyOf, sha256, signEd25519, verifyEd25519 } from '../../../runtime/ed25519.ts'
import { encodeBase64 } from '../base64.ts'
import { checkpointText, parseCheckpoint, type Checkpoint } from '../log/checkpoint.ts'
import { formatVerifierKey, keyId } from '../log/signed-note.ts'
import { formatSignatureLine } from './cosignature.ts'
import { barePolicy, evaluatePolicy, parsePolicy, policyText, withQuorum, type WitnessPolicy } from './policy.ts'
import { formatWitnessKey, parseWitnessKey, witnessKeyId } from './witness-key.ts'

const parse = (text: string): WitnessPolicy => parsePolicy(Buffer.from(text), sha256)
const ORIGIN = 'kuager.example/log'
const SEED = sha256(Buffer.from('log'))
const publicKey = publicKeyOf(SEED)
const LOG = { name: ORIGIN, id: keyId(ORIGIN, publicKey, sha256), publicKey }
const LOG_LINE = formatVerifierKey(LOG)
const TEXT = checkpointText({ origin: ORIGIN, size: 5, root: sha256(Buffer.from('root')) })
const OWN = formatSignatureLine({ ...LOG, signature: signEd25519(SEED, Buffer.from(TEXT)) })
const witnesses = Array.from({ length: 6 }, (_, n) => new TestWitness(`w${n}.example/witness`, [LOG]))
const defined = witnesses.map(({ line }, n) => `witness w${n} ${line}\n`).join('')
const checkpoint = (...lines: readonly string[]): Checkpoint =>
  parseCheckpoint(Buffer.from(`${TEXT}\n${[OWN, ...lines].join('')}`))
const signedBy = (...numbers: readonly number[]): Checkpoint =>
  checkpoint(...numbers.map((n) => witnesses[n]!.cosign(TEXT))) // there are six

const ML_DSA = { kind: 'ml-dsa-44', name: 'pq.example/w', publicKey: new Uint8Array(1312).fill(7) } as const
const ML_DSA_LINE = formatWitnessKey({ ...ML_DSA, id: witnessKeyId(ML_DSA, sha256) })

describe('parsePolicy()', () => {
  it('reads logs, witnesses, groups and the quorum, with comments and blanks', () => {
    const policy = parse(
      `# whom we trust\n\n log ${LOG_LINE}\thttps://kuager.example/log/\n${defined}` +
        'group near any w0 w1\ngroup far 2 w2 w3 w4\n\tgroup both all near far\nquorum both\n',
    )
    assert.deepEqual(policy.logs, [{ key: LOG, url: 'https://kuager.example/log' }])
    assert.equal(policy.witnesses.length, 6)
    assert.deepEqual(
      policy.groups.map(({ name, least }) => [name, least]),
      [
        ['near', 1],
        ['far', 2],
        ['both', 2],
      ],
    )
    assert.equal(policy.quorum, 'both')
  })

  it('knows names as the bytes they are', () => {
    const [one] = witnesses
    assert.equal(parse(`witness Куәгер,1:x ${one!.line}\nquorum Куәгер,1:x`).quorum, 'Куәгер,1:x') // there are six
  })

  it('reads what it writes itself', () => {
    assert.deepEqual(parse(policyText([LOG_LINE])), {
      logs: [{ key: LOG }],
      witnesses: [],
      groups: [],
      quorum: undefined,
    })
  })

  it('is given away without comments and addresses, and asks for the same', () => {
    const [one] = witnesses
    const text =
      `# kept by someone\n\n log ${LOG_LINE}\thttps://kuager.example/log/\n` +
      `witness a ${one!.line} http://10.0.0.7:8080/inner\n\t# the next\ngroup all 1 a\nquorum all\n` // there are six
    const bare = barePolicy(text)
    const whole = parse(text)
    assert.deepEqual(parse(bare), {
      ...whole,
      logs: whole.logs.map(({ key }) => ({ key })),
      witnesses: whole.witnesses.map(({ name, key }) => ({ name, key })),
    })
    assert.doesNotMatch(bare, /#|http|somebody/)
    assert.equal(barePolicy(bare), bare)
  })

  it('takes 32 logs, 40 witnesses and 40 groups', () => {
    const many = Array.from({ length: 40 }, (_, n) => new TestWitness(`many${n}.example`, []))
    const logs = Array.from({ length: 32 }, (_, n) => {
      const key = publicKeyOf(sha256(Buffer.from(`log ${n}`)))
      return `log ${formatVerifierKey({ name: `l${n}`, id: keyId(`l${n}`, key, sha256), publicKey: key })}`
    })
    const lines = many.map(({ line }, n) => `witness m${n} ${line}\ngroup g${n} all m${n}`)
    const all = `group every 20 ${many.map((_, n) => `g${n}`).join(' ')}`
    const policy = parse([...logs, ...lines, all, 'quorum every', ''].join('\n'))
    assert.deepEqual([policy.logs.length, policy.witnesses.length, policy.groups.length], [32, 40, 41])
  })

  const [first, second] = witnesses
  const w = `witness w0 ${first?.line}\n`
  const v = `witness w1 ${second?.line}\n`
  const wrong: Readonly<Record<string, string>> = {
    'no quorum': `${w}`,
    'two quorums': `${w}quorum w0\nquorum none\n`,
    'an unknown quorum': `${w}quorum w9\n`,
    'a quorum before its definition': `quorum w0\n${w}`,
    'a member before its definition': `group g any w0\n${w}quorum g\n`,
    'a group within itself': `${w}group g any w0 g\nquorum g\n`,
    'a member of two groups': `${w}${v}group g any w0 w1\ngroup h any w0\nquorum g\n`,
    'a member twice': `${w}group g any w0 w0\nquorum g\n`,
    'one name twice': `${w}group w0 any w0\nquorum w0\n`,
    'the name none': `witness none ${first?.line}\nquorum none\n`,
    'one public key twice': `${w}witness other ${first?.line}\nquorum none\n`,
    'one log twice': `log ${LOG_LINE}\nlog ${LOG_LINE}\nquorum none\n`,
    'more than the members': `${w}${v}group g 3 w0 w1\nquorum g\n`,
    'none of the members': `${w}group g 0 w0\nquorum g\n`,
    'a threshold with a zero before it': `${w}group g 01 w0\nquorum g\n`,
    'an empty group': `${w}group g all\nquorum none\n`,
    'an unknown word': `${w}mirror x\nquorum none\n`,
    'something behind a quorum': `${w}quorum w0 w0\n`,
    'a key of a log as that of a witness': `witness w0 ${LOG_LINE}\nquorum none\n`,
    'a key of a witness as that of a log': `log ${first?.line}\nquorum none\n`,
    'an id that fits no key': `witness w0 ${first?.line.replace(/\+[0-9a-f]{8}\+/, '+00000000+')}\nquorum none\n`,
    'an address that is none': `witness w0 ${first?.line} ftp://example.org\nquorum none\n`,
    'bytes that are no text': '\uDC00',
  }
  for (const [what, text] of Object.entries(wrong))
    it(`refuses ${what}`, () => {
      const bytes = text === '\uDC00' ? Buffer.of(0xff, 10) : Buffer.from(text)
      assert.throws(() => parsePolicy(bytes, sha256), InputError)
    })

  it('names the line', () => {
    assert.throws(() => parse(`${w}\nnonsense\n`), /line 3/)
  })

  it('never throws anything else, on any input', () => {
    const word = fc.constantFrom(
      'log',
      'witness',
      'group',
      'quorum',
      'none',
      'any',
      'all',
      '2',
      'w0',
      '#',
      '\n',
      LOG_LINE,
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(word, fc.string()), { maxLength: 40 }), (words) => {
        try {
          parse(words.join(' '))
        } catch (error) {
          assert.ok(error instanceof InputError)
        }
      }),
    )
  })
})

describe('parseWitnessKey()', () => {
  it('reads keys of both kinds and refuses those of logs', () => {
    const [one] = witnesses
    assert.deepEqual(parseWitnessKey(one!.line, sha256), one!.key) // there are six
    assert.equal(parseWitnessKey(ML_DSA_LINE, sha256).kind, 'ml-dsa-44')
    assert.throws(() => parseWitnessKey(LOG_LINE, sha256), InputError)
  })
})

describe('withQuorum()', () => {
  const quorumOf = (text: string): readonly [number, readonly string[]] | string | undefined => {
    const { quorum, groups } = parse(withQuorum(text))
    const group = groups.find(({ name }) => name === quorum)
    return group === undefined ? quorum : [group.least, group.members]
  }
  const some = (count: number): string => defined.split('\n').slice(0, count).join('\n')

  it('demands more than half of what is in no group, if the writer names no quorum', () => {
    assert.equal(quorumOf(`log ${LOG_LINE}`), undefined)
    assert.equal(quorumOf(some(1)), 'w0')
    assert.deepEqual(quorumOf(some(2)), [2, ['w0', 'w1']])
    assert.deepEqual(quorumOf(some(3)), [2, ['w0', 'w1', 'w2']])
    assert.deepEqual(quorumOf(`${some(4)}\ngroup near any w0 w1\n# quorum none`), [2, ['w2', 'w3', 'near']])
    assert.deepEqual(quorumOf(`${some(2)}\ngroup majority any w0`)?.[1], ['w1', 'majority'])
  })

  it('leaves a policy as it is where its writer decided, also for none', () => {
    for (const quorum of ['none', 'w1'])
      assert.equal(withQuorum(`${defined}\t quorum  ${quorum}`), `${defined}\t quorum  ${quorum}`)
  })
})

describe('evaluatePolicy()', () => {
  const policy = parse(`${defined}group near any w0 w1\ngroup far 2 w2 w3 w4\ngroup both all near far\nquorum both\n`)
  const satisfied = (found: Checkpoint, by = policy): boolean => evaluatePolicy(found, by, verifyEd25519).satisfied

  it('counts groups within groups', () => {
    assert.equal(satisfied(signedBy(0, 2, 4)), true)
    assert.equal(satisfied(signedBy(1, 2, 3, 4)), true)
    assert.equal(satisfied(signedBy(0, 1, 2)), false)
    assert.equal(satisfied(signedBy(2, 3, 4)), false)
    assert.equal(satisfied(signedBy()), false)
  })

  it('says who signed and when, who did not, and that no one was required', () => {
    const found = evaluatePolicy(signedBy(0, 5), policy, verifyEd25519)
    assert.deepEqual(found.cosigned, [
      { name: 'w0', at: 1_772_700_000_000 },
      { name: 'w5', at: 1_772_700_000_000 },
    ])
    assert.deepEqual(found.missing, ['w1', 'w2', 'w3', 'w4'])
    const none = evaluatePolicy(signedBy(), parse('quorum none\n'), verifyEd25519)
    assert.deepEqual([none.satisfied, none.quorum], [true, undefined])
  })

  it('is not satisfied where a line under a known name and key is false', () => {
    const [one] = witnesses
    const another = one!.cosign(TEXT.replace('\n5\n', '\n6\n')) // there are six
    assert.equal(
      satisfied(
        checkpoint(witnesses[1]!.cosign(TEXT), witnesses[2]!.cosign(TEXT), witnesses[3]!.cosign(TEXT), another),
      ),
      false,
    )
    const found = evaluatePolicy(checkpoint(another), policy, verifyEd25519)
    assert.deepEqual([found.bad, found.cosigned], [['w0'], []])
  })

  it('counts one witness once, with its latest time', () => {
    const [one] = witnesses
    const found = evaluatePolicy(checkpoint(one!.cosign(TEXT, 20), one!.cosign(TEXT, 10)), policy, verifyEd25519)
    assert.deepEqual(found.cosigned, [{ name: 'w0', at: 20_000 }])
  })

  it('counts cosignatures of unlisted witnesses and of ML-DSA-44 as unknown', () => {
    const both = parse(`${defined}witness pq ${ML_DSA_LINE}\nquorum w0\n`)
    const key = parseWitnessKey(ML_DSA_LINE, sha256)
    const line = formatSignatureLine({ ...key, signature: new Uint8Array(8 + 2420) })
    const stranger = new TestWitness('stranger.example', []).cosign(TEXT)
    const found = evaluatePolicy(checkpoint(witnesses[0]!.cosign(TEXT), line, stranger), both, verifyEd25519)
    assert.deepEqual([found.satisfied, found.unknown], [true, 2])
    assert.ok(found.missing.includes('pq'))
  })

  it('is never satisfied by fewer witnesses where more did not', () => {
    const some = fc.uniqueArray(fc.integer({ min: 0, max: 5 }))
    fc.assert(
      fc.property(some, some, (few, more) => {
        if (satisfied(signedBy(...few))) assert.equal(satisfied(signedBy(...new Set([...few, ...more]))), true)
      }),
      { numRuns: 40 },
    )
  })
})

it('a cosignature is base64 of id, time and signature', () => {
  const [one] = witnesses
  const line = one!.cosign(TEXT)
  assert.match(line, /^\u2014 w0\.example\/witness [A-Za-z0-9+/]+=*\n$/)
  const bytes = Buffer.from(line.split(' ')[2] ?? '', 'base64')
  assert.equal(bytes.length, 4 + 8 + 64)
  assert.equal(encodeBase64(bytes), line.split(' ')[2]?.trim())
})
