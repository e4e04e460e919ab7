import type { Context, Hono } from 'hono'
import { InputError } from '../model/errors.ts'
import { REGIONS } from '../model/region.ts'
import { BriefPages } from '../site/brief-pages.ts'
import { BodyRoom } from '../site/request-body.ts'
import { LANGS, type Lang } from '../text/lang.ts'
import { answerLetter, answerProblem, sayOrigin } from './answer.ts'
import { addBriefPages, type LetterAnswer } from './brief-routes.ts'
import { openFormTickets, type FormTickets } from './form-ticket.ts'
import type { LetterSiteOptions } from './letter-options.ts'
import { letterUrls } from './letter-urls.ts'
import { letterPage } from './pages/letter.ts'
import type { LetterPage } from './pages/letter-page.ts'
import { signedPage } from './pages/own.ts'
import type { LetterView } from './pages/letter-view.ts'
import { NOTHING_TYPED, signPage, WRONG_FIELDS, type Typed, type WrongField } from './pages/sign-form.ts'
import { fromOf, readForm, type PostedForm } from './posted-form.ts'
import { findView } from './views.ts'

/** Of forms that are being read at once. */
const ROOM_BYTES = 16 * 2 ** 20

/** The form of signing, and what it sends where no script seals: whole without JavaScript. */
export function addSignForm(site: Hono, options: LetterSiteOptions): void {
  const { desk, frame, clock, random } = options
  const room = new BodyRoom(ROOM_BYTES)
  const tickets = openFormTickets(clock, random(32))
  const limits = options.rate === undefined ? { frame, room } : { frame, room, rate: options.rate }
  for (const lang of LANGS) {
    const path = letterUrls.sign(lang, ':id')
    const addressOf = (name: string): string => letterUrls.signed(lang, name)
    const brief = new BriefPages<LetterAnswer>({ clock, random, addressOf })
    addBriefPages(site, { lang, brief, path: letterUrls.signed(lang, ':name'), frame })
    site.get(path, async (c) => {
      const view = await findView(desk, c.req.param('id') ?? '')
      if (view === undefined) return answerProblem(c, 'unknown', { frame })
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
      if (form.kind !== 'form')
        return answerProblem(c, form.kind, 'wait' in form ? { frame, wait: form.wait } : { frame })
      const view = await findView(desk, c.req.param('id') ?? '')
      if (view === undefined) return answerProblem(c, 'unknown', { frame })
      return takeForm(c, { lang, view, form, tickets, brief, options })
    })
  }
}

interface Taking {
  readonly lang: Lang
  readonly view: LetterView
  readonly form: Extract<PostedForm, { kind: 'form' }>
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

function typedOf({ get }: Taking['form']): Typed {
  const line = (name: string): string => get(name).trim().slice(0, MOST_TYPED)
  return {
    name: line('name'),
    region: line('region'),
    mail: line('mail'),
    comment: line('comment'),
    show: get('show') === 'yes',
    keep: get('keep') === 'yes',
    consent: get('consent') === 'yes',
  }
}
/** More than any field holds: what is longer is given back cut, and refused all the same. */
const MOST_TYPED = 2000

function wrongOf(typed: Typed): readonly WrongField[] {
  const name = typed.name.length < 2 || typed.name.length > 120
  const region = !REGIONS.some((region) => region === typed.region)
  const comment = typed.comment.length > 600
  const found = {
    name,
    region,
    mail: typed.mail === '',
    comment,
    consent: !typed.consent,
    early: false,
    changed: false,
    busy: false,
  }
  return WRONG_FIELDS.filter((field) => found[field])
}

async function takeForm(c: Context, taking: Taking): Promise<Response> {
  const { lang, view, form, tickets, brief, options } = taking
  const typed = typedOf(form)
  const again = (
    wrong: readonly WrongField[],
    { now = view, wait }: { readonly now?: LetterView; readonly wait?: number } = {},
  ): Response => {
    const ticket = tickets.make(true)
    const page = (): LetterPage =>
      signPage(lang, { view: now, typed, wrong, ticket, takesMail: options.desk.takesMail })
    const length = typed.name.length + typed.region.length + typed.mail.length + typed.comment.length
    return brief.answer(c, wait === undefined ? { page } : { page, wait }, { typed: length })
  }
  const region = REGIONS.find((one) => one === typed.region)
  const wrong = wrongOf(typed)
  if (wrong.length > 0 || region === undefined) return again(wrong)
  if (!tickets.isDue(form.get('ticket'))) return again(['early'])
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
        return await answerProblem(c, 'unknown', { frame: options.frame })
      case 'not-yet':
      case 'over':
        // There it is said from when or until when.
        c.header('cache-control', 'no-store')
        return c.redirect(letterUrls.sign(lang, view.letter.id), 303)
      case 'changed':
        return again(['changed'], { now: (await findView(options.desk, view.letter.id)) ?? view })
      case 'busy':
        return again(['busy'], { wait: signed.seconds })
      case 'work':
        return await answerProblem(c, 'read', { frame: options.frame })
    }
  } catch (error) {
    const field = error instanceof InputError ? WRONG_FIELDS.find((one) => one === error.path) : undefined
    if (field !== undefined) return again([field])
    throw error
  }
}
