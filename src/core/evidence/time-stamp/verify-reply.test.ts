import assert from 'node:assert/strict'
import { createHash, randomBytes, webcrypto } from 'node:crypto'
import { after, describe, it } from 'node:test'
import fc from 'fast-check'
import { hasProgram } from '../../../../test/kit/net/lab-authority.ts'
import {
  P_384,
  RSA,
  STAMPS_ALONE,
  TimeAuthority,
  type AuthorityShape,
} from '../../../../test/kit/servers/time-authority.ts'
import { makeReply, type TokenShape } from '../../../../test/kit/proof/time-token.ts'
import { instant } from '../../model/units.ts'
import { encodeDer, encodePositive, TAG } from './der.ts'
import { STAMP_PROBLEMS } from './stamp-problem.ts'
import { encodeQuery, readQuery } from './time-query.ts'
import { verifyReply, type BadStamp, type GoodStamp, type StampClaim } from './verify-reply.ts'

const skip = hasProgram('openssl') ? false : 'needs openssl'
const sha256 = (text: string): Uint8Array => new Uint8Array(createHash('sha256').update(text).digest())
const DATA = sha256('a checkpoint')
const NONCE = Uint8Array.of(0x91, 2, 3, 4, 5, 6, 7, 8)
const QUERY = encodeQuery({ sha256: DATA, nonce: NONCE })
const check = (claim: StampClaim): Promise<GoodStamp | BadStamp> => verifyReply(claim, { subtle: webcrypto.subtle })

const open: TimeAuthority[] = []
after(() => open.forEach((one) => one[Symbol.dispose]()))
const authority = (shape?: AuthorityShape): TimeAuthority => {
  const made = new TimeAuthority(shape)
  open.push(made)
  return made
}

describe('encodeQuery()', { skip }, () => {
  it('gives the bytes that openssl gives, with any first byte of the nonce', () => {
    const tsa = authority()
    for (let round = 0; round < 12; round++) {
      const digest = sha256(String(round))
      const made = tsa.openssl('ts', '-query', '-digest', Buffer.from(digest).toString('hex'), '-sha256', '-cert')
      const nonce = new Uint8Array(8)
      const { nonce: found = new Uint8Array() } = readQuery(made)
      const digits = found.slice(-8)
      nonce.set(digits, 8 - digits.length)
      assert.deepEqual(Buffer.from(encodeQuery({ sha256: digest, nonce })), made)
    }
  })

  it('asks for a policy in its place', () => {
    const { policy } = readQuery(encodeQuery({ sha256: DATA, nonce: NONCE, policy: '1.3.6.1.4.1.99999.2' }))
    assert.equal(policy, '1.3.6.1.4.1.99999.2')
  })
})

