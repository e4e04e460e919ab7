import type { Context, Hono } from 'hono'
import { defined } from '../../core/model/defined.ts'
import { formatReceipt, parseReceipt } from '../core/signature.ts'
import { InputError, orUndefined } from '../../core/model/errors.ts'
import { BriefPages } from '../../web/answer/brief-pages.ts'
import { PostMemory } from '../../web/request/post-memory.ts'
import { LANGS, type Lang } from '../../core/text/lang.ts'
import { answerLetter, answerLetterProblem, answerUnread, logFault, sayOrigin } from './answer.ts'
import { addBriefPages, type LetterAnswer } from './brief-routes.ts'
import type { LetterSiteOptions } from './options.ts'
import { letterUrls } from './urls.ts'
import { confirmPage, receiptPage, saidPage, type ReceiptView, type TypedReceipt } from './page/own.ts'
import type { ClientAddress } from '../../runtime/sender/from.ts'
import { BACK, fromOf, readForm, type FormLimits, type SentForm } from './posted-form.ts'

const ROOM_BYTES = 4 * 2 ** 20
/** A token of a link: 16 bytes in base64url. */
const TOKEN = /^[A-Za-z0-9_-]{22}$/

/** What a signer does afterwards: confirm by the link of a message, look at a receipt, prove, withdraw, ask again. */
export function addReceipts(site: Hono, options: LetterSiteOptions): void {
  const { desk, frame, clock, random } = options
  const room = new PostMemory(ROOM_BYTES)
  const limits = options.rate === undefined ? { frame, room } : { frame, room, rate: options.rate }
  for (const lang of LANGS) {
    const addressOf = (name: string): string => letterUrls.found(lang, name)
    const brief = new BriefPages<LetterAnswer>({ clock, random, addressOf })
    const receipt = (c: Context, view: ReceiptView, { status, wait, part }: Shown = {}): Response => {
      const size = 'typed' in view ? view.typed.code.length + (view.typed.mail?.length ?? 0) : 0
      const answer = defined({ status, wait })
      return brief.answer(c, { ...answer, page: () => receiptPage(lang, view) }, { typed: size, part })
    }
    /** Reads a form with a code and acts on it; what is refused comes back as it was typed. */
    const posted = async (c: Context, act: (code: string, form: SentForm) => Promise<Response>): Promise<Response> => {
      const form = await readForm(c, limits)
      if (form.kind === 'unread') return answerUnread(c, form, frame)
      const typed = typedOf(form)
      if (form.kind === 'back') {
        const { why, wait, part } = form
        const shown = { status: BACK[why], part, ...defined({ wait }) }
        return receipt(c, { kind: 'refused', why: why === 'broken' ? 'read' : why, typed }, shown)
      }
      const code = codeOf(form)
      if (code === undefined) return receipt(c, { kind: 'wrong', typed }, form)
      try {
        return await act(code, form)
      } catch (error) {
        if (!(error instanceof Error) || error instanceof InputError) throw error
        logFault(c, options.log, error)
        return receipt(c, { kind: 'refused', why: 'broken', typed }, { status: 500, part: form.part })
      }
    }
    addBriefPages(site, { lang, brief, path: letterUrls.found(lang, ':name'), frame })
    addConfirm(site, { lang, options, limits })
    site.get(letterUrls.receipt(lang), (c) => {
      sayOrigin(c)
      return answerLetter(c, receiptPage(lang, { kind: 'asked' }), frame)
    })
    site.post(letterUrls.receipt(lang), (c) =>
      posted(c, async (code, form) => {
        const standing = await desk.standing(code)
        if (standing === undefined) return receipt(c, { kind: 'unknown', typed: typedOf(form) }, form)
        return receipt(c, { kind: 'found', standing, code }, form)
      }),
    )
    site.post(letterUrls.proof(lang), (c) =>
      posted(c, async (code, form) => {
        const proof = await desk.proof(code)
        if (proof === undefined) return receipt(c, await withoutProof(desk, code), form)
        c.header('cache-control', 'no-store')
        // A name that says nothing about a letter, next to others in a folder.
        c.header('content-disposition', 'attachment; filename="proof.tlog-proof"')
        return c.body(proof.proof, 200, { 'content-type': 'application/octet-stream' })
      }),
    )
    site.post(letterUrls.withdraw(lang), (c) =>
      posted(c, async (code, form) => {
        if (form.get('sure') !== 'yes') return answerLetterProblem(c, 'read', { frame })
        if ((await desk.withdraw(code)) === 'none') return receipt(c, { kind: 'unknown', typed: { code } }, form)
        const said = ['letter.withdraw.done', 'letter.standing.withdrawn-about'] as const
        return brief.answer(c, { page: () => saidPage(lang, said, letterUrls.receipt) })
      }),
    )
    site.post(letterUrls.resend(lang), (c) =>
      posted(c, async (code, form) => {
        const typed = typedOf(form)
        const wait = await resend(options, { code, mail: typed.mail ?? '', lang, from: fromOf(c) })
        if (wait > 0) {
          const shown = { status: 503, wait, part: form.part } as const
          return receipt(c, { kind: 'refused', why: 'busy', typed }, shown)
        }
        const said = ['letter.resend.done', 'letter.resend.done-about'] as const
        return brief.answer(c, { page: () => saidPage(lang, said, letterUrls.receipt) }, { part: form.part })
      }),
    )
  }
}

/** How an answer is shown, and to which part of the network. */
interface Shown extends Pick<LetterAnswer, 'status' | 'wait'> {
  readonly part?: string | undefined
}

/** More than any field holds. */
const MOST_TYPED = 400

/** What was typed; `mail` where the form asks for a message again. */
function typedOf({ get }: SentForm): TypedReceipt {
  const [code, mail] = [get('code').trim().slice(0, MOST_TYPED), get('mail').trim().slice(0, MOST_TYPED)]
  return mail === '' ? { code } : { code, mail }
}

/** The code of a form; undefined for what is none. */
const codeOf = ({ get }: SentForm): string | undefined => orUndefined(() => formatReceipt(parseReceipt(get('code'))))

/** Seconds to wait, else 0. An address that is none is answered as one that belongs to nothing. */
async function resend(
  { desk }: LetterSiteOptions,
  {
    code,
    mail,
    lang,
    from,
  }: { readonly code: string; readonly mail: string; readonly lang: Lang; readonly from: ClientAddress },
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
  if (standing === undefined) return { kind: 'unknown', typed: { code } }
  return standing.kind === 'counted' ? { kind: 'no-proof', code } : { kind: 'found', standing, code }
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
    limits,
  }: { readonly lang: Lang; readonly options: LetterSiteOptions; readonly limits: FormLimits },
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
  site.post(path, async (c) => {
    sayOrigin(c)
    const form = await readForm(c, limits)
    if (form.kind === 'unread') return answerUnread(c, form, frame)
    const token = c.req.param('token') ?? ''
    if (!TOKEN.test(token)) return said(c, 'none')
    if (form.kind === 'form') return said(c, await desk.confirm(token))
    // Nothing was typed here: the button is there again.
    if (form.wait !== undefined) c.header('retry-after', String(form.wait))
    return answerLetter(c, confirmPage(lang, token, form.why === 'broken' ? 'read' : form.why), frame, BACK[form.why])
  })
}
