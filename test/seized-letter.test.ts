// A letter service that people have used is taken away, running: nothing on its disk, and nothing it printed, names one.
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { makeWork } from '../bench/people/made-work.ts'
import { solveWork } from '../src/browser/work/solve.ts'
import { defined } from '../src/core/model/defined.ts'
import { DAY_MS } from '../src/core/model/duration.ts'
import { encodeReceipt, formatReceipt } from '../src/letter/core/signature.ts'
import type { Letter, Signature } from '../src/letter/core/letter.ts'
import { sealSignature } from '../src/letter/sign/seal.ts'
import { eventually } from './kit/crash/eventually.ts'
import { KuagerProcesses } from './kit/servers/kuager-process.ts'
import { HOLDERS, publicLetter } from './kit/letter/letter-sample.ts'
import { openMailServer, textOfMail, type MailServer } from './kit/servers/mail-server.ts'
import { findTraces, needlesOf, tracesIn, type Secret } from './kit/measured/traces.ts'

const WORK_SECRET = 'of a test alone, so that a flood of solutions is made at once'
const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)

const NAMES = {
  sealed: 'Ақниет Жоқбекова',
  mailed: 'Сырымбет Өтегенұлы',
  form: 'Құндызай Тұрлыханқызы',
  wrong: 'Несбыточная Ошибка',
}
const COMMENTS = { sealed: 'Әжем телефонға қол жеткізе алмады', form: 'Балам сабаққа кіре алмай қалды' }
const MAILS = {
  confirmed: 'saqniet.reader@mailbox.example',
  form: 'qundyzai.reader@mailbox.example',
  never: 'eshqashan.reader@mailbox.example',
  wrong: 'qate.reader@mailbox.example',
}
const ADDRESSES = {
  phone: '95.214.133.177',
  home: '2a0b:f4c2:91:2::77',
  flood: '95.214.133.201',
  wrong: '2a0b:f4c2:93:8::15',
}

const PLANTED: readonly Secret[] = [
  ...Object.entries({ ...NAMES }).map(([what, text]) => ({ what: `name, ${what}`, kind: 'text' as const, text })),
  ...Object.entries(COMMENTS).map(([what, text]) => ({ what: `comment, ${what}`, kind: 'text' as const, text })),
  ...Object.entries(MAILS).map(([what, text]) => ({ what: `mailbox, ${what}`, kind: 'text' as const, text })),
  ...Object.values(MAILS).map((text) => ({
    what: 'part of a mailbox',
    kind: 'text' as const,
    text: text.split('@')[0]!,
  })), // split gives at least one part
  ...Object.entries(ADDRESSES).map(([what, text]) => ({ what: `address, ${what}`, kind: 'address' as const, text })),
]

class Signers {
  readonly secrets: Secret[] = [...PLANTED]
  readonly letter: Letter
  readonly mails: MailServer
  origin = ''

  constructor(letter: Letter, mails: MailServer) {
    this.letter = letter
    this.mails = mails
  }

  post(path: string, body: string, address: string, type = 'application/x-www-form-urlencoded'): Promise<Response> {
    return fetch(`${this.origin}${path}`, {
      method: 'POST',
      body,
      headers: {
        'content-type': type,
        'x-forwarded-for': address,
        'user-agent': NAMES.wrong.normalize('NFKD').replaceAll(/[^ -~]/g, ''),
        cookie: `who=${MAILS.wrong}`,
      },
    })
  }

  /** Signs as the script of the page does; gives the code of the receipt. */
  async sign(
    signature: Partial<Signature>,
    { mail, address, work }: { readonly mail?: string; readonly address: string; readonly work: string },
  ): Promise<string> {
    const sealed = await sealSignature(this.#signature(signature), this.letter.keys)
    const code = encodeReceipt(randomBytes(16))
    const body = {
      letter: this.letter.id,
      version: 1,
      region: 'KZ-75',
      lang: 'kk',
      sealed: Buffer.from(sealed).toString('base64'),
      receipt: createHash('sha256').update(code).digest('hex'),
      ...defined({ mail }),
      work,
      url: '',
    }
    const answer = await this.post('/sign', JSON.stringify(body), address, 'application/json')
    assert.equal(answer.status, 202, await answer.text())
    this.#keep('receipt', code)
    return code
  }

  #signature(signature: Partial<Signature>): Signature {
    return {
      format: 'kuager-signature/1',
      letter: this.letter.id,
      version: 1,
      consent: this.letter.consent.version,
      name: NAMES.sealed,
      region: 'KZ-75',
      show_name: true,
      lang: 'kk',
      ...signature,
    }
  }

