import { LANGS } from '../../core/model/tables/langs.ts'
import { encodeReceipt, encodeSignature, formatReceipt, receiptDigest } from '../core/signature.ts'
import type { Signature } from '../core/letter.ts'
import { clearFields, isReadByOthers, readFields, type Fields } from './form-fields.ts'
import { postSealed, sendingOf, type Sending, type SignatureOutcome } from './post.ts'
import { readPublishedLetter, subtleSha256, type ClaimedLetter } from './published.ts'
import { sealHere } from './seal.ts'

/** Words of the page in its language, as the server wrote them there. */
type Words = Readonly<Record<string, string>>

/** A signature that was sealed and not yet accepted. */
interface Attempt {
  /** What it was made from: other words make another one. */
  readonly made: string
  readonly sealed: Uint8Array
  /** Length of the text that was sealed. */
  readonly length: number
  readonly receipt: string
}

const MOST_TRIES_TOLD_MS = 400
const MOST_DOCUMENT_BYTES = 1_000_000

/**
 * Makes the form of a page seal here instead of sending what was typed. Nothing is kept but in the memory of the page,
 * which is emptied once the signature was accepted.
 */
export function mountSigning(root: HTMLElement): void {
  const form = root.querySelector('form')
  const told = root.querySelector<HTMLElement>('[data-told]')
  const warning = root.querySelector<HTMLElement>('[data-warning]')
  const done = root.querySelector<HTMLElement>('[data-done]')
  const mail = root.querySelector<HTMLInputElement>('input[name="mail"]') ?? undefined
  const button = form?.querySelector<HTMLButtonElement>('button[type="submit"]')
  const stop = root.querySelector<HTMLButtonElement>('[data-stop]')
  if (!form || !told || !warning || !done || !button || !stop) return
  const words = JSON.parse(root.dataset['words'] ?? '{}') as Words
  let running: AbortController | undefined
  let attempt: Attempt | undefined
  let heard = false

  for (const part of document.querySelectorAll<HTMLElement>('[data-when]'))
    part.hidden = part.dataset['when'] === 'there'
  if (mail !== undefined) mail.required = false

  const tell = (text: string): void => {
    told.textContent = text
  }
  const rest = (text: string): void => {
    running = undefined
    stop.hidden = true
    button.disabled = false
    tell(text)
  }
  const sign = async (): Promise<void> => {
    const controller = new AbortController()
    running = controller
    button.disabled = true
    stop.hidden = false
    const { signal } = controller
    try {
      const fields = readFields(form)
      tell(words['sealing'] ?? '')
      const made = await makeOrKeep(root, fields, { attempt, signal })
      if (typeof made === 'string') return rest(words[made] ?? '')
      attempt = made
      tell(words['working'] ?? '')
      const sent = await postSealed(await sendingFrom(root, fields, made), {
        signal,
        onTries: tellTries(words, tell),
        onSending: () => {
          tell(words['sending'] ?? '')
        },
      })
      if (sent.kind !== 'accepted') return rest(saidOf(words, sent))
      show(done, sent.mail, made.receipt)
      attempt = undefined
      clearFields(form)
      root.querySelector<HTMLElement>('[data-before]')?.remove()
    } catch {
      rest(words[signal.aborted ? 'stopped' : 'fault'] ?? '')
    }
  }
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    if (running !== undefined) return
    if (!heard && isReadByOthers(mail?.value ?? '')) {
      warning.hidden = false
      warning.querySelector('button')?.focus()
      return
    }
    warning.hidden = true
    void sign()
  })
  warning.addEventListener('click', (event) => {
    const way = event.target instanceof HTMLElement ? event.target.dataset['way'] : undefined
    if (way === undefined) return
    if (way === 'without' && mail !== undefined) mail.value = ''
    heard = true
    form.requestSubmit()
  })
  mail?.addEventListener('input', () => {
    heard = false
    warning.hidden = true
  })
  stop.addEventListener('click', () => {
    running?.abort()
    button.disabled = false
    button.focus()
  })
}

