import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Hono } from 'hono'
import { HEALTH_REASONS, type HealthReason } from '../../core/model/health.ts'
import { say } from '../../core/text/format.ts'
import { LANGS } from '../../core/text/lang.ts'
import { addHealth } from './route.ts'
import { PLAIN_FRAME } from '../../web/html/frame.ts'

describe('the health of a server', () => {
  let reasons: readonly HealthReason[] = []
  const site = new Hono()
  addHealth(site, { frame: { ...PLAIN_FRAME, assets: 'x' } }, () => reasons)

  it('is given to programs as it is now, with status 200 in every case', async () => {
    for (const found of [[], ['space_reserved'], HEALTH_REASONS] as const) {
      reasons = found
      const answer = await site.request('/health')
      assert.deepEqual([answer.status, answer.headers.get('cache-control')], [200, 'private, no-store'])
      const status = found.length === 0 ? 'ok' : 'degraded'
      assert.deepEqual(await answer.json(), { status, reasons: [...found] })
    }
  })

  it('is given to people in every language, each reason in a sentence', async () => {
    for (const lang of LANGS) {
      reasons = HEALTH_REASONS
      const answer = await site.request(`/${lang}/health`)
      assert.deepEqual([answer.status, answer.headers.get('cache-control')], [200, 'private, no-store'])
      const page = await answer.text()
      for (const reason of HEALTH_REASONS) assert.ok(page.includes(say(lang, `health.reason.${reason}`)), reason)
      reasons = []
      assert.ok((await (await site.request(`/${lang}/health`)).text()).includes(say(lang, 'health.ok')))
    }
  })
})