describe('verifyReply() of replies that openssl makes', { skip }, () => {
  const shapes: Readonly<Record<string, AuthorityShape>> = {
    'P-256': {},
    'P-384 and SHA-384': { key: P_384, digest: 'sha384' },
    'RSA and SHA-512': { key: RSA, digest: 'sha512' },
    'a certificate named by SHA-1': { ess: 'sha1' },
    'an authority in between': {
      between: ['basicConstraints = critical, CA:TRUE, pathlen:0', 'keyUsage = critical, keyCertSign'],
    },
  }
  for (const [what, shape] of Object.entries(shapes))
    it(`accepts ${what}, as openssl does, and refuses it for other data`, async () => {
      const tsa = authority(shape)
      const reply = tsa.reply(QUERY)
      const claim = { reply, query: QUERY, sha256: DATA, chainPem: tsa.chainPem }
      const found = await check(claim)
      assert.ok(found.ok, JSON.stringify(found))
      assert.equal(found.signer, 'Test TSA')
      assert.equal(found.root.name, 'Test root')
      assert.equal(found.policy, '1.3.6.1.4.1.99999.1')
      assert.ok(Math.abs(found.genTime - Date.now()) < 60_000)
      assert.equal(tsa.accepts(QUERY, reply, new Date()), true)
      const other = await check({ ...claim, sha256: sha256('another') })
      assert.equal(!other.ok && other.problem, 'imprint')
      const without = await check({ reply, sha256: sha256('another'), chainPem: tsa.chainPem })
      assert.equal(!without.ok && without.problem, 'imprint')
    })

  it('gives the accuracy that the authority states', async () => {
    const tsa = authority({ accuracy: 'secs:1, millisecs:500, microsecs:100' })
    const found = await check({ reply: tsa.reply(QUERY), query: QUERY, sha256: DATA, chainPem: tsa.chainPem })
    assert.equal(found.ok && found.accuracyMs, 1500.1)
  })

  it('holds the policy to the one asked for', async () => {
    const tsa = authority()
    const policy = '1.3.6.1.4.1.99999.2'
    const query = encodeQuery({ sha256: DATA, nonce: NONCE, policy })
    const claim = { sha256: DATA, chainPem: tsa.chainPem }
    assert.equal((await check({ ...claim, reply: tsa.reply(query), query })).ok, true)
    const other = await check({ ...claim, reply: tsa.reply(QUERY), query })
    assert.equal(!other.ok && other.problem, 'policy')
    const wanted = await check({ ...claim, reply: tsa.reply(QUERY), policy })
    assert.equal(!wanted.ok && wanted.problem, 'policy')
  })

  it('says that the authority refused, with its words', async () => {
    const tsa = authority()
    const reply = tsa.reply(encodeQuery({ sha256: DATA, nonce: NONCE, policy: '1.2.3.4' }))
    const found = await check({ reply, sha256: DATA, chainPem: tsa.chainPem })
    assert.equal(!found.ok && found.problem, 'status')
    assert.match((!found.ok && found.found) || '', /status 2/)
    const junk = await check({ reply: tsa.reply(Buffer.from('no query')), sha256: DATA, chainPem: tsa.chainPem })
    assert.equal(!junk.ok && junk.problem, 'status')
  })
})

