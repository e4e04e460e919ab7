import type { Context, Hono } from 'hono'
import { defined } from '../../core/model/defined.ts'
import { InputError } from '../../core/model/errors.ts'
import { REGIONS } from '../../core/model/region.ts'
import { BriefPages } from '../../web/answer/brief-pages.ts'
import { PostMemory } from '../../web/request/post-memory.ts'
import { LANGS, type Lang } from '../../core/text/lang.ts'
import { plainLine, plainLines } from '../../core/text/plain-text.ts'
import { answerLetter, answerLetterProblem, answerUnread, logFault, sayOrigin } from './answer.ts'
import { addBriefPages, type LetterAnswer } from './brief-routes.ts'
import type { LetterSiteOptions } from './options.ts'
import { letterUrls } from './urls.ts'
import { letterPage } from './page/letter.ts'
import type { LetterPage } from './page/layout.ts'
import { signedPage } from './page/own.ts'
import type { LetterView } from './page/letter-view.ts'
import {
  NOTHING_TYPED,
  signPage,
  WRONG_FIELDS,
  type SignFormWord,
  type Typed,
  type WrongField,
} from './page/sign-form.ts'
import { BACK, fromOf, readForm, type PostedForm } from './posted-form.ts'
import { findView } from './views.ts'
import { createHmac, timingSafeEqual } from 'node:crypto'
import { HOUR_MS } from '../../core/model/duration.ts'
import type { Clock } from '../../runtime/clock.ts'

/** Of forms that are being read at once. */
const ROOM_BYTES = 16 * 2 ** 20

/** The form of signing, and what it sends where no script seals: whole without JavaScript. */
export function addSignForm(site: Hono, options: LetterSiteOptions): void {
  const { desk, frame, clock, random } = options
  const room = new PostMemory(ROOM_BYTES)
  const tickets = openFormTickets(clock, random(32))
  const limits = options.rate === undefined ? { frame, room } : { frame, room, rate: options.rate }
  for (const lang of LANGS) {
    const path = letterUrls.sign(lang, ':id')
    const addressOf = (name: string): string => letterUrls.signed(lang, name)
    const brief = new BriefPages<LetterAnswer>({ clock, random, addressOf })
    addBriefPages(site, { lang, brief, path: letterUrls.signed(lang, ':name'), frame })
    site.get(path, async (c) => {
      const view = await findView(desk, c.req.param('id') ?? '')
      if (view === undefined) return answerLetterProblem(c, 'unknown', { frame })
      // What cannot be signed today is shown with the day on which it can, or could.
      if (view.signing !== 'open') return answerClosed(c, { lang, view, options })
      sayOrigin(c)
      return answerLetter(
        c,
        signPage(lang, { view, typed: NOTHING_TYPED, wrong: [], ticket: tickets.make(), takesMail: desk.takesMail }),
        frame,
      )
    })
    site.post(path, async (c) => {
      const form = await readForm(c, limits)
      if (form.kind === 'unread') return answerUnread(c, form, frame)
      const view = await findView(desk, c.req.param('id') ?? '')
      if (view === undefined) return answerLetterProblem(c, 'unknown', { frame })
      return takeForm(c, { lang, view, form, tickets, brief, options })
    })
  }
}

interface Taking {
  readonly lang: Lang
  readonly view: LetterView
  readonly form: Exclude<PostedForm, { kind: 'unread' }>
  readonly tickets: FormTickets
  readonly brief: BriefPages<LetterAnswer>
  readonly options: LetterSiteOptions
}

const answerClosed = (
  c: Context,
  { lang, view, options }: Pick<Taking, 'lang' | 'view' | 'options'>,
): Promise<Response> =>
  answerLetter(
    c,
    letterPage(lang, view, (other) => letterUrls.letter(other, view.letter.id)),
    options.frame,
    409,
  )

/**
 * As the script of the page reads it too (letter/browser/form-fields.ts): no sign stays that turns what stands beside
 * it.
 */
function typedOf({ get }: Taking['form']): Typed {
  const typed = (name: string): string => get(name).slice(0, MOST_TYPED)
  return {
    name: plainLine(typed('name')),
    region: typed('region').trim(),
    mail: typed('mail').trim(),
    comment: plainLines(typed('comment')),
    show: get('show') === 'yes',
    keep: get('keep') === 'yes',
    consent: get('consent') === 'yes',
  }
}
/** More than any field holds: what is longer is given back cut, and refused all the same. */
const MOST_TYPED = 10_000

function wrongOf(typed: Typed): readonly WrongField[] {
  const name = typed.name.length < 2 || typed.name.length > 120
  const region = !REGIONS.some((region) => region === typed.region)
  const comment = typed.comment.length > 600
  const found = { name, region, mail: typed.mail === '', comment, consent: !typed.consent }
  return WRONG_FIELDS.filter((field) => found[field])
}

