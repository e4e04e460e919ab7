import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Hono } from 'hono'
import { sampleValidation } from '../../../test/kit/site/sample-validation.ts'
import type { PublishedValidation } from '../../core/model/incident/validation.ts'
import { say } from '../../core/text/format.ts'
import { LANGS } from '../../core/text/lang.ts'
import { PLAIN_FRAME } from '../../web/html/frame.ts'
import { addValidationPage } from './validation-route.ts'

async function read(
  path: string,
  ...validations: readonly PublishedValidation[]
): Promise<{ status: number; text: string }> {
  const site = new Hono()
  addValidationPage(site, { validations: async () => validations, frame: PLAIN_FRAME })
  const answer = await site.request(path)
  return { status: answer.status, text: await answer.text() }
}

describe('the page of validations', () => {
  it('says that no error rate is known where none was published', async () => {
    const { text } = await read('/en/validation')
    assert.match(text, /How often the program is wrong in the field is not known/)
    assert.doesNotMatch(text, /<svg class="chart (narrow|broad)"/)
  })

  it('gives figures with their limits, a drawing with its table, and both hashes, in every language', async () => {
    for (const lang of LANGS) {
      const { text } = await read(`/${lang}/validation`, sampleValidation)
      assert.equal(text.match(/<svg class="chart (narrow|broad)"/g)?.length, 2)
      assert.match(text, /5{64}/)
      assert.match(text, /Cllr-min/)
    }
    const { text } = await read('/en/validation', sampleValidation)
    assert.match(text, /Simulated series only\. The error rate in the field is not known/)
  })

  it('says of each whether the log has its answers, and nothing of when the labels were opened', async () => {
    assert.ok(sampleValidation.kind === 'whole')
    for (const lang of LANGS) {
      const { text } = await read(`/${lang}/validation`, sampleValidation)
      assert.ok(text.includes(say(lang, 'validation.not-logged')))
      const logged = await read(`/${lang}/validation`, { ...sampleValidation, leaf: 1204 })
      assert.ok(logged.text.includes(say(lang, 'validation.logged', { leaf: '1204' })))
      assert.ok(!logged.text.includes(say(lang, 'validation.not-logged')))
    }
    assert.doesNotMatch((await read('/en/validation', sampleValidation)).text, /before the labels/)
  })

  it('shows one whose files do not hold as refused, and gives no file of it', async () => {
    const refused = { kind: 'refused', id: 'changed-later', problem: 'labels' } as const
    assert.match((await read('/en/validation', refused)).text, /do not have the hashes/)
    assert.equal((await read('/validation/changed-later/frozen.json', refused)).status, 404)
    assert.equal((await read('/validation/sample-validation/labels.json', sampleValidation)).status, 200)
  })
})