  #keep(what: string, code: string): void {
    this.secrets.push({ what, kind: 'code', text: code }, { what, kind: 'code', text: formatReceipt(code) })
  }

  /** Signs by the form without scripts, pressed twice as somebody does who is fast; gives the code that is shown. */
  async signByForm(fields: Readonly<Record<string, string>>, address: string): Promise<string> {
    const path = `/kk/l/${this.letter.id}/sign`
    const ticketIn = (page: string): string => /name="ticket" value="([^"]+)"/.exec(page)?.[1] ?? ''
    const first = await (await fetch(`${this.origin}${path}`, { headers: { 'x-forwarded-for': address } })).text()
    const send = (ticket: string): Promise<Response> =>
      this.post(path, new URLSearchParams({ version: '1', url: '', ...fields, ticket }).toString(), address)
    const early = await (await send(ticketIn(first))).text()
    const answer = await send(ticketIn(early))
    const page = await answer.text()
    const code = /KR-[0-9A-Z-]{31}/.exec(page)?.[0] ?? ''
    assert.notEqual(code, '', page)
    this.secrets.push({ what: 'receipt of a form', kind: 'code', text: code })
    this.secrets.push({ what: 'receipt of a form', kind: 'code', text: code.replace('KR-', '').replaceAll('-', '') })
    return code
  }

  /** Token of the newest mail to an address, once it has come. */
  async tokenFor(mail: string): Promise<string> {
    const newest = await eventually(() => this.mails.received.findLast(({ to }) => to.includes(mail)))
    const token = /\/c\/([\w-]{22})/.exec(textOfMail(newest))?.[1] ?? ''
    assert.notEqual(token, '')
    this.secrets.push({ what: 'token', kind: 'code', text: token })
    return token
  }

  async confirm(token: string, address: string): Promise<void> {
    const answer = await this.post(`/kk/c/${token}`, '', address)
    assert.equal(answer.status, 200)
  }
}

/** Sends what is no request as it should be, with what nobody may keep in every place of it. */
async function provoke(signers: Signers): Promise<void> {
  const { origin, letter } = signers
  const wrong = JSON.stringify({ name: NAMES.wrong, mail: MAILS.wrong, letter: [MAILS.wrong] })
  const address = ADDRESSES.wrong
  await signers.post('/sign', wrong, address, 'application/json')
  await signers.post('/sign', wrong.slice(0, -9), address, 'application/json')
  await signers.post('/sign', wrong, address, 'text/plain')
  await signers.post('/sign', JSON.stringify(MAILS.wrong.repeat(3000)), address, 'application/json')
  const fields = new URLSearchParams({ name: NAMES.wrong, mail: MAILS.wrong, version: '99', region: MAILS.wrong })
  await signers.post(`/kk/l/${letter.id}/sign`, fields.toString(), address)
  await signers.post(`/kk/c/${MAILS.wrong}`, '', address)
  await signers.post('/kk/receipt', `code=${encodeURIComponent(NAMES.wrong)}`, address)
  await signers.post('/kk/receipt/resend', `code=1&mail=${encodeURIComponent(MAILS.wrong)}`, address)
  for (const path of [`/kk/l/${encodeURIComponent(NAMES.wrong)}`, `/kk/?mail=${MAILS.wrong}`, '/%zz', '/kk/l/..%2f'])
    await fetch(`${origin}${path}`, { headers: { 'x-forwarded-for': `${address}, ${MAILS.wrong}` } })
  for (const raw of [
    `GET / HTTP/1.1\r\nhost: ${MAILS.wrong}\r\nx-forwarded-for: ${address}\r\ncontent-length: x\r\n\r\n`,
    `${MAILS.wrong} ${address}\r\n\r\n`,
    `POST /sign HTTP/1.1\r\nhost: x\r\nx-forwarded-for: ${address}\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{"mail":"${MAILS.wrong}`,
  ]) {
    const socket = connect(Number(new URL(origin).port), '127.0.0.1')
    socket.on('error', () => undefined) // the server may cut it
    await once(socket, 'connect')
    socket.end(raw)
    socket.resume()
    await once(socket, 'close')
  }
}

