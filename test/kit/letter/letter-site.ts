import { randomBytes } from 'node:crypto'
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { readLetterAssets } from '../../../src/app/letter/assets.ts'
import { signAsCrowd } from '../../../src/app/demo/letter.ts'
import { LetterFolder } from '../../../src/app/letter/folder.ts'
import { defined } from '../../../src/core/model/defined.ts'
import type { ServedLog } from '../../../src/web/answer/log-routes.ts'
import { createLetterSite } from '../../../src/letter/pages/site.ts'
import { letterUrls } from '../../../src/letter/pages/urls.ts'
import type { Letter } from '../../../src/letter/core/letter.ts'
import { instant, millis, parseInstant } from '../../../src/core/model/units.ts'
import type { LetterDesk } from '../../../src/letter/contract.ts'
import type { SenderRate } from '../../../src/web/request/sender-rate.ts'
import { listen } from '../../../src/web/listen.ts'
import { systemClock } from '../../../src/runtime/clock.ts'
import { holdFolder } from '../../../src/runtime/files/data-folder.ts'
import type { Lang } from '../../../src/core/text/lang.ts'
import { openMailServer, textOfMail, type MailServer } from '../servers/mail-server.ts'
import { HOLDERS, publicLetter } from './letter-sample.ts'

const START = parseInstant('2026-03-12 15:00:00')

/** Goes on as time does, from a day in March; a test moves it ahead. */
export class MovedClock {
  #ahead = START - systemClock.now()
  readonly now = (): ReturnType<typeof instant> => instant(systemClock.now() + this.#ahead)
  readonly monotonic = (): ReturnType<typeof millis> => millis(systemClock.monotonic() + this.#ahead)
  pass(ms: number): void {
    this.#ahead += ms
  }
}

export interface LetterSiteOptions {
  /** Whether a mail server stands behind it. */
  readonly mail?: boolean
  readonly layers?: 1 | 2
  readonly letter?: Partial<Letter> | false
  readonly rate?: SenderRate
  /** The desk as the pages see it. */
  readonly seen?: (desk: LetterDesk) => LetterDesk
}

/** A letter service with everything real: folder, registry, log, secrets, mail server on loopback, pages. */
export class LetterSite implements AsyncDisposable {
  readonly clock = new MovedClock()
  /** Secrets of the holders, by layer. */
  readonly identities: string[][] = []
  readonly stack = new AsyncDisposableStack()
  folder!: LetterFolder // set by open, which is the only way to make one
  desk!: LetterDesk // set by open
  letter!: Letter // set by open
  mails: MailServer | undefined
  /** Address without a slash at its end. */
  origin = ''
  secrets = ''

  static async open(options: LetterSiteOptions = {}): Promise<LetterSite> {
    const { mail = true, layers = 1, letter = {} } = options
    const site = new LetterSite()
    const { stack } = site
    const root = await mkdtemp(join(tmpdir(), 'kuager-letter-site-'))
    stack.defer(() => rm(root, { recursive: true, force: true }))
    site.secrets = join(root, 'secrets')
    await mkdir(site.secrets, { mode: 0o700 })
    if (mail) {
      site.mails = stack.use(await openMailServer())
      const settings = {
        host: '127.0.0.1',
        port: site.mails.port,
        encryption: 'none',
        from: { address: 'post@mail.example' },
        perMinute: 6000,
      }
      await writeFile(join(site.secrets, 'mail.json'), JSON.stringify(settings), { mode: 0o600 })
    }
    const { recipients, identities } = await makeKeys(layers)
    site.identities.push(...identities)
    const opening = { secrets: site.secrets, simulated: true, clock: site.clock, origin: 'https://letter.example' }
    site.folder = stack.use(new LetterFolder(await holdFolder(join(root, 'folder'), 'test'), {}, opening))
    site.desk = await site.folder.desk()
    const keys = {
      layers: recipients.map((layer) => layer.map((recipient, at) => ({ holder: holderOf(at), recipient }))),
    }
    site.letter = publicLetter(keys, letter === false ? {} : letter)
    if (letter !== false) {
      await site.desk.publish(site.letter)
      await site.desk.tick()
    }
    await site.#serve(options)
    return site
  }

  async #serve({ rate, seen = (desk) => desk }: LetterSiteOptions): Promise<void> {
    const { assets, tag, seals } = await readLetterAssets()
    const made = createLetterSite({
      desk: seen(this.desk),
      work: this.folder.work,
      transparency: () => this.#log(),
      frame: { assets: tag, seals },
      assets,
      clock: this.clock,
      log: this.folder.lines,
      random: (bytes) => randomBytes(bytes),
      ...defined({ rate }),
    })
    const server = this.stack.use(await listen(made, { host: '127.0.0.1', port: 0 }))
    this.origin = server.url.replace(/\/$/, '')
  }

  async #log(): Promise<ServedLog | undefined> {
    const log = await this.folder.log()
    if (log === undefined) return undefined
    return { folder: log.folder, keys: log.keys, latest: () => log.latest(), prove: (leaves) => log.prove(leaves) }
  }

  /** Address of a page, by what makes its path. */
  at(path: string): string {
    return `${this.origin}${path}`
  }

  /** Lets the time of a batch pass, and counts it. */
  async batch(ms = 15 * 60_000): Promise<void> {
    this.clock.pass(ms)
    await this.desk.tick()
  }

  /** Path of the link in the newest mail, after every mail was taken. */
  async mailedLink(): Promise<string> {
    await this.folder.mailed()
    const text = this.mails?.received.at(-1)
    const [path = ''] = /\/(?:kk|ru|en)\/c\/[\w-]{22}/.exec(text === undefined ? '' : plain(textOfMail(text))) ?? []
    return path
  }

  /** Every page that anybody can open, by name. */
  pages(lang: Lang): Readonly<Record<string, string>> {
    const { id } = this.letter
    return {
      letter: letterUrls.first(lang),
      sign: letterUrls.sign(lang, id),
      count: letterUrls.count(lang, id),
      keys: letterUrls.keys(lang, id),
      receipt: letterUrls.receipt(lang),
      safety: letterUrls.safety(lang),
      law: letterUrls.law(lang),
      used: letterUrls.confirm(lang, 'a'.repeat(22)),
      unknown: `/${lang}/nothing-here`,
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stack.disposeAsync()
  }
}

/** Soft line breaks of quoted-printable undone. */
const plain = (text: string): string => text.replaceAll(/=\r?\n/g, '').replaceAll('=3D', '=')

const holderOf = (at: number): Letter['publisher']['name'] => HOLDERS[at % HOLDERS.length] ?? { kk: '', ru: '', en: '' }

async function makeKeys(layers: 1 | 2): Promise<{ recipients: string[][]; identities: string[][] }> {
  const identities = await Promise.all(
    Array.from({ length: layers }, () => Promise.all([generateX25519Identity(), generateX25519Identity()])),
  )
  const recipients = await Promise.all(
    identities.map((layer) => Promise.all(layer.map((identity) => identityToRecipient(identity)))),
  )
  return { recipients, identities }
}

/** Puts a crowd into the registry, as if it had signed, and counts it; three withdraw, two are taken out. */
export async function fillLetter({ folder, desk, letter }: LetterSite): Promise<void> {
  await signAsCrowd(folder, letter)
  await desk.tick()
}