/** The signature of these words: the one that was made before, or a new one; else the word that says why not. */
async function makeOrKeep(
  root: HTMLElement,
  fields: Fields,
  { attempt, signal }: { readonly attempt: Attempt | undefined; readonly signal: AbortSignal },
): Promise<Attempt | 'keys' | 'offline' | 'changed'> {
  const made = JSON.stringify(fields)
  if (attempt?.made === made) return attempt
  const claimed = claimedBy(root)
  const document = await fetchDocument(root.dataset['document'] ?? '', signal)
  if (typeof document === 'string') return document
  const published = await readPublishedLetter(document, claimed)
  if (published === undefined) return 'keys'
  const signature: Signature = {
    format: 'kuager-signature/1',
    letter: published.id,
    version: published.version,
    consent: published.consent,
    name: fields.name,
    region: fields.region,
    ...(fields.mail !== '' && fields.keep ? { mail: fields.mail } : {}),
    ...(fields.comment === '' ? {} : { comment: fields.comment }),
    show_name: fields.show,
    lang: langOf(root),
  }
  const receipt = encodeReceipt(crypto.getRandomValues(new Uint8Array(16)))
  const text = encodeSignature(signature)
  return { made, sealed: await sealHere(text, published.layers), length: text.length, receipt }
}

async function fetchDocument(address: string, signal: AbortSignal): Promise<Uint8Array | 'offline' | 'changed'> {
  try {
    const answer = await fetch(address, { cache: 'no-store', credentials: 'omit', signal })
    if (!answer.ok) return 'changed'
    const bytes = new Uint8Array(await answer.arrayBuffer())
    return bytes.length > MOST_DOCUMENT_BYTES ? 'changed' : bytes
  } catch {
    signal.throwIfAborted()
    return 'offline'
  }
}

function claimedBy(root: HTMLElement): ClaimedLetter {
  const shown: string[][] = []
  for (const place of document.querySelectorAll<HTMLElement>('[data-recipient]')) {
    const layer = (shown[Number(place.dataset['recipient'])] ??= [])
    layer.push(place.textContent.trim())
  }
  const { sign = '', version = '', digest = '' } = root.dataset
  return { id: sign, version: Number(version), digest, shown }
}

const langOf = (root: HTMLElement): Signature['lang'] => LANGS.find((lang) => lang === root.dataset['lang']) ?? 'kk'

/** The receipt itself stays here: the server gets its SHA-256. */
async function sendingFrom(root: HTMLElement, fields: Fields, { sealed, length, receipt }: Attempt): Promise<Sending> {
  const { id, version } = claimedBy(root)
  const rest = {
    letter: id,
    version,
    region: fields.region,
    lang: langOf(root),
    receipt: await receiptDigest(receipt, subtleSha256),
    ...(fields.mail === '' ? {} : { mail: fields.mail }),
    url: fields.trap,
  }
  return sendingOf(rest, sealed, length)
}

function saidOf(words: Words, sent: Exclude<SignatureOutcome, { kind: 'accepted' }>): string {
  if (sent.kind === 'busy') return (words['busy'] ?? '').replace('{seconds}', String(sent.seconds))
  return words[sent.kind === 'work' ? 'refused' : sent.kind] ?? ''
}

/** Says how far the work is, now and then: a screen reader would read every number otherwise. */
function tellTries(words: Words, tell: (text: string) => void): (tries: number) => void {
  let last = performance.now()
  return (tries) => {
    const now = performance.now()
    if (now - last < MOST_TRIES_TOLD_MS) return
    last = now
    tell(`${words['working'] ?? ''} ${(words['tries'] ?? '').replace('{count}', String(tries))}`)
  }
}

/** Puts the answer in the place of the form, with the receipt, and brings it before the reader. */
function show(done: HTMLElement, mail: boolean, receipt: string): void {
  for (const part of done.querySelectorAll<HTMLElement>('[data-by]'))
    part.hidden = part.dataset['by'] !== (mail ? 'mail' : 'none')
  const code = done.querySelector('[data-code]')
  if (code !== null) code.textContent = formatReceipt(receipt)
  done.hidden = false
  done.querySelector<HTMLElement>('[data-by]:not([hidden]) h1')?.focus()
}
