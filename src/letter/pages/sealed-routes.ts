import type { Context, Hono } from 'hono'
import { z } from 'zod'
import { decodeBase64 } from '../../core/evidence/base64.ts'
import { InputError } from '../../core/model/errors.ts'
import { LETTER_ID, MOST_SEALED_BYTES, SENT_BYTES } from '../core/letter.ts'
import { regionSchema } from '../../core/model/region.ts'
import type { SignOutcome } from '../contract.ts'
import { readPosted } from '../../web/request/posted-json.ts'
import { PostMemory } from '../../web/request/post-memory.ts'
import { LANGS } from '../../core/text/lang.ts'
import type { LetterSiteOptions } from './options.ts'
import { letterUrls } from './urls.ts'
import { fromOf, takeRate } from './posted-form.ts'

/** Longest body: what was sealed as base64, the work, and a mailbox, up to the step that all are padded to. */
const MOST_BYTES = Math.ceil(((MOST_SEALED_BYTES * 4) / 3 + 8 * 1024) / SENT_BYTES) * SENT_BYTES
/** Of bodies that are being read at once. */
const ROOM_BYTES = 32 * 2 ** 20
const RETRY_S = 5
const ACCEPTED_LENGTH = JSON.stringify({ accepted: true, mail: false }).length

/** What the script of the page sends; of the signer it holds what is sealed, and a mailbox that is to confirm. */
const sealedSchema = z.strictObject({
  letter: z.string().regex(LETTER_ID),
  version: z.number().int().positive(),
  region: regionSchema,
  lang: z.enum(LANGS),
  sealed: z.base64().max(Math.ceil((MOST_SEALED_BYTES * 4) / 3) + 4),
  receipt: z.string().regex(/^[0-9a-f]{64}$/),
  mail: z.string().max(254).optional(),
  work: z.string().max(6000),
  /** The content of an invisible field. */
  url: z.string().max(2000),
})

interface Refused {
  readonly status: 400 | 403 | 404 | 409 | 410 | 413 | 415 | 429 | 503
  readonly code: string
  readonly message: string
  readonly wait?: number
}

/**
 * Takes signatures that were sealed in a browser, and gives the work they cost. The answer is the same whether or not a
 * mailbox has signed before. Nothing of a sender is kept, and nothing enters a log line.
 */
export function addSealedSigning(site: Hono, options: LetterSiteOptions): void {
  const room = new PostMemory(ROOM_BYTES)
  site.get(letterUrls.work(), async (c) => {
    c.header('cache-control', 'no-store')
    const { wait } = takeRate(c, options.rate)
    if (wait > 0) return refuse(c, MANY(wait))
    return c.json(await options.work.challenge('sign'))
  })
  site.post(letterUrls.post(), async (c) => {
    c.header('cache-control', 'no-store')
    const taken = await take(c, options, room)
    if ('code' in taken) return refuse(c, taken)
    // As long with a mailbox as without one: a person who watches the connection sees the length.
    return c.body(JSON.stringify(taken).padEnd(ACCEPTED_LENGTH), 202, { 'content-type': 'application/json' })
  })
  site.all(letterUrls.post(), (c) => {
    c.header('allow', 'POST')
    c.header('cache-control', 'no-store')
    return c.json(
      { error: { code: 'method.refused', path: '', expected: 'POST', message: 'Sent here is a form' } },
      405,
    )
  })
}

const INVALID: Refused = {
  status: 400,
  code: 'body.invalid',
  message: 'The body is not of the form of a signature',
}
const MANY = (wait: number): Refused => ({
  status: 429,
  code: 'rate.exceeded',
  message: 'Too much from this part of the network',
  wait,
})

function refuse(c: Context, { status, code, message, wait }: Refused): Response {
  if (wait !== undefined) c.header('retry-after', String(wait))
  // A body may still be coming in.
  c.header('connection', 'close')
  return c.json({ error: { code, path: '', expected: 'the form of docs/formats/letter.md', message } }, status)
}

async function take(
  c: Context,
  { desk, frame, rate }: LetterSiteOptions,
  room: PostMemory,
): Promise<{ readonly accepted: true; readonly mail: boolean } | Refused> {
  const posted = await readPosted(c, sealedSchema, {
    frame,
    room,
    most: MOST_BYTES,
    ...(rate === undefined ? {} : { take: (asking) => rate.take(asking, 1).wait }),
  })
  switch (posted.kind) {
    case 'foreign':
      return { status: 403, code: 'page.foreign', message: 'Signatures are not taken from pages of other sites' }
    case 'type':
      return { status: 415, code: 'body.type', message: 'The body is of another type' }
    case 'too-large':
      return { status: 413, code: 'body.too-large', message: `The body is longer than ${MOST_BYTES} bytes` }
    case 'invalid':
      return INVALID
    case 'full':
      return { status: 503, code: 'letter.busy', message: 'Too many at this moment', wait: RETRY_S }
    case 'hurried':
      return MANY(posted.wait)
    case 'value':
  }
  const { url, sealed: text, mail, ...rest } = posted.value
  const sealed = decodeBase64(text)
  if (sealed === undefined) return INVALID
  try {
    const signing = { ...rest, sealed, trapped: url !== '' }
    const signed = await desk.sign(mail === undefined ? signing : { ...signing, mail }, fromOf(c))
    return signed.kind === 'accepted' ? { accepted: true, mail: signed.mail } : refusalOf(signed)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    // The sentence of the error may quote what was sent: the field and the code say enough.
    return { status: 400, code: error.path === 'mail' ? 'mail.invalid' : error.code, message: 'This was not taken' }
  }
}

function refusalOf(signed: Exclude<SignOutcome, { kind: 'accepted' }>): Refused {
  switch (signed.kind) {
    case 'unknown':
      return { status: 404, code: 'letter.unknown', message: 'There is no such letter' }
    case 'not-yet':
      return { status: 409, code: 'letter.not-yet', message: `It can be signed from ${signed.day} on` }
    case 'over':
      return { status: 410, code: 'letter.over', message: `It could be signed until ${signed.day}` }
    case 'changed':
      return { status: 409, code: 'letter.changed', message: `Version ${signed.version} was published` }
    case 'work':
      return { status: 403, code: `work.${signed.why}`, message: 'The work has to be done again' }
    case 'busy':
      return { status: 503, code: 'letter.busy', message: 'Too many at this moment', wait: signed.seconds }
  }
}