async function takeForm(c: Context, taking: Taking): Promise<Response> {
  const { lang, view, form, tickets, brief, options } = taking
  const back = form.kind === 'back' ? form : undefined
  // No one here has agreed to what a page of another site filled in.
  const typed = back?.why === 'foreign' ? { ...typedOf(form), consent: false } : typedOf(form)
  const again = ({ wrong = [], word, now = view, wait, status }: Again): Response => {
    const ticket = tickets.make(true)
    const takesMail = options.desk.takesMail
    const page = (): LetterPage => signPage(lang, { view: now, typed, wrong, word, wait, ticket, takesMail })
    const length = typed.name.length + typed.region.length + typed.mail.length + typed.comment.length
    return brief.answer(c, { page, ...defined({ wait, status }) }, { typed: length, part: form.part })
  }
  const region = REGIONS.find((one) => one === typed.region)
  const wrong = wrongOf(typed)
  if (back !== undefined)
    return again({
      word: back.why,
      status: BACK[back.why],
      wrong: back.why === 'broken' ? wrong : [],
      ...defined({ wait: back.wait }),
    })
  if (wrong.length > 0 || region === undefined) return again({ wrong })
  if (!tickets.isDue(form.get('ticket'))) return again({ word: 'early' })
  const { name, mail, comment, show, keep } = typed
  try {
    const signed = await options.desk.signForm(
      {
        letter: view.letter.id,
        version: Number(form.get('version')),
        lang,
        region,
        name,
        mail,
        ...(comment === '' ? {} : { comment }),
        showName: show,
        keepMail: keep,
        trapped: form.get('url') !== '',
      },
      fromOf(c),
    )
    switch (signed.kind) {
      case 'accepted':
        return brief.answer(c, { page: () => signedPage(lang, view, signed.receipt) })
      case 'unknown':
        return await answerLetterProblem(c, 'unknown', { frame: options.frame })
      case 'not-yet':
      case 'over':
        // There it is said from when or until when.
        c.header('cache-control', 'no-store')
        return c.redirect(letterUrls.sign(lang, view.letter.id), 303)
      case 'changed':
        return again({ word: 'changed', now: (await findView(options.desk, view.letter.id)) ?? view })
      case 'busy':
        return again({ word: 'busy', wait: signed.seconds, status: 503 })
      case 'work':
        return await answerLetterProblem(c, 'read', { frame: options.frame })
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const field = error instanceof InputError ? WRONG_FIELDS.find((one) => one === error.path) : undefined
    if (field !== undefined) return again({ wrong: [field] })
    if (error instanceof InputError) return again({ word: 'broken', status: 400 })
    logFault(c, options.log, error)
    return again({ word: 'fault', wait: FAULT_S, status: 500 })
  }
}
/** A disk that is full, say, is not fixed sooner. */
const FAULT_S = 60

/** How a form comes back as it was typed. */
interface Again {
  readonly wrong?: readonly WrongField[]
  readonly word?: SignFormWord
  /** The letter as it is now. */
  readonly now?: LetterView
  readonly wait?: number
  readonly status?: 400 | 403 | 429 | 500 | 503
}

/** No one reads and fills in the form faster. */
const EARLIEST_MS = 3000
/** A page that was left open over night has to be sent again. */
const LATEST_MS = 12 * HOUR_MS

interface FormTickets {
  /** For a form that is shown now. `pressed`: its reader pressed once already, so it may come back at once. */
  make(pressed?: boolean): string
  /** Whether a form comes back in good time. */
  isDue(ticket: string): boolean
}

/**
 * Says of a form when it was shown: a time, whether it may come back at once, and their HMAC. It says nothing of whom,
 * is kept nowhere, and ends with the process.
 */
function openFormTickets(clock: Clock, key: Uint8Array): FormTickets {
  const mac = (text: string): Buffer => createHmac('sha256', key).update(text).digest().subarray(0, 16)
  return {
    make(pressed = false) {
      const text = `${clock.now().toString(36)}.${pressed ? 1 : 0}`
      return `${text}.${mac(text).toString('base64url')}`
    },
    isDue(ticket) {
      const [at = '', pressed = '', given = ''] = ticket.length > 80 ? [] : ticket.split('.')
      const bytes = Buffer.from(given, 'base64url')
      const right = mac(`${at}.${pressed}`)
      if (bytes.length !== right.length || !timingSafeEqual(bytes, right)) return false
      const age = clock.now() - Number.parseInt(at, 36)
      return age >= (pressed === '1' ? 0 : EARLIEST_MS) && age <= LATEST_MS
    },
  }
}
