import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { LetterSite } from '../../../test/kit/letter/letter-site.ts'
import { InputError } from '../../core/model/errors.ts'
import type { FormSigned, FormSigning } from '../contract.ts'
import { letterUrls } from './urls.ts'

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const CODE = 'KR-00000-00000-00000-00000-00000-0'
const TYPED = {
  name: "Әлия О'Коннор-Ұлықбек 😀",
  region: 'KZ-10',
  mail: 'Aliya+letter@Mail.example',
  comment: 'Бірінші жол\nЕкінші жол',
  keep: 'yes',
  consent: 'yes',
  version: '1',
}

describe('a form of the letter that is refused', () => {
  let site: LetterSite
  /** Forms that may come before one is too many. */
  let left = 0
  let answer: () => Promise<FormSigned>
  let came: FormSigning | undefined
  before(async () => {
    site = await LetterSite.open({
      rate: {
        perSecond: 1,
        burst: 1,
        take: () => (left-- > 0 ? { left, wait: 0, part: 'here' } : { left: 0, wait: 7, part: 'here' }),
      },
      seen: (desk) =>
        new Proxy(desk, {
          get(of, name): unknown {
            if (name === 'signForm')
              return (form: FormSigning) => {
                came = form
                return answer()
              }
            if (name === 'resend') return async () => ({ kind: 'busy', seconds: 12 })
            const value: unknown = Reflect.get(of, name, of)
            return typeof value === 'function' ? (...args: unknown[]): unknown => Reflect.apply(value, of, args) : value
          },
        }),
    })
  })
  after(() => site[Symbol.asyncDispose]())

  const send = (path: string, fields: object, headers: object = {}): Promise<Response> =>
    fetch(site.at(path), {
      method: 'POST',
      headers: { ...FORM, ...headers },
      body: new URLSearchParams({ ...fields }).toString(),
    })
  const path = (): string => letterUrls.sign('kk', site.letter.id)
  /** The ticket of a page, or of a form that is asked for and filled in by a person. */
  const ticketOf = (page: string): string => /name="ticket"\s+value="([^"]*)"/.exec(page)?.[1] ?? ''
  const ticket = async (): Promise<string> => {
    const page = await (await fetch(site.at(path()))).text()
    site.clock.pass(4000)
    return ticketOf(page)
  }
  const keeps = (page: string): void => {
    assert.ok(page.includes('value="Әлия О&#39;Коннор-Ұлықбек 😀"'))
    assert.ok(page.includes('value="Aliya+letter@Mail.example"'))
    assert.ok(page.includes('Бірінші жол\nЕкінші жол</textarea>'))
    assert.match(page, /<option value="KZ-10" selected>/)
    assert.match(page, /id="s-keep"[^>]*checked/)
  }
  const isAgreed = (page: string): boolean => /id="s-consent"[^>]*checked/.test(page)

  it('for how often its network sends comes back as it was typed, and is taken when it is sent again', async () => {
    answer = async () => ({ kind: 'busy', seconds: 1 })
    left = 0
    const back = await send(path(), { ...TYPED, ticket: await ticket() })
    const page = await back.text()
    assert.deepEqual([back.status, back.headers.get('retry-after')], [429, '7'])
    keeps(page)
    assert.ok(isAgreed(page))
    assert.match(page, /Желіңіздің осы бөлігінен тым көп сұрау келіп жатыр[^<]*7 секундтан кейін/)
    assert.doesNotMatch(page, /Мұны түзету керек/, 'there is nothing to put right')
    left = 1
    came = undefined
    await send(path(), { ...TYPED, ticket: ticketOf(page) })
    assert.equal(Reflect.get(came ?? {}, 'name'), TYPED.name)
  })

  it('because a page of another site sent it comes back to be looked through, with no consent given', async () => {
    left = 1
    came = undefined
    const back = await send(path(), { ...TYPED, ticket: await ticket() }, { 'sec-fetch-site': 'cross-site' })
    const page = await back.text()
    assert.equal(back.status, 403)
    keeps(page)
    assert.equal(isAgreed(page), false)
    assert.equal(came, undefined)
  })

  it('because it is too long, or cannot be read, comes back with what was read', async () => {
    left = 2
    const long = await send(path(), { ...TYPED, ticket: await ticket(), comment: `Басы ${'ұ'.repeat(60_000)}` })
    const page = await long.text()
    assert.equal(long.status, 400)
    assert.ok(page.includes('Басы ұұұ') && page.includes('value="Aliya+letter@Mail.example"'))
    assert.match(page, /id="s-comment-e"/)
    const odd = await send(path(), { ...TYPED, ticket: await ticket(), name: `${TYPED.name}\ufffd` })
    assert.equal(odd.status, 400)
    keeps(await odd.text())
  })

  it('because we failed, or are too busy, comes back as it was typed and says when to come again', async () => {
    for (const [how, status, wait] of [
      [async () => Promise.reject(new Error('the disk is full')), 500, '60'],
      [async () => Promise.reject(new InputError('odd', { code: 'x', path: 'nowhere', expected: 'y' })), 400, null],
      [async () => ({ kind: 'busy', seconds: 11 }), 503, '11'],
    ] as readonly (readonly [typeof answer, number, string | null])[]) {
      left = 1
      answer = how
      const back = await send(path(), { ...TYPED, ticket: await ticket() })
      assert.deepEqual([back.status, back.headers.get('retry-after')], [status, wait])
      const page = await back.text()
      keeps(page)
      assert.ok(isAgreed(page))
      assert.doesNotMatch(page, /disk is full/)
    }
  })

  it('is read as the script of the page reads it: nothing stays in a name that breaks or turns a line', async () => {
    left = 1
    answer = async () => ({ kind: 'busy', seconds: 1 })
    await send(path(), { ...TYPED, ticket: await ticket(), name: ' Ан\tна\u202e Ли ', comment: 'а\u2066б\r\nв\u0007' })
    assert.deepEqual([came?.name, came?.comment], ['Ан на Ли', 'аб\nв'])
  })

  it('about a receipt comes back with the code, and with the address where there is one', async () => {
    const typed = `value="${CODE}"`
    for (const [to, fields, status] of [
      [letterUrls.receipt('kk'), { code: CODE }, 429],
      [letterUrls.proof('kk'), { code: CODE }, 429],
      [letterUrls.withdraw('kk'), { code: CODE, sure: 'yes' }, 429],
      [letterUrls.resend('kk'), { code: CODE, mail: 'a@mail.example' }, 429],
      [letterUrls.resend('kk'), { code: CODE, mail: 'a@mail.example' }, 503],
    ] as const) {
      left = status === 503 ? 1 : 0
      const back = await send(to, fields)
      const page = await back.text()
      assert.deepEqual([back.status, back.headers.get('retry-after')], [status, status === 503 ? '12' : '7'], to)
      assert.equal(page.split(typed).length, 2, `${to}: in one form alone`)
      assert.equal(page.includes('value="a@mail.example"'), 'mail' in fields)
    }
    left = 2
    const wrong = await send(letterUrls.receipt('kk'), { code: 'KR-12345"><b>' })
    assert.ok((await wrong.text()).includes('value="KR-12345&quot;&gt;&lt;b&gt;"'))
    assert.ok((await (await send(letterUrls.receipt('kk'), { code: CODE })).text()).includes(typed), 'of no signature')
  })

  it('of a link shows its button again, and confirms nothing', async () => {
    const to = letterUrls.confirm('kk', 'a'.repeat(22))
    left = 0
    const many = await send(to, {})
    assert.deepEqual([many.status, many.headers.get('retry-after')], [429, '7'])
    assert.match(await many.text(), /Желіңізден тым көп сұрау келді[^]*<button type="submit"/)
    left = 1
    const foreign = await send(to, {}, { 'sec-fetch-site': 'cross-site' })
    assert.equal(foreign.status, 403)
    assert.match(await foreign.text(), /<button type="submit"/)
  })
})