describe('a letter service that is taken away', () => {
  it('names no signer: in no file, backup or line, in no encoding, running, killed, ended or destroyed', async () => {
    const root = await mkdtemp(join(tmpdir(), 'kuager-seized-'))
    const place = (name: string): string => join(root, name)
    const [folder, secrets, cwd] = [place('folder'), place('secrets'), place('cwd')]
    await mkdir(secrets, { mode: 0o700 })
    await mkdir(cwd)
    await using mails = await openMailServer()
    using programs = new KuagerProcesses(cwd, { KUAGER_WORK_SECRET: WORK_SECRET })
    try {
      const settings = { host: '127.0.0.1', port: mails.port, encryption: 'none', perMinute: 6000 }
      const from = { address: 'post@sender.example' }
      await writeFile(join(secrets, 'mail.json'), JSON.stringify({ ...settings, from }), { mode: 0o600 })
      const identity = await generateX25519Identity()
      const keys = { layers: [[{ holder: HOLDERS[0]!, recipient: await identityToRecipient(identity) }]] } // there are holders
      const now = Date.now()
      const days = { opens: dayOf(now - DAY_MS), closes: dayOf(now + DAY_MS), destroys: dayOf(now + 9 * DAY_MS) }
      const letter = publicLetter(keys, days)
      await writeFile(join(cwd, 'letter.json'), JSON.stringify(letter))
      const where = ['--folder', folder, '--secrets', secrets]
      await programs.run(['letter', 'publish', 'letter.json', ...where])

      const signers = new Signers(letter, mails)
      /** Looks through what a taker would have, as it lies there at this moment. */
      const search = async (when: string, folders: readonly string[]): Promise<void> => {
        const needles = needlesOf(signers.secrets)
        for (const one of folders)
          assert.deepEqual(await findTraces(one, needles), [], `${when}: ${one.slice(root.length)}`)
        assert.deepEqual(tracesIn(programs.said, 'what was printed', needles), [], when)
        assert.deepEqual(
          (await readdir(cwd)).filter((name) => name.startsWith('core')),
          [],
        )
      }
      const cheap = (): string => makeWork(WORK_SECRET, 'sign', Date.now())

      const server = await programs.serve(['letter', 'serve', ...where])
      signers.origin = server.origin
      const challenge: unknown = await (await fetch(`${server.origin}/work/sign`)).json()
      const work = await solveWork(challenge, { signal: AbortSignal.timeout(60_000) })
      const first = await signers.sign(
        { name: NAMES.sealed, comment: COMMENTS.sealed },
        { address: ADDRESSES.phone, work },
      )
      const asked = { address: ADDRESSES.home, mail: MAILS.confirmed }
      await signers.sign({ name: NAMES.mailed, mail: MAILS.confirmed }, { ...asked, work: cheap() })
      await signers.confirm(await signers.tokenFor(MAILS.confirmed), ADDRESSES.home)
      // A second time with the same mailbox, and one that nobody confirms.
      await signers.sign({ name: NAMES.mailed, mail: MAILS.confirmed }, { ...asked, work: cheap() })
      await signers.sign({ name: NAMES.mailed }, { address: ADDRESSES.home, mail: MAILS.never, work: cheap() })
      await signers.tokenFor(MAILS.never)
      const fields = {
        name: NAMES.form,
        region: 'KZ-71',
        mail: MAILS.form,
        comment: COMMENTS.form,
        consent: 'yes',
        keep: 'yes',
      }
      const form = await signers.signByForm(fields, ADDRESSES.phone)
      await signers.confirm(await signers.tokenFor(MAILS.form), ADDRESSES.phone)
      await provoke(signers)
      for (let n = 0; n < 70; n++) await signers.sign({}, { address: ADDRESSES.flood, work: cheap() })
      for (const code of [first, form]) await signers.post('/kk/receipt', `code=${code}`, ADDRESSES.phone)
      await signers.post('/kk/receipt/resend', `code=${form}&mail=${encodeURIComponent(MAILS.form)}`, ADDRESSES.phone)

      // It was used: two confirmed, one more of a known mailbox and one of nobody's wait, and the flood is here.
      const said = await programs.run(['letter', 'status', '--json', ...where])
      const used = /"waiting":(\{[^}]*\})/.exec(said)?.[1] ?? '{}'
      const { awaiting, pending, held, counted } = JSON.parse(used) as Readonly<Record<string, number>>
      assert.deepEqual([awaiting, (pending ?? 0) + (held ?? 0) + (counted ?? 0)], [2, 73], said)

      await programs.run(['registry', 'backup', '--folder', folder, '--out', place('backup')])
      await cp(folder, place('taken'), { recursive: true, filter: (path) => !path.endsWith('.sock') })
      await search('running', [place('taken'), place('backup'), secrets, cwd])
      await server.end('SIGKILL')
      await search('killed', [folder, secrets, cwd])

      const again = await programs.serve(['letter', 'serve', ...where])
      signers.origin = again.origin
      const withdrawn = await signers.post('/kk/receipt/withdraw', `code=${form}&sure=yes`, ADDRESSES.phone)
      assert.equal(withdrawn.status, 200)
      await again.end('SIGTERM')
      await search('ended', [folder, secrets, cwd])

      await programs.run(['letter', 'destroy', letter.id, '--sure', letter.id, '--early', ...where])
      await search('destroyed', [folder, secrets, cwd])
      assert.ok(!(await readdir(secrets)).some((name) => name.endsWith('.key')))
    } finally {
      await rm(root, { recursive: true })
    }
  })
})
