import type { Context, Hono } from 'hono'
import { formatReceipt, parseReceipt } from '../evidence/letter-signature.ts'
import { InputError } from '../model/errors.ts'
import { BriefPages } from '../site/brief-pages.ts'
import { BodyRoom } from '../site/request-body.ts'
import { LANGS, type Lang } from '../text/lang.ts'
import { answerLetter, answerProblem, sayOrigin } from './answer.ts'
import { addBriefPages, type LetterAnswer } from './brief-routes.ts'
import type { LetterSiteOptions } from './letter-options.ts'
import { letterUrls } from './letter-urls.ts'
import { confirmPage, receiptPage, saidPage, type ReceiptView } from './pages/own.ts'
import type { From } from '../sys/sender/from.ts'
import { fromOf, readForm, type PostedForm } from './posted-form.ts'

const ROOM_BYTES = 4 * 2 ** 20
/** A token of a link: 16 bytes in base64url. */
const TOKEN = /^[A-Za-z0-9_-]{22}$/

/** What a signer does afterwards: confirm by the link of a message, look at a receipt, prove, withdraw, ask again. */
export function addReceipts(site: Hono, options: LetterSiteOptions): void {
  const { desk, frame, clock, random } = options
  const room = new BodyRoom(ROOM_BYTES)
  const limits = options.rate === undefined ? { frame, room } : { frame, room, rate: options.rate }
  const posted = async (
    c: Context,
    act: (form: Extract<PostedForm, { kind: 'form' }>) => Promise<Response>,
  ): Promise<Response> => {
    sayOrigin(c)
    const form = await readForm(c, limits)
    if (form.kind === 'form') return act(form)
    return answerProblem(c, form.kind, 'wait' in form ? { frame, wait: form.wait } : { frame })
  }
  for (const lang of LANGS) {
    const addressOf = (name: string): string => letterUrls.found(lang, name)
    const brief = new BriefPages<LetterAnswer>({ clock, random, addressOf })
    const receipt = async (c: Context, view: ReceiptView): Promise<Response> =>
      brief.answer(c, { page: () => receiptPage(lang, view) })
    addBriefPages(site, { lang, brief, path: letterUrls.found(lang, ':name'), frame })
    addConfirm(site, { lang, options, posted })
    site.get(letterUrls.receipt(lang), (c) => {
      sayOrigin(c)
      return answerLetter(c, receiptPage(lang, { kind: 'asked' }), frame)
    })
    site.post(letterUrls.receipt(lang), (c) =>
      posted(c, (form) =>
        withCode(
          form,
          (kind) => receipt(c, { kind }),
          async (code) => {
            const standing = await desk.standing(code)
            return receipt(c, standing === undefined ? { kind: 'unknown' } : { kind: 'found', standing, code })
          },
        ),
      ),
    )
    site.post(letterUrls.proof(lang), (c) =>
      posted(c, (form) =>
        withCode(
          form,
          (kind) => receipt(c, { kind }),
          async (code) => {
            const proof = await desk.proof(code)
            if (proof === undefined) return receipt(c, await withoutProof(desk, code))
            c.header('cache-control', 'no-store')
            // A name that says nothing of a letter, beside others in a folder.
            c.header('content-disposition', 'attachment; filename="proof.tlog-proof"')
            return c.body(proof.proof, 200, { 'content-type': 'application/octet-stream' })
          },
        ),
      ),
    )
    site.post(letterUrls.withdraw(lang), (c) =>
      posted(c, (form) =>
        withCode(
          form,
          (kind) => receipt(c, { kind }),
          async (code) => {
            if (form.get('sure') !== 'yes') return answerProblem(c, 'read', { frame })
            if ((await desk.withdraw(code)) === 'none') return receipt(c, { kind: 'unknown' })
            const said = ['letter.withdraw.done', 'letter.standing.withdrawn-about'] as const
            return brief.answer(c, { page: () => saidPage(lang, said, letterUrls.receipt) })
          },
        ),
      ),
    )
    site.post(letterUrls.resend(lang), (c) =>
      posted(c, (form) =>
        withCode(
          form,
          (kind) => receipt(c, { kind }),
          async (code) => {
            const taken = await resend(options, { code, mail: form.get('mail').trim(), lang, from: fromOf(c) })
            if (taken > 0) return answerProblem(c, 'busy', { frame, wait: taken })
            const said = ['letter.resend.done', 'letter.resend.done-about'] as const
            return brief.answer(c, { page: () => saidPage(lang, said, letterUrls.receipt) })
          },
        ),
      ),
    )
  }
}

/** Seconds to wait, else 0. An address that is none is answered as one that belongs to nothing. */
async function resend(
  { desk }: LetterSiteOptions,
  {
    code,
    mail,
    lang,
    from,
  }: { readonly code: string; readonly mail: string; readonly lang: Lang; readonly from: From },
): Promise<number> {
  try {
    const taken = await desk.resend(code, mail, lang, from)
    return taken.kind === 'busy' ? taken.seconds : 0
  } catch (error) {
    if (error instanceof InputError) return 0
    throw error
  }
}

/** Why there is no proof: it does not count, or not yet in a checkpoint. */
async function withoutProof(desk: LetterSiteOptions['desk'], code: string): Promise<ReceiptView> {
  const standing = await desk.standing(code)
  if (standing === undefined) return { kind: 'unknown' }
  return standing.kind === 'counted' ? { kind: 'no-proof', code } : { kind: 'found', standing, code }
}

/** Reads the code of a form; what is none is said to be none. */
function withCode(
  form: Extract<PostedForm, { kind: 'form' }>,
  wrong: (kind: 'wrong') => Promise<Response>,
  act: (code: string) => Promise<Response>,
): Promise<Response> {
  let code: string
  try {
    code = formatReceipt(parseReceipt(form.get('code')))
  } catch (error) {
    if (error instanceof InputError) return wrong('wrong')
    throw error
  }
  return act(code)
}

const CONFIRMED = {
  confirmed: ['letter.confirm.done', 'letter.confirm.done-about'],
  known: ['letter.confirm.known', 'letter.confirm.known-about'],
  none: ['letter.confirm.none', 'letter.confirm.none-about'],
  over: ['letter.confirm.over', 'letter.confirm.over-about'],
} as const

/** Programs that look at mails follow links: only the button confirms. */
function addConfirm(
  site: Hono,
  {
    lang,
    options: { desk, frame },
    posted,
  }: {
    readonly lang: Lang
    readonly options: LetterSiteOptions
    readonly posted: (c: Context, act: () => Promise<Response>) => Promise<Response>
  },
): void {
  const path = letterUrls.confirm(lang, ':token')
  const said = (c: Context, how: keyof typeof CONFIRMED): Promise<Response> =>
    answerLetter(
      c,
      saidPage(lang, CONFIRMED[how], letterUrls.first),
      frame,
      how === 'none' || how === 'over' ? 410 : 200,
    )
  site.get(path, async (c) => {
    sayOrigin(c)
    const token = c.req.param('token') ?? ''
    if (!TOKEN.test(token) || (await desk.look(token)) === 'none') return said(c, 'none')
    return answerLetter(c, confirmPage(lang, token), frame)
  })
  site.post(path, (c) =>
    posted(c, async () => {
      const token = c.req.param('token') ?? ''
      return said(c, TOKEN.test(token) ? await desk.confirm(token) : 'none')
    }),
  )
}
