import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { firstSite, OWN } from '../../../test/kit/evening/first-sample.ts'
import { sampleCrowd, samplePlan } from '../../../test/kit/site/check-plan.ts'
import type { CheckPlan } from '../../core/model/people/crowd-check.ts'
import { formatAsn } from '../../core/model/units.ts'
import { openLog } from '../../runtime/log.ts'
import type { CrowdDesk } from './desk.ts'
import { SECURITY_HEADERS } from '../../web/request/headers.ts'
import { urls } from '../urls.ts'

const policyOf = (answer: Response): string => answer.headers.get('content-security-policy') ?? ''

describe('the page "is it only me?" with a check from the browser', () => {
  it('lists exactly the hosts of its plan, for documents and for images, and asks for images without cookies', async () => {
    const [one] = samplePlan(OWN).targets
    assert.ok(one !== undefined)
    const targets = [{ ...one, name: 'Telegram <b>' }]
    const site = await firstSite({ crowd: sampleCrowd((asn) => Promise.resolve(samplePlan(asn, { targets }))) })
    const answer = await site.request(urls.check('kk', OWN))
    const policy = policyOf(answer).split('; ')
    assert.ok(policy.includes("connect-src 'self' https://www.youtube.example https://reach.example"))
    assert.ok(policy.includes("img-src 'self' https://static.youtube.example https://reach.example"))
    for (const part of (SECURITY_HEADERS['content-security-policy'] ?? '').split('; '))
      if (!part.startsWith('img-src')) assert.ok(policy.includes(part), part)
    assert.equal(answer.headers.get('cross-origin-embedder-policy'), 'credentialless')
    const text = await answer.text()
    assert.ok(text.includes('assets/check.js'))
    assert.ok(!text.includes('Telegram <b>'), 'a name is text, also within an attribute')
  })

  it('lists every control host, in its policy and in what it says before the click', async () => {
    const pairOf = (host: string) => ({ document: `https://${host}/reach`, image: `https://${host}/reach.png` })
    const names = ['one.example', 'two.example', 'three.example:8443']
    const plan = samplePlan(OWN, { controls: names.map(pairOf) })
    const site = await firstSite({ crowd: sampleCrowd(() => Promise.resolve(plan)) })
    const answer = await site.request(urls.check('en', OWN))
    const policy = policyOf(answer).split('; ')
    for (const part of ['connect-src', 'img-src'])
      assert.ok(policy.find((one) => one.startsWith(part))?.endsWith(names.map((host) => ` https://${host}`).join('')))
    const listed = [...(await answer.text()).matchAll(/<li><span class="mono">([^<]+)<\/span>/g)].map(
      ([, host]) => host,
    )
    assert.deepEqual(listed.slice(-3), names)
  })

  it('lists every network with what does not open there, and how to tell, before one is chosen', async () => {
    const site = await firstSite()
    const text = await (await site.request('/en/check')).text()
    for (const asn of [64500, 64501, 64502, 64503])
      assert.ok(text.includes(`href="/en/check?network=AS${asn}"`), `${asn}`)
    assert.match(text, /Does not open: YouTube\./)
    assert.match(text, /<ol class="steps">/)
    assert.doesNotMatch(await (await site.request(urls.check('en', OWN))).text(), /id="networks"/)
  })

  it('says why there is no check from the browser where the site has one that cannot be made now', async () => {
    const none = sampleCrowd((asn) => Promise.resolve(samplePlan(asn, { controls: [] })))
    const text = await (await (await firstSite({ crowd: none })).request('/en/check')).text()
    assert.match(text, /This demonstration contacts no other server/)
    assert.ok(!text.includes('check.js'))
    assert.doesNotMatch(await (await (await firstSite()).request('/en/check')).text(), /no other server, so/)
  })

  it('has the plan of its network alone', async () => {
    const site = await firstSite({ crowd: sampleCrowd() })
    const text = await (await site.request(urls.check('ru', OWN))).text()
    assert.ok(text.includes(`&quot;network&quot;:&quot;${formatAsn(OWN)}&quot;`))
    assert.ok(text.includes('data-network='))
    const all = await (await site.request(urls.check('ru', 'all'))).text()
    assert.ok(all.includes('&quot;network&quot;:null'))
    assert.ok(!all.includes('data-network='))
  })

  it('tells its script that an address abroad or of a host is no network of the reader', async () => {
    const asking = (why: 'foreign' | 'hosting' | 'unknown'): Promise<string> =>
      firstSite({ crowd: sampleCrowd(), visitor: () => ({ kind: 'ask', why }) })
        .then((site) => site.request('/kk/check'))
        .then((answer) => answer.text())
    assert.match(await asking('foreign'), /<div[^>]*class="mycheck"[^>]* data-away/)
    assert.match(await asking('hosting'), /data-away/)
    assert.doesNotMatch(await asking('unknown'), /data-away/)
  })

  it('changes no other page, and none of itself where nothing can be checked', async () => {
    const broken = (): Promise<CheckPlan> => Promise.reject(new Error('no store'))
    const plans: CrowdDesk['plan'][] = [
      (asn) => Promise.resolve(samplePlan(asn, { controls: [] })),
      (asn) => Promise.resolve(samplePlan(asn, { targets: [] })),
      broken,
    ]
    for (const plan of plans) {
      const log = openLog({ level: 'silent' })
      const site = await firstSite({ crowd: sampleCrowd(plan), log })
      const answer = await site.request(urls.check('en', OWN))
      assert.equal(answer.status, 200)
      assert.equal(policyOf(answer), SECURITY_HEADERS['content-security-policy'])
      assert.doesNotMatch(await answer.text(), /data-check|check\.js/)
    }
    const site = await firstSite({ crowd: sampleCrowd() })
    for (const path of ['/en/', '/en/incidents'])
      assert.equal(policyOf(await site.request(path)), SECURITY_HEADERS['content-security-policy'])
  })
})
