import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SAMPLE_KINDS } from '../../../test/kit/evening/incident-sample.ts'
import { channelText } from './channel-text.ts'
import { LANGS } from './lang.ts'

const proof = { address: 'https://kuager.example/kk/i/youtube-as64500-20260305T1502Z', code: 'K7M4-2Q9X' }

describe('channelText()', () => {
  it('begins by saying that it is simulated, ends with code and address, and fits into a message', () => {
    for (const lang of LANGS)
      for (const incident of Object.values(SAMPLE_KINDS)) {
        const text = channelText(lang, { incident, serviceName: 'YouTube', networkName: 'Example Rail' }, proof)
        assert.match(text, /^(?:Simulated|Смоделировано|Модельденген)/)
        assert.ok(text.endsWith(`${proof.code}\n${proof.address}\n`))
        // A caption under a picture in Telegram holds 1024.
        assert.ok(text.length <= 920, `${lang} ${incident.id}: ${text.length}`)
      }
  })
})