describe('verifyReply() of replies made by hand', { skip }, () => {
  const tsa = skip === false ? authority({ key: RSA }) : undefined
  const kinds = [
    ['code', { extensions: ['keyUsage = critical, digitalSignature', 'extendedKeyUsage = critical, codeSigning'] }],
    ['loose', { extensions: ['keyUsage = critical, digitalSignature', 'extendedKeyUsage = timeStamping'] }],
    ['none', { extensions: ['keyUsage = critical, digitalSignature'] }],
    ['both', { extensions: ['extendedKeyUsage = critical, timeStamping, codeSigning'] }],
    ['usage', { extensions: ['keyUsage = critical, keyEncipherment', STAMPS_ALONE] }],
    ['unknown', { extensions: [STAMPS_ALONE, '1.2.3.4 = critical, DER:0500'] }],
    ['old', { validity: { from: '20200101000000Z', until: '20210101000000Z' } }],
    ['other', {}],
    ['weak', { key: ['-newkey', 'rsa:1024', '-nodes'] }],
    ['curve', { key: ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:secp256k1', '-nodes'] }],
    ['p384', { key: P_384 }],
  ] as const
  for (const [name, shape] of kinds) tsa?.issue(name, shape)
  const foreign = skip === false ? authority() : undefined

  const right: TokenShape = { imprint: DATA, nonce: NONCE }
  interface Case {
    readonly shape?: Partial<TokenShape>
    /** Undefined: it is good. */
    readonly problem?: string
    readonly at?: Date
    /** Where openssl judges otherwise, with the reason. */
    readonly opensslSays?: boolean
  }
  const in2020 = '20200601000000Z'
  const cases: Readonly<Record<string, Case>> = {
    'a right reply': {},
    'a reply granted with modifications': { shape: { status: 1 } },
    'a signer of P-384': { shape: { signer: 'p384', hash: 'sha384' } },
    'a fraction of a second': { shape: { genTime: '20300101000000.25Z' }, at: new Date('2030-01-01') },
    'a certificate named by version 1': { shape: { essVersion: 1 } },
    'RSA-PSS': { shape: { pss: true }, opensslSays: false }, // PKCS7_verify of openssl does not know it
    'a reply that the authority refused': { shape: { status: 2 }, problem: 'status' },
    'another nonce': { shape: { nonce: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) }, problem: 'nonce' },
    'no nonce': { shape: { behind: [] }, problem: 'nonce' },
    'a longer nonce': { shape: { behind: [encodePositive(Uint8Array.of(1, ...NONCE))] }, problem: 'nonce' },
    'an imprint by SHA-1': {
      shape: { imprintHash: 'sha1', imprint: DATA.slice(0, 20) },
      problem: 'digest',
    },
    'signed attributes by SHA-1': { shape: { hash: 'sha1' }, problem: 'digest', opensslSays: true },
    'a certificate for signing code': { shape: { signer: 'code' }, problem: 'purpose' },
    'a purpose that is not critical': { shape: { signer: 'loose' }, problem: 'purpose' },
    'no purpose': { shape: { signer: 'none' }, problem: 'purpose' },
    'two purposes': { shape: { signer: 'both' }, problem: 'purpose' },
    'another use of the key': { shape: { signer: 'usage' }, problem: 'purpose' },
    'an unknown critical extension': { shape: { signer: 'unknown' }, problem: 'chain' },
    'a certificate that had ended': { shape: { signer: 'old' }, problem: 'expired' },
    'a certificate in its time, though the root came later': {
      shape: { signer: 'old', genTime: in2020 },
      problem: 'expired',
      at: new Date('2020-06-01'),
    },
    'another certificate named by the signature': { shape: { named: 'other' }, problem: 'ess' },
    'another certificate named by version 1': { shape: { named: 'other', essVersion: 1 }, problem: 'ess' },
    'no certificate named': { shape: { without: ['1.2.840.113549.1.9.16.2.47'] }, problem: 'ess' },
    'no digest of the stamp': { shape: { without: ['1.2.840.113549.1.9.4'] }, problem: 'content' },
    'another kind of content': {
      shape: { contentType: '1.2.840.113549.1.7.1' },
      problem: 'content',
      opensslSays: true,
    },
    'no certificate of the signer': { shape: { certificates: 'none' }, problem: 'signer' },
    'another certificate sent': { shape: { send: ['other'] }, problem: 'signer' },
    'a key of 1024 bits': { shape: { signer: 'weak' }, problem: 'algorithm', opensslSays: true },
    'a curve that is not accepted': { shape: { signer: 'curve' }, problem: 'algorithm', opensslSays: true },
    'a signature by SHA-1': { shape: { signedHash: 'sha1' }, problem: 'algorithm', opensslSays: false },
    'a time that no calendar has': { shape: { genTime: '20260230000000Z' }, problem: 'form', opensslSays: true },
    'a critical extension in the stamp': {
      shape: {
        behind: [
          encodePositive(NONCE),
          encodeDer(
            0xa1,
            encodeDer(TAG.sequence, Uint8Array.of(6, 1, 42), Uint8Array.of(1, 1, 255), Uint8Array.of(4, 0)),
          ),
        ],
      },
      problem: 'form',
      opensslSays: true,
    },
  }

  for (const [what, { shape, problem, at = new Date(), opensslSays = problem === undefined }] of Object.entries(cases))
    it(`${problem === undefined ? 'accepts' : `refuses (${problem})`} ${what}`, async () => {
      assert.ok(tsa !== undefined)
      const reply = makeReply(tsa, { ...right, ...shape })
      const found = await check({ reply, query: QUERY, sha256: DATA, chainPem: tsa.chainPem })
      assert.equal(found.ok ? undefined : found.problem, problem, JSON.stringify(found))
      assert.equal(tsa.accepts(QUERY, reply, at), opensslSays, 'openssl judges otherwise')
    })

  it('refuses another root of the same name, and a chain without one', async () => {
    assert.ok(tsa !== undefined && foreign !== undefined)
    const claim = { reply: makeReply(tsa, right), query: QUERY, sha256: DATA }
    const other = await check({ ...claim, chainPem: foreign.chainPem })
    assert.equal(!other.ok && other.problem, 'chain')
    assert.equal(tsa.accepts(QUERY, claim.reply, new Date(), foreign.read('root.pem')), false)
    for (const chainPem of [
      '',
      'nonsense',
      tsa.read('other.pem'),
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
    ]) {
      const none = await check({ ...claim, chainPem })
      assert.equal(!none.ok && none.problem, 'root')
    }
  })

  it('refuses a stamp of a time that is still to come', async () => {
    assert.ok(tsa !== undefined)
    const reply = makeReply(tsa, { ...right, genTime: '20300101000000Z' })
    const at = (text: string) => check({ reply, sha256: DATA, chainPem: tsa.chainPem, at: instant(Date.parse(text)) })
    const early = await at('2029-12-31T23:40:00Z')
    assert.equal(!early.ok && early.problem, 'time')
    assert.equal((await at('2029-12-31T23:55:00Z')).ok, true)
  })

  it('takes the certificate of the signer from the chain where the reply has none', async () => {
    assert.ok(tsa !== undefined)
    const reply = makeReply(tsa, { ...right, certificates: 'none' })
    assert.equal((await check({ reply, sha256: DATA, chainPem: tsa.read('signer.pem') + tsa.chainPem })).ok, true)
  })

  it('refuses every reply that is cut short or has anything behind it', async () => {
    assert.ok(tsa !== undefined)
    const reply = makeReply(tsa, right)
    const claim = { query: QUERY, sha256: DATA, chainPem: tsa.chainPem }
    for (let length = 0; length < reply.length; length += length < 60 ? 1 : 37) {
      const found = await check({ ...claim, reply: reply.subarray(0, length) })
      assert.equal(!found.ok && found.problem, 'form', `${length} bytes`)
    }
    const longer = await check({ ...claim, reply: Buffer.concat([reply, Buffer.of(0)]) })
    assert.equal(!longer.ok && longer.problem, 'form')
    assert.equal((await check({ ...claim, reply: new Uint8Array(70_000) })).ok, false)
  })

  it('never throws, and never finds another time or data in what was damaged', async () => {
    assert.ok(tsa !== undefined)
    const reply = makeReply(tsa, right)
    const claim = { query: QUERY, sha256: DATA, chainPem: tsa.chainPem }
    const whole = await check({ ...claim, reply })
    assert.ok(whole.ok)
    const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(damage, async (changes) => {
        const damaged = new Uint8Array(reply)
        for (const [place, byte] of changes) damaged[place % damaged.length] = byte
        const found = await check({ ...claim, reply: damaged })
        // What nothing signs may change under a good signature: the status, algorithms named twice.
        if (found.ok) assert.deepEqual({ ...found, root: whole.root }, whole)
        else assert.ok(STAMP_PROBLEMS.includes(found.problem))
      }),
      { numRuns: 1500 },
    )
  })

  it('never throws for bytes of any kind, as a reply, a query or a chain', async () => {
    assert.ok(tsa !== undefined)
    const good = { reply: makeReply(tsa, right), query: QUERY, sha256: DATA, chainPem: tsa.chainPem }
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.string(), async (bytes, text) => {
        assert.equal((await check({ ...good, reply: bytes })).ok, false)
        assert.equal((await check({ ...good, query: bytes })).ok, false)
        assert.equal((await check({ ...good, chainPem: text })).ok, false)
      }),
      { numRuns: 300 },
    )
    assert.equal((await check({ ...good, query: encodeQuery({ sha256: DATA, nonce: randomBytes(8) }) })).ok, false)
  })
})
