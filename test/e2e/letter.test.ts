import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { runCommand } from '../../src/cli/main.ts'
import { letterUrls } from '../../src/letter/pages/urls.ts'
import { SENT_BYTES, signatureSchema, type Signature } from '../../src/letter/core/letter.ts'
import { LayerOpener } from '../../src/letter/handover/age.ts'
import { chromiumPath, openBrowser } from '../kit/browser/browser.ts'
import { LetterSite } from '../kit/letter/letter-site.ts'
import { textOfMail } from '../kit/servers/mail-server.ts'
import { testWorld } from '../kit/servers/world.ts'

const skip = chromiumPath() === undefined ? 'there is no Chromium at /usr/bin: apt-get install chromium' : false
const AGE = ageProgram()
const NAME = 'Әсел Ұлықбекқызы'
const COMMENT = 'Құпия пікір 7261'
const RECEIPT = /KR(?:-[0-9A-Z]{1,5}){6}/

describe('signing an open letter', { skip }, () => {
  let browser: Browser
  let site: LetterSite
  before(async () => {
    browser = await openBrowser()
  })
  after(() => browser.close())

  const opened = async (
    options: Parameters<Browser['newContext']>[0] = {},
  ): Promise<[Page, string[], BrowserContext]> => {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, ...options })
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (message) => complaints.push(message.text()))
    page.on('request', (request) => {
      if (!request.url().startsWith(site.origin)) complaints.push(`asks ${request.url()}`)
    })
    return [page, complaints, context]
  }
  const fill = async (page: Page, fields: { readonly mail?: string; readonly keep?: boolean } = {}): Promise<void> => {
    await page.fill('[name=name]', NAME)
    await page.selectOption('[name=region]', 'KZ-75')
    await page.fill('[name=comment]', COMMENT)
    if (fields.mail !== undefined) await page.fill('[name=mail]', fields.mail)
    if (fields.keep === true) await page.check('[name=keep]')
    await page.check('[name=consent]')
  }
  const receiptOn = async (page: Page): Promise<string> => {
    const shown = page.locator('[data-done]:not([hidden]) [data-code]')
    await shown.waitFor()
    return RECEIPT.exec(await shown.innerText())?.[0] ?? ''
  }
  const look = async (page: Page, receipt: string): Promise<string> => {
    await page.goto(site.at(letterUrls.receipt('kk')))
    await page.fill('#r-code', receipt)
    await page.click('form >> nth=0 >> button')
    return page.locator('.found h2').innerText()
  }
  const total = async (): Promise<number> => (await site.desk.count(site.letter.id))?.total ?? -1

  it('without a mailbox: sealed in the browser, counted with the batch, proved, withdrawn', async () => {
    site = await LetterSite.open()
    try {
      const [page, complaints, context] = await opened()
      await page.goto(site.at(letterUrls.sign('kk', site.letter.id)))
      const sent = page.waitForRequest((request) => request.method() === 'POST')
      await fill(page)
      await page.click('button[type=submit]')
      const receipt = await receiptOn(page)
      const body = (await sent).postData() ?? ''
      for (const secret of [NAME, COMMENT, receipt, receipt.replaceAll('-', '').slice(2)])
        assert.ok(!body.includes(secret), 'what was sent names nobody')
      assert.equal(Buffer.byteLength(body) % SENT_BYTES, 0, 'its length tells nothing')

      assert.equal(await page.locator('input').count(), 0, 'the form is gone')
      assert.ok(!(await page.content()).includes(NAME))
      assert.deepEqual(await context.cookies(), [])
      const stored = await page.evaluate(async () => [
        localStorage.length,
        sessionStorage.length,
        (await indexedDB.databases()).length,
        (await caches.keys()).length,
      ])
      assert.deepEqual(stored, [0, 0, 0, 0])
      assert.equal(await page.title(), 'Хат')

      assert.equal(await look(page, receipt), 'Қабылданды, кезек күтіп тұр')
      assert.equal(await total(), 0)
      await site.batch()
      assert.equal(await total(), 1)
      assert.equal(await look(page, receipt.toLowerCase()), 'Есепке алынды')
      assert.ok(!page.url().includes('KR-'))

      const saved = page.waitForEvent('download')
      await page.click('text=Дәлелді сақтау >> nth=-1')
      const folder = mkdtempSync(join(tmpdir(), 'kuager-letter-proof-'))
      try {
        const file = join(folder, 'proof.tlog-proof')
        await (await saved).saveAs(file)
        let said = ''
        const world = testWorld(folder, (text) => (said += text))
        const exit = await runCommand(['letter', 'verify', site.origin, '--receipt', file, '--lang', 'en'], world)
        assert.equal(exit, 0, said)
      } finally {
        rmSync(folder, { recursive: true })
      }

      await page.check('#w-sure')
      await page.click('text=Қолтаңбаны қайтарып алу >> nth=-1')
      assert.equal(await page.locator('h1').innerText(), 'Қолтаңба қайтарып алынды')
      await site.batch()
      assert.equal(await total(), 0)
      assert.equal(await look(page, receipt), 'Қайтарып алынды')
      assert.deepEqual(complaints, [])
    } finally {
      await site[Symbol.asyncDispose]()
    }
  })

  it('with a mailbox: a neutral mail, a link that only its button confirms, a second signature that looks the same', async () => {
    site = await LetterSite.open()
    try {
      const [page, complaints] = await opened()
      const sign = async (): Promise<string> => {
        await page.goto(site.at(letterUrls.sign('ru', site.letter.id)))
        await fill(page, { mail: 'Aigul+x@mail.example', keep: true })
        await page.click('button[type=submit]')
        const receipt = await receiptOn(page)
        return receipt
      }
      const receipt = await sign()
      const first = (await page.locator('main').innerText()).replace(RECEIPT, '')
      const link = await site.mailedLink()
      const raw = site.mails?.received.at(-1)?.raw ?? ''
      for (const word of [NAME, site.letter.title.ru, 'письмо о', 'подпис', COMMENT])
        assert.ok(!`${raw}${textOfMail(site.mails!.received.at(-1)!)}`.includes(word), word) // both were sent
      assert.match(link, /^\/ru\/c\//)

      await page.goto(site.at(link))
      await page.goto(site.at(link))
      await site.batch()
      assert.equal(await total(), 0, 'looking confirms nothing')
      assert.ok(!page.url().includes('KR-'))
      await page.goto(site.at(link))
      await page.click('button[type=submit]')
      assert.equal(await page.locator('h1').innerText(), 'Подтверждено')
      await site.batch()
      assert.deepEqual((await site.desk.count(site.letter.id))?.counted, { claimed: 0, mail: 1, form: 0 })
      assert.equal(await page.goto(site.at(link)).then((response) => response?.status()), 410)

      const again = await sign()
      assert.equal((await page.locator('main').innerText()).replace(RECEIPT, ''), first)
      assert.notEqual(again, receipt)
      await site.folder.mailed()
      assert.equal(site.mails?.received.length, 2)
      assert.doesNotMatch(textOfMail(site.mails.received[1]!), /\/c\//) // two were received
      await site.batch()
      assert.equal(await total(), 1)
      assert.deepEqual(
        complaints.filter((text) => !text.includes('410')),
        [],
      )
    } finally {
      await site[Symbol.asyncDispose]()
    }
  })

  it('with JavaScript off: the server seals, a mailbox confirms, counted apart', async () => {
    site = await LetterSite.open()
    try {
      const [page, complaints, context] = await opened({ javaScriptEnabled: false })
      await page.goto(site.at(letterUrls.sign('kk', site.letter.id)))
      await fill(page, { mail: 'nojs@mail.example' })
      // As long as the field lets it be: the browser sends two characters for each end of a line.
      await page.fill('[name=comment]', 'аб\n'.repeat(200))
      await page.click('button[type=submit]')
      // Faster than anybody reads: everything typed is given back, and a second press is enough.
      assert.match(await page.locator('[role=alert]').first().innerText(), /тым тез/)
      assert.equal(await page.inputValue('[name=name]'), NAME)
      await page.click('button[type=submit]')
      assert.equal(await page.locator('h1').innerText(), 'Енді пошта жәшігіңізді қараңыз')
      const receipt = RECEIPT.exec(await page.locator('.code').innerText())?.[0] ?? ''
      await page.goto(site.at(await site.mailedLink()))
      await page.click('button[type=submit]')
      await site.batch()
      assert.deepEqual((await site.desk.count(site.letter.id))?.counted, { claimed: 0, mail: 0, form: 1 })
      assert.equal(await look(page, receipt), 'Есепке алынды')
      assert.deepEqual(await context.cookies(), [])
      assert.deepEqual(complaints, [])
    } finally {
      await site[Symbol.asyncDispose]()
    }
  })

  it(
    'to two layers of keys: opened by the age program alone, one holder of each',
    { skip: AGE === undefined ? 'there is no age: apt-get install age' : false },
    async () => {
      site = await LetterSite.open({ layers: 2 })
      try {
        const [page, complaints] = await opened()
        await page.goto(site.at(letterUrls.sign('en', site.letter.id)))
        await fill(page, { mail: 'aigul@mail.example', keep: true })
        await page.check('[name=show]')
        await page.click('button[type=submit]')
        await receiptOn(page)
        const [row] = await (await site.folder.store()).find({ letter: site.letter.id }, { most: 2 })
        const plain = openByAge(row?.sealed ?? new Uint8Array(), [site.identities[1]?.[1], site.identities[0]?.[0]])
        assert.equal(plain.length % 512, 0)
        assert.deepEqual(signatureSchema.parse(JSON.parse(plain.toString('utf8'))), {
          format: 'kuager-signature/1',
          letter: site.letter.id,
          version: 1,
          consent: 1,
          name: NAME,
          region: 'KZ-75',
          mail: 'aigul@mail.example',
          comment: COMMENT,
          show_name: true,
          lang: 'en',
        } satisfies Signature)
        assert.deepEqual(complaints, [])
      } finally {
        await site[Symbol.asyncDispose]()
      }
    },
  )

  it('warns before a mailbox that others may read, with the way without one first', async () => {
    site = await LetterSite.open()
    try {
      const [page] = await opened()
      await page.goto(site.at(letterUrls.sign('kk', site.letter.id)))
      await fill(page, { mail: 'aigul@post.kz' })
      await page.click('button[type=submit]')
      const warning = page.locator('[data-warning]')
      await warning.waitFor()
      assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('data-way')), 'without')
      await page.keyboard.press('Enter')
      await receiptOn(page)
      assert.equal(site.mails?.received.length, 0)
      await site.batch()
      assert.deepEqual((await site.desk.count(site.letter.id))?.counted, { claimed: 1, mail: 0, form: 0 })
    } finally {
      await site[Symbol.asyncDispose]()
    }
  })

  it('seals no name that no holder could read, and every line of a comment as it was typed', async () => {
    site = await LetterSite.open()
    try {
      const [page, complaints] = await opened()
      await page.goto(site.at(letterUrls.sign('kk', site.letter.id)))
      let posts = 0
      page.on('request', (request) => (posts += request.method() === 'POST' ? 1 : 0))
      await fill(page)
      for (const name of ['   ', ' Ә ']) {
        await page.fill('[name=name]', name)
        await page.click('button[type=submit]')
        assert.equal(await page.$eval('[name=name]', (input) => (input as HTMLInputElement).checkValidity()), false)
      }
      assert.equal(posts, 0)
      await page.fill('[name=name]', ' Ян ')
      await page.fill('[name=comment]', `${'аб\n'.repeat(199)}ә`)
      await page.click('button[type=submit]')
      await receiptOn(page)
      const [row] = await (await site.folder.store()).find({ letter: site.letter.id }, { most: 1 })
      const opener = new LayerOpener([{ identity: site.identities[0]?.[0] ?? '', recipient: '' }])
      const seen = await opener.open(row?.sealed ?? new Uint8Array(), 1)
      assert.ok(seen.kind === 'opened')
      const { name, comment } = signatureSchema.parse(JSON.parse(new TextDecoder().decode(seen.bytes)))
      assert.deepEqual([name, comment], ['Ян', `${'аб\n'.repeat(199)}ә`])
      assert.deepEqual(complaints, [])
    } finally {
      await site[Symbol.asyncDispose]()
    }
  })

  it('loses nothing typed while the server is away, busy or closed, and a lost answer counts once', async () => {
    site = await LetterSite.open()
    try {
      const [page] = await opened()
      await page.goto(site.at(letterUrls.sign('kk', site.letter.id)))
      await fill(page)
      const told = page.locator('[data-told]')
      const press = async (expected: RegExp, stop = async (): Promise<void> => undefined): Promise<void> => {
        await page.click('button[type=submit]')
        await stop()
        await page.waitForFunction(
          (source) => new RegExp(source).test(document.querySelector('[data-told]')?.textContent ?? ''),
          expected.source,
        )
        assert.equal(await page.inputValue('[name=name]'), NAME)
        assert.match(await told.innerText(), expected)
      }
      await page.route('**/sign', (route) => route.abort())
      await press(/қосылу мүмкін болмады/)
      await page.unroute('**/sign')
      await page.route('**/work/sign', (route) =>
        route.fulfill({ status: 503, headers: { 'retry-after': '17' }, body: '' }),
      )
      await press(/17 секундтан/)
      await page.unroute('**/work/sign')
      // The server takes it, and its answer is lost on the way.
      await page.route('**/sign', async (route) => {
        if (route.request().method() !== 'POST') return route.continue()
        await route.fetch()
        await route.abort()
      })
      await press(/жеткен де, жетпеген де болуы мүмкін/)
      await page.unroute('**/sign')
      // The signer stops while it is being sent, and is not told that nothing was.
      const arrived = Promise.withResolvers<void>()
      await page.route('**/sign', async (route) => {
        if (route.request().method() !== 'POST') return route.continue()
        await route.fetch()
        arrived.resolve()
      })
      await press(/жеткен де, жетпеген де/, () => arrived.promise.then(() => page.click('[data-stop]')))
      await page.unroute('**/sign')
      await page.click('button[type=submit]')
      await receiptOn(page)
      await site.batch()
      assert.equal(await total(), 1)
    } finally {
      await site[Symbol.asyncDispose]()
    }
  })

  it('refuses a page whose keys are not those of the published document', async () => {
    site = await LetterSite.open()
    try {
      const other = await LetterSite.open()
      const foreign = other.letter.keys.layers[0]?.[0]?.recipient ?? ''
      await other[Symbol.asyncDispose]()
      const own = site.letter.keys.layers[0]?.[0]?.recipient ?? ''
      const [page] = await opened()
      let posts = 0
      page.on('request', (request) => {
        if (request.method() === 'POST') posts++
      })
      const cases = [
        // The page shows another key than the document.
        async () =>
          page.route('**/kk/l/**', async (route) => {
            const answer = await route.fetch()
            await route.fulfill({ response: answer, body: (await answer.text()).replaceAll(own, foreign) })
          }),
        // The document holds another key than the one whose digest is logged, and the page shows it too.
        async () =>
          page.route('**/letters/**', async (route) => {
            const answer = await route.fetch()
            await route.fulfill({ response: answer, body: (await answer.text()).replaceAll(own, foreign) })
          }),
      ]
      for (const tamper of cases) {
        await page.unrouteAll()
        await tamper()
        await page.goto(site.at(letterUrls.sign('kk', site.letter.id)))
        await fill(page)
        await page.click('button[type=submit]')
        await page.waitForFunction(() => /кілттері емес/.test(document.querySelector('[data-told]')?.textContent ?? ''))
        assert.equal(await page.inputValue('[name=name]'), NAME)
      }
      assert.equal(posts, 0)
    } finally {
      await site[Symbol.asyncDispose]()
    }
  })
})

function ageProgram(): string | undefined {
  try {
    execFileSync('age', ['--version'], { stdio: 'pipe' })
    return 'age'
  } catch {
    return undefined
  }
}

/** What the age program makes of a file with one identity after another. */
function openByAge(sealed: Uint8Array, identities: readonly (string | undefined)[]): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'kuager-letter-age-'))
  try {
    return identities.reduce((bytes, identity, at) => {
      const key = join(folder, `key-${at}`)
      writeFileSync(key, `${identity ?? ''}\n`, { mode: 0o600 })
      return execFileSync('age', ['--decrypt', '--identity', key], { input: bytes })
    }, Buffer.from(sealed))
  } finally {
    rmSync(folder, { recursive: true })
  }
}
