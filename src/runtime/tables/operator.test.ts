import assert from 'node:assert/strict'
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { InputError } from '../../core/model/errors.ts'
import { operatorSchema } from '../../core/model/operator.ts'
import { loadOperator, OPERATOR_EXAMPLE } from './operator.ts'

describe('loadOperator()', () => {
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kuager-operator-'))
  })
  after(() => rm(folder, { recursive: true }))
  const write = async (text: string | Uint8Array): Promise<string> => {
    const file = join(folder, 'about.json')
    await writeFile(file, text)
    return file
  }
  const filledIn = OPERATOR_EXAMPLE.replaceAll('…', 'Мысал')
  const example = (): object => operatorSchema.parse(JSON.parse(filledIn))
  const changed = (over: Record<string, unknown>): Promise<string> => write(JSON.stringify({ ...example(), ...over }))

  it('gives nothing where there is no file', () => assert.equal(loadOperator(join(folder, 'none.json')), undefined))

  it('reads the very example that its errors show once it is filled in, and not before', async () => {
    const empty = await write(OPERATOR_EXAMPLE)
    assert.throws(() => loadOperator(empty), /"name\/kk": no words/)
    const read = loadOperator(await write(filledIn))
    assert.equal(read?.contacts[0]?.value, 'desk@observatory.example')
    assert.equal(read?.funders[0]?.share, '60 %')
  })

  it('takes an empty list of funders and interests, and a licence over https', async () => {
    const licence = { name: 'CC BY 4.0', url: 'https://creativecommons.org/licenses/by/4.0/' }
    const read = loadOperator(await changed({ funders: [], interests: [], licence }))
    assert.deepEqual(read?.licence, licence)
  })

  it('refuses what is not as expected, with the place and an example', async () => {
    const wrong: readonly (readonly [over: Record<string, unknown>, place: string])[] = [
      [{ name: { kk: 'x', ru: 'x' } }, 'name/en'],
      [{ name: 'x' }, 'name'],
      [{ contacts: [] }, 'contacts'],
      [{ contacts: [{ kind: 'fax', value: 'x' }] }, 'contacts/0/kind'],
      [{ confirmed: 'yesterday' }, 'confirmed'],
      [{ confirmed: '2026-02-31' }, 'confirmed'],
      [{ licence: { name: 'x', url: 'javascript:alert(1)' } }, 'licence/url'],
      [{ funders: null }, 'funders'],
      [{ seat: { kk: '', ru: 'x', en: 'x' } }, 'seat/kk'],
      [{ stranger: 1 }, ''],
    ]
    for (const [over, place] of wrong) {
      const file = await changed(over)
      assert.throws(
        () => loadOperator(file),
        (error) =>
          error instanceof InputError &&
          error.code === 'operator.invalid' &&
          error.path === (place === '' ? file : place) &&
          error.message.includes('"confirmed"'),
        JSON.stringify(over),
      )
    }
  })

  it('refuses what is no JSON, no UTF-8, no file or too large', async () => {
    for (const bytes of ['{', '', '[]', 'null', new Uint8Array([0x22, 0xff, 0x22]), '{"name":'.repeat(1000)]) {
      const file = await write(bytes)
      assert.throws(() => loadOperator(file), InputError)
    }
    const large = await write('x')
    await truncate(large, 1_000_000)
    assert.throws(() => loadOperator(large), /at most 256 KiB/)
    assert.throws(() => loadOperator(folder), InputError)
  })
})
