import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SAMPLE_KINDS } from '../../../../test/kit/evening/incident-sample.ts'
import { LANGS } from '../lang.ts'
import { formatClock, HOME_ZONE } from '../time.ts'
import { oneSentence, shortQuotation } from './incident-quote.ts'

const CODE = 'K7M4-2Q9X'

describe('an incident in one sentence', () => {
  it('has at most thirty words in each language, with network, service, time and check code', () => {
    for (const lang of LANGS)
      for (const [kind, incident] of Object.entries(SAMPLE_KINDS)) {
        if (kind === 'withdrawn') continue
        const named = {
          incident: { ...incident, simulated: false },
          serviceName: 'YouTube',
          networkName: 'Example Rail',
        }
        const text = oneSentence(lang, named, CODE)
        const words = text.split(/[\s\u00a0]+/).filter((word) => /[\p{L}\p{N}]/u.test(word))
        assert.ok(words.length <= 30, `${lang} ${kind}: ${words.length} ${text}`)
        for (const part of ['Example Rail', 'YouTube', CODE]) assert.ok(text.includes(part), `${kind}: ${text}`)
        assert.equal(text.match(/[.!?](?=\s+\p{Lu})/gu), null, `${lang} ${kind}: ${text}`)
        assert.doesNotMatch(text, /[{}]|undefined|\.\./)
      }
  })

  it('says first that it is simulated, and of a withdrawn one that it is withdrawn', () => {
    const named = (incident: (typeof SAMPLE_KINDS)['finished']) => ({ incident, serviceName: 'YouTube' })
    for (const lang of LANGS) {
      const text = oneSentence(lang, named({ ...SAMPLE_KINDS.finished, simulated: true }), CODE)
      assert.ok(!text.startsWith('YouTube') && !text.startsWith('AS'), text)
      const gone = { ...SAMPLE_KINDS.withdrawn, simulated: false }
      assert.equal(oneSentence(lang, named(gone), CODE).includes(CODE), false)
      assert.ok(shortQuotation(lang, named(gone)).length > 0)
    }
  })

  it('says of what goes on until when it was seen, and of what ended when it ended', () => {
    const text = (incident: (typeof SAMPLE_KINDS)['finished']): string =>
      oneSentence('en', { incident, serviceName: 'YouTube' }, CODE)
    const { running, finished } = SAMPLE_KINDS
    assert.ok(running.end.bracket[0] !== undefined)
    const clock = formatClock(running.end.bracket[0], HOME_ZONE)
    assert.match(text(running), new RegExp(`\u00a0\u2013 (?:\\d+ \\w+ \\d+, )?${clock} or later \\(Astana time\\)`))
    assert.doesNotMatch(text(running), /ongoing/)
    assert.doesNotMatch(text(finished), /or later/)
  })
})
