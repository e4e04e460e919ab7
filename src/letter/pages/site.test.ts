import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { LetterSite } from '../../../test/kit/letter/letter-site.ts'
import { sealedSigning } from '../../../test/kit/letter/letter-world.ts'
import { encodeBase64 } from '../../core/evidence/base64.ts'
import type { LetterDesk } from '../contract.ts'
import { solveWork } from '../../browser/work/solve.ts'
import { letterUrls } from './urls.ts'
import { letterParagraphs } from './page/letter-text.ts'

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const JSON_TYPE = { 'content-type': 'application/json' }

/** A desk with some of its acts replaced. */
const instead = (desk: LetterDesk, acts: Partial<LetterDesk>): LetterDesk =>
  new Proxy(desk, {
    get(of, name): unknown {
      if (name in acts) return Reflect.get(acts, name)
      const value: unknown = Reflect.get(of, name, of)
      return typeof value === 'function' ? (...args: unknown[]): unknown => Reflect.apply(value, of, args) : value
    },
  })

describe('a letter service', () => {
  let site: LetterSite
  before(async () => {
    site = await LetterSite.open()
  })
  after(() => site[Symbol.asyncDispose]())

  const get = (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
    fetch(site.at(path), { headers, redirect: 'manual' })
  const post = (path: string, body: string, headers: Readonly<Record<string, string>> = FORM): Promise<Response> =>
    fetch(site.at(path), { method: 'POST', body, headers })
  const sealed = async (changes: object = {}): Promise<{ readonly body: string; readonly code: string }> => {
    const { signing, code } = await sealedSigning({}, {}, site.letter)
    const { sealed: bytes, trapped: _, work: _work, ...rest } = signing
    const challenge: unknown = await (await get(letterUrls.work())).json()
    const work = await solveWork(challenge, { signal: AbortSignal.timeout(30_000) })
    return { body: JSON.stringify({ ...rest, sealed: encodeBase64(bytes), work, url: '', ...changes }), code }
  }
  const counted = async (): Promise<number> => (await site.desk.count(site.letter.id))?.total ?? -1
  const field = async (path: string, name: string): Promise<string> =>
    new RegExp(`name="${name}"\\s+value="([^"]*)"`).exec(await (await get(path)).text())?.[1] ?? ''

  it('gives every answer headers by which nothing foreign runs and nothing is passed to others', async () => {
    const paths = [...Object.values(site.pages('kk')), '/', '/log/checkpoint', letterUrls.document(site.letter.id, 1)]
    for (const path of paths) {
      const { headers } = await get(path)
      const policy = headers.get('content-security-policy') ?? ''
      assert.match(policy, /default-src 'none'; script-src 'self'; connect-src 'self';/, path)
      assert.doesNotMatch(policy, /unsafe|\*|https?:/)
      assert.equal(headers.get('x-frame-options'), 'DENY')
      assert.equal(headers.get('x-content-type-options'), 'nosniff')
      assert.match(headers.get('referrer-policy') ?? '', /^(?:no-referrer|same-origin)$/)
      assert.equal(headers.get('set-cookie'), null)
    }
  })

  it('lets no cache keep the pages of one person', async () => {
    for (const path of [letterUrls.sign('kk', site.letter.id), letterUrls.receipt('kk'), `/kk/c/${'a'.repeat(22)}`])
      assert.equal((await get(path)).headers.get('cache-control'), 'no-store', path)
    const looked = await post(letterUrls.receipt('kk'), 'code=KR-00000-00000-00000-00000-00000-0')
    assert.equal(looked.headers.get('cache-control'), 'no-store')
  })

  it('answers with the document byte for byte as its digest is logged', async () => {
    const bytes = Buffer.from(await (await get(letterUrls.document(site.letter.id, 1))).arrayBuffer())
    assert.equal(bytes.toString('utf8'), site.desk.version(site.letter.id, 1))
    for (const path of [
      '/letters/none/1.json',
      `/letters/${site.letter.id}/2.json`,
      `/letters/${site.letter.id}/01.json`,
    ])
      assert.equal((await get(path)).status, 404, path)
  })

  it('takes what was sealed once, however often it is sent, and never without new work', async () => {
    const before = await counted()
    const { body, code } = await sealed()
    const answers = await Promise.all([post('/sign', body, JSON_TYPE), post('/sign', body, JSON_TYPE)])
    assert.deepEqual(
      answers.map(({ status }) => status),
      [202, 202],
    )
    assert.equal((await post('/sign', body, JSON_TYPE)).status, 202)
    const other = JSON.parse((await sealed()).body) as Record<string, unknown>
    const { work } = JSON.parse(body) as Record<string, unknown>
    const replayed = await post('/sign', JSON.stringify({ ...other, work }), JSON_TYPE)
    assert.equal(replayed.status, 403)
    assert.match(await replayed.text(), /work\.spent/)
    await site.batch()
    assert.equal(await counted(), before + 1)
    assert.equal((await site.desk.standing(code))?.kind, 'counted')
  })

  it('answers the same, header by header, for a mailbox that has signed and for one that has not', async () => {
    const answer = async (
      mail: string,
    ): Promise<{ readonly status: number; readonly headers: object; readonly body: string }> => {
      const response = await post('/sign', (await sealed({ mail })).body, JSON_TYPE)
      const headers = [...response.headers].filter(([name]) => name !== 'date')
      return { status: response.status, headers, body: await response.text() }
    }
    const first = await answer('known@mail.example')
    const link = await site.mailedLink()
    assert.equal((await post(link, '')).status, 200)
    assert.deepEqual(await answer('known@mail.example'), first)
    assert.deepEqual(await answer('unknown@mail.example'), first)
    const without = await (await post('/sign', (await sealed()).body, JSON_TYPE)).text()
    assert.equal(without.length, first.body.length, 'the length tells of no mailbox')
    const again = async (mail: string): Promise<string> => {
      const { code } = await sealed({ mail })
      return (await post(letterUrls.resend('kk'), new URLSearchParams({ code, mail }).toString())).text()
    }
    assert.equal(await again('known@mail.example'), await again('nobody@mail.example'))
  })

  it('says of a signature without a proof how it stands, and promises none', async () => {
    const { body, code } = await sealed()
    assert.equal((await post('/sign', body, JSON_TYPE)).status, 202)
    const asked = async (path: string, more: object = {}): Promise<string> => {
      const form = new URLSearchParams({ code, ...more })
      return (await fetch(site.at(path), { method: 'POST', body: form, headers: FORM })).text()
    }
    assert.match(await asked(letterUrls.proof('en')), /Accepted, waiting to be counted/)
    await site.desk.countNow()
    await asked(letterUrls.withdraw('en'), { sure: 'yes' })
    const page = await asked(letterUrls.proof('en'))
    assert.match(page, /<h2[^>]*>Withdrawn<\/h2>/)
    assert.doesNotMatch(page, /The proof is ready once/)
  })

  it('answers nothing that a person typed with a page, so that no browser keeps on its disk what was sent', async () => {
    const { id } = site.letter
    const code = 'code=KR-00000-00000-00000-00000-00000-0'
    const cases: readonly (readonly [string, string, number])[] = [
      [letterUrls.sign('kk', id), 'name=x', 200],
      [letterUrls.sign('kk', 'none'), 'name=x', 404],
      [letterUrls.sign('kk', id), 'name=x&name=y', 400],
      [letterUrls.receipt('kk'), code, 200],
      [letterUrls.proof('kk'), code, 200],
      [letterUrls.withdraw('kk'), code, 400],
      [letterUrls.resend('kk'), `${code}&mail=a@mail.example`, 200],
      ['/kk/nothing', code, 404],
    ]
    for (const [path, body, status] of cases) {
      const answer = await fetch(site.at(path), { method: 'POST', body, headers: FORM, redirect: 'manual' })
      assert.deepEqual([answer.status, await answer.text()], [303, ''], path)
      const to = answer.headers.get('location') ?? ''
      assert.ok(!to.includes('KR-'), to)
      assert.equal((await get(to)).status, status, path)
    }
    assert.equal((await get('/kk/refused/nothing')).status, 404)
    assert.equal((await get('/kk/refused/busy?wait=%0d%0a')).headers.get('retry-after'), null)
  })

  it('says of a letter that ended while a person wrote that it did, and answers with no page', async () => {
    const over = await LetterSite.open({
      seen: (desk) => instead(desk, { signForm: async () => ({ kind: 'over', day: '2026-03-11' }) }),
    })
    try {
      const path = letterUrls.sign('kk', over.letter.id)
      const [, ticket = ''] = /name="ticket"\s+value="([^"]*)"/.exec(await (await fetch(over.at(path))).text()) ?? []
      over.clock.pass(4000)
      const fields = { name: 'Аты', region: 'KZ-10', mail: 'a@mail.example', consent: 'yes', version: '1', ticket }
      const body = new URLSearchParams(fields)
      const answer = await fetch(over.at(path), { method: 'POST', body, redirect: 'manual' })
      assert.deepEqual([answer.status, answer.headers.get('location')], [303, path])
    } finally {
      await over[Symbol.asyncDispose]()
    }
  })

  it('takes no form and no signature that a page of another site sends', async () => {
    const { body } = await sealed()
    const foreign = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
    ]
    for (const from of foreign) {
      assert.equal((await post('/sign', body, { ...JSON_TYPE, ...from })).status, 403)
      for (const path of [
        letterUrls.sign('kk', site.letter.id),
        letterUrls.receipt('kk'),
        letterUrls.withdraw('kk'),
        letterUrls.resend('kk'),
        letterUrls.confirm('kk', 'a'.repeat(22)),
      ])
        assert.equal((await post(path, 'code=KR', { ...FORM, ...from })).status, 403, path)
    }
    assert.equal((await post('/sign', body, { ...JSON_TYPE, origin: site.origin })).status, 202)
    assert.equal((await post('/sign', body, { 'content-type': 'text/plain' })).status, 415)
  })

  it('refuses what is no signature with a reason, and repeats nothing of it', async () => {
    const good = JSON.parse((await sealed()).body) as Record<string, unknown>
    const marker = 'Құпия-есім-551'
    const cases: readonly (readonly [number, object])[] = [
      [400, { ...good, name: marker }],
      [400, { ...good, region: 'KZ-99' }],
      [400, { ...good, sealed: 'bm90IGFnZQ==' }],
      [400, { ...good, sealed: marker }],
      [400, { ...good, receipt: marker }],
      [400, { ...good, mail: `${marker}\r\nbcc: all@mail.example` }],
      [400, { ...good, mail: 'a@b@c' }],
      [404, { ...good, letter: 'another' }],
      [409, { ...good, version: 7 }],
      [403, { ...good, work: marker }],
    ]
    for (const [status, body] of cases) {
      const response = await post('/sign', JSON.stringify(body), JSON_TYPE)
      const text = await response.text()
      assert.equal(response.status, status, text)
      assert.ok(!text.includes(marker), text)
    }
    for (const body of ['', '{', '[]', 'null', '"x"', JSON.stringify({ ...good, sealed: 'A'.repeat(40_000) })])
      assert.ok([400, 413].includes((await post('/sign', body, JSON_TYPE)).status), body.slice(0, 20))
    assert.equal((await get('/sign')).status, 405)
  })

  it('gives back a form that is wrong with everything typed, as text and never as markup', async () => {
    const path = letterUrls.sign('kk', site.letter.id)
    const name = '"><script>alert(1)</script>'
    const text = await (
      await post(path, new URLSearchParams({ name, comment: '</textarea><b>', version: '1' }).toString())
    ).text()
    assert.ok(text.includes('&quot;&gt;&lt;script&gt;') && !text.includes('<script>alert'))
    assert.ok(text.includes('&lt;/textarea&gt;&lt;b&gt;'))
    assert.match(text, /role="alert"/)
    // Each is said first, with the way to its field, and at the field; what is right is not marked.
    for (const wrong of ['region', 'mail', 'consent']) {
      assert.ok(text.includes(`<a href="#s-${wrong}">`), wrong)
      assert.match(text, new RegExp(`<p class="bad" id="s-${wrong}-e">[^<]+</p>`))
      assert.match(text, new RegExp(`id="s-${wrong}"[^>]*aria-invalid="true" aria-describedby="s-${wrong}-e`))
    }
    assert.ok(!text.includes('s-name-e') && !/id="s-(?:name|comment)"[^>]*aria-invalid/.test(text))
  })

  it('says of a service of trials on each page that it is one, also where no letter is named', async () => {
    for (const path of [...Object.values(site.pages('en')), '/en/nothing', letterUrls.safety('en')])
      assert.match(await (await fetch(site.at(path))).text(), /<aside class="sim"/, path)
    const empty = await LetterSite.open({ letter: false })
    try {
      assert.doesNotMatch(await (await fetch(empty.at('/en/'))).text(), /<aside class="sim"/)
    } finally {
      await empty[Symbol.asyncDispose]()
    }
  })

  it('sets the points of a letter that its writer numbered as points, and breaks lines where they were broken', async () => {
    const text = String(await letterParagraphs('We ask:\n1. one;\n2) two;\n— three.\nAll of us\nhere.\n\n5 people'))
    assert.equal(
      text.replaceAll(/\s*\n\s*/g, ''),
      '<p>We ask:<span class="item">1. one;</span><span class="item">2) two;</span><span class="item">— three.</span>All of us<br />here.</p><p>5 people</p>',
    )
  })

  it('asks for a second press where a form comes faster than people, with a foreign ticket, or too late', async () => {
    const path = letterUrls.sign('en', site.letter.id)
    const fields = { name: 'Name', region: 'KZ-10', mail: 'late@mail.example', consent: 'yes', version: '1' }
    const said = async (ticket: string): Promise<string> =>
      (await post(path, new URLSearchParams({ ...fields, ticket }).toString())).text()
    const ticket = await field(path, 'ticket')
    for (const bad of [
      '',
      'x',
      `${ticket}x`,
      ticket.replace(/^./, (first) => (first === 'z' ? 'y' : 'z')),
      'a'.repeat(500),
    ])
      assert.match(await said(bad), /too soon or too late/)
    assert.match(await said(ticket), /too soon or too late/)
    site.clock.pass(13 * 3_600_000)
    assert.match(await said(ticket), /too soon or too late/)
    const due = await field(path, 'ticket')
    site.clock.pass(4000)
    assert.match(await said(due), /check your mailbox/)
  })

  it('sets aside without a word what fills in an invisible field', async () => {
    await site.batch()
    const { body, code } = await sealed({ url: 'https://spam.example' })
    assert.deepEqual(await (await post('/sign', body, JSON_TYPE)).json(), { accepted: true, mail: false })
    const before = await counted()
    await site.batch()
    assert.equal(await counted(), before)
    assert.equal((await site.desk.standing(code))?.kind, 'waits')
  })

  it('reads no form twice over, none of another type, none too long', async () => {
    const path = letterUrls.receipt('kk')
    assert.equal((await post(path, 'code=a&code=b')).status, 400)
    assert.equal((await post(path, '%ff%fe=x&code=%ff')).status, 400)
    assert.equal((await post(path, `code=${'a'.repeat(70_000)}`)).status, 400)
    assert.equal((await post(path, '{"code":"x"}', JSON_TYPE)).status, 400)
    assert.equal((await post(letterUrls.withdraw('kk'), 'code=KR-00000-00000-00000-00000-00000-0')).status, 400)
  })

  it('breaks at no address', async () => {
    for (const path of [
      '/kk/l/%00',
      '/kk/c/../../x',
      '/kk/l/a%0d%0aset-cookie:x',
      '/log/tile/entries/..',
      '/letters/x/%2e%2e%2fy',
    ])
      assert.ok([301, 302, 400, 404, 410].includes((await get(path)).status), path)
    const [host = '', port = ''] = site.origin.replace('http://', '').split(':')
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), host, () =>
        socket.write('GET /kk/l/\xff\xfe HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'),
      )
      let text = ''
      socket.on('data', (part) => (text += String(part)))
      socket.on('close', () => resolve(text))
    })
    assert.match(answer, /^HTTP\/1\.1 4\d\d /)
  })

  it('says the numbers for programs as the pages show them', async () => {
    const numbers = (await (await get(letterUrls.numbers(site.letter.id))).json()) as Record<string, unknown>
    assert.equal(numbers['total'], await counted())
    assert.deepEqual(numbers['contradictions'], [])
  })

  it('says in words and in a header when to come again if a client asks for too much, and takes nothing', async () => {
    let left = 0
    const busy = await LetterSite.open({
      rate: { perSecond: 1, burst: 1, take: () => (left-- > 0 ? { left, wait: 0 } : { left: 0, wait: 7 }) },
      seen: (desk) =>
        instead(desk, {
          signForm: async () => ({ kind: 'busy', seconds: 11 }),
          resend: async () => ({ kind: 'busy', seconds: 12 }),
          standing: async () => {
            throw new Error('disk full at Құпия-есім-551')
          },
        }),
    })
    try {
      const send = (path: string, body: string): Promise<Response> =>
        fetch(busy.at(path), { method: 'POST', headers: FORM, body })
      const receipt = 'code=KR-00000-00000-00000-00000-00000-0'
      for (const answer of [
        await send(letterUrls.receipt('kk'), receipt),
        await fetch(busy.at('/work/sign')),
        await fetch(busy.at('/sign'), { method: 'POST', headers: JSON_TYPE, body: '{}' }),
      ]) {
        assert.equal(answer.status, 429)
        assert.equal(answer.headers.get('retry-after'), '7')
      }
      assert.match(await (await send(letterUrls.receipt('kk'), receipt)).text(), /Желіңізден тым көп сұрау келді/)
      left = 1
      const resent = await send(letterUrls.resend('kk'), `${receipt}&mail=a@mail.example`)
      assert.deepEqual([resent.status, resent.headers.get('retry-after')], [503, '12'])
      const path = letterUrls.sign('kk', busy.letter.id)
      const page = await (await fetch(busy.at(path))).text()
      const [, ticket = ''] = /name="ticket"\s+value="([^"]*)"/.exec(page) ?? []
      busy.clock.pass(4000)
      left = 1
      const fields = { name: 'Аты', region: 'KZ-10', mail: 'a@mail.example', consent: 'yes', version: '1', ticket }
      const signed = await send(path, new URLSearchParams(fields).toString())
      assert.deepEqual([signed.status, signed.headers.get('retry-after')], [503, '11'])
      assert.match(await signed.text(), /Жазғаныңыз осында тұр[^]+value="Аты"/)
      left = 1
      const broken = await send(letterUrls.receipt('kk'), receipt)
      assert.equal(broken.status, 500)
      assert.ok(!(await broken.text()).includes('551'))
    } finally {
      await busy[Symbol.asyncDispose]()
    }
  })

  it('lists several letters, and leads to each', async () => {
    const several = await LetterSite.open()
    try {
      await several.desk.publish({ ...several.letter, id: 'second' })
      await several.desk.tick()
      const text = await (await fetch(several.at('/kk/'))).text()
      for (const id of ['second', several.letter.id]) {
        assert.ok(text.includes(letterUrls.letter('kk', id)))
        assert.equal((await fetch(several.at(letterUrls.letter('kk', id)))).status, 200)
      }
    } finally {
      await several[Symbol.asyncDispose]()
    }
  })
})
