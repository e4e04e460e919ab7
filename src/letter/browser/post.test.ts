import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { generateHybridIdentity, generateX25519Identity, identityToRecipient } from 'age-encryption'
import fc from 'fast-check'
import { encodeSignature } from '../core/signature.ts'
import { LONGEST_TEXT_BYTES, SENT_BYTES } from '../core/letter.ts'
import { REGIONS, type Region } from '../../core/model/region.ts'
import { padBody, sendingOf } from './post.ts'
import { sealHere } from './seal.ts'

interface Typed {
  readonly name: string
  readonly comment: string
  readonly mail: string
  readonly keep: boolean
  readonly region: Region
}

/** What a script sends of a signature that a person typed. */
async function sentOf({ name, comment, mail, keep, region }: Typed, layers: readonly string[][]): Promise<string> {
  const text = encodeSignature({
    format: 'kuager-signature/1',
    letter: 'a-letter',
    version: 1,
    consent: 1,
    name,
    region,
    ...(mail !== '' && keep ? { mail } : {}),
    ...(comment === '' ? {} : { comment }),
    show_name: keep,
    lang: 'kk',
  })
  const rest = { letter: 'a-letter', version: 1, region, lang: 'kk', ...(mail === '' ? {} : { mail }), url: '' }
  const work = 'w'.repeat(700)
  const { body, longest } = sendingOf(rest, await sealHere(text, layers), text.length)
  return padBody({ body: { ...body, work }, longest: { ...longest, work } })
}

const SHORT: Typed = { name: 'Аа', comment: '', mail: '', keep: false, region: 'KZ-10' }
const LONG: Typed = {
  name: 'ꙮ'.repeat(120),
  comment: 'ꙮ'.repeat(600),
  mail: `${'m'.repeat(64)}@${'d'.repeat(63)}.${'d'.repeat(63)}.${'d'.repeat(58)}.kz`,
  keep: true,
  region: 'abroad',
}

describe('padBody()', () => {
  const kinds: string[][][] = []
  before(async () => {
    const ordinary = await Promise.all([1, 2, 3].map(async () => identityToRecipient(await generateX25519Identity())))
    const hybrid = await Promise.all([1, 2].map(async () => identityToRecipient(await generateHybridIdentity())))
    kinds.push([ordinary.slice(0, 1)], [ordinary.slice(0, 2), ordinary.slice(2)], [hybrid], [ordinary, hybrid])
  })

  it('gives one length for a letter, with any text typed and whether or not there is a mailbox', async () => {
    const text = (most: number): fc.Arbitrary<string> => fc.string({ unit: fc.constantFrom(...'aұ…'), maxLength: most })
    const typed = fc.record<Typed>({
      name: text(120),
      comment: text(600),
      mail: fc.constantFrom('', 'a@b.kz', LONG.mail),
      keep: fc.boolean(),
      region: fc.constantFrom(...REGIONS),
    })
    for (const layers of kinds) {
      const { length } = await sentOf(SHORT, layers)
      assert.equal(length % SENT_BYTES, 0)
      assert.equal(Buffer.byteLength(await sentOf(LONG, layers)), length)
      await fc.assert(
        fc.asyncProperty(typed, async (one) => {
          const sent = await sentOf(one, layers)
          assert.equal(Buffer.byteLength(sent), length)
          assert.equal((JSON.parse(sent) as { region: string }).region, one.region)
        }),
        { numRuns: 20 },
      )
    }
  })

  it('knows the longest text', () => {
    assert.equal(LONG.mail.length, 254)
    const { name, comment, mail, region } = LONG
    const about = { format: 'kuager-signature/1', letter: 'l'.repeat(40), version: 1000, consent: 1000 } as const
    const text = encodeSignature({ ...about, name, region, mail, comment, show_name: false, lang: 'kk' })
    assert.equal(text.length, LONGEST_TEXT_BYTES)
  })
})
