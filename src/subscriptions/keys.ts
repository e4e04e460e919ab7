import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import { Fault } from '../core/model/errors.ts'
import { mailboxDigest, type Mailbox } from '../runtime/mail/mailbox.ts'

const NONCE_BYTES = 12
const TAG_BYTES = 16
const ID_BYTES = 16
const LINK_MAC_BYTES = 16
/** A link: id and mac in base64url, without filling. */
const LINK = /^[\w-]{43}$/
/** What is sealed is filled up to a multiple of this, so that its length says little of what is in it. */
const BLOCK_BYTES = 512

/** What is sealed: bytes of one kind and row are never read as those of another. */
export type SealedPart = 'subscriber' | 'told' | 'mail'
/** What a link of a mail does. */
export type LinkPurpose = 'confirm' | 'leave'

/** All that is done with the key of subscribers, which is in the folder of secrets and never in the registry. */
export interface SubscriberKeys {
  /** Keyed name of a mailbox, the same for each spelling of it. */
  digest(mailbox: Pick<Mailbox, 'canonical'>): string
  /** Seals a value for a row; another time gives other bytes. */
  seal(part: SealedPart, row: string, value: unknown): Uint8Array
  /** Throws Fault for what was not sealed under this key, for this part of this row. */
  open(part: SealedPart, row: string, sealed: Uint8Array): unknown
  /** Last part of an address in a mail. */
  link(purpose: LinkPurpose, row: string): string
  /** Id of the row that a link is for; undefined for one that we did not make. */
  readLink(purpose: LinkPurpose, text: string): string | undefined
}

/** Derives what is needed from a key of 32 bytes (HKDF, RFC 5869): one purpose tells nothing of another. */
export function openSubscriberKeys(key: Uint8Array): SubscriberKeys {
  const derive = (purpose: string): Uint8Array =>
    new Uint8Array(hkdfSync('sha256', key, new Uint8Array(), `kuager subscribers ${purpose}`, 32))
  const [names, seals, links] = [derive('names'), derive('seals'), derive('links')]
  const macOf = (purpose: LinkPurpose, id: Uint8Array): Buffer =>
    createHmac('sha256', links).update(`${purpose}\0`).update(id).digest().subarray(0, LINK_MAC_BYTES)
  const about = (part: SealedPart, row: string): Buffer => Buffer.from(`${part}\0${row}`)
  return {
    digest: (mailbox) => mailboxDigest(names, mailbox, 'subscription'),
    seal(part, row, value) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', seals, nonce)
      cipher.setAAD(about(part, row))
      const text = JSON.stringify(value)
      const length = Math.ceil(Buffer.byteLength(text) / BLOCK_BYTES) * BLOCK_BYTES
      const filled = text + ' '.repeat(length - Buffer.byteLength(text))
      return new Uint8Array(Buffer.concat([nonce, cipher.update(filled, 'utf8'), cipher.final(), cipher.getAuthTag()]))
    },
    open(part, row, sealed) {
      try {
        const decipher = createDecipheriv('aes-256-gcm', seals, sealed.subarray(0, NONCE_BYTES))
        decipher.setAAD(about(part, row))
        decipher.setAuthTag(sealed.subarray(-TAG_BYTES))
        const text = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES))
        return JSON.parse(Buffer.concat([text, decipher.final()]).toString('utf8')) as unknown
      } catch (error) {
        throw new Fault('Cannot read a subscription: it was not sealed under this key', { cause: error })
      }
    },
    link(purpose, row) {
      const id = Buffer.from(row, 'hex')
      return Buffer.concat([id, macOf(purpose, id)]).toString('base64url')
    },
    readLink(purpose, text) {
      if (!LINK.test(text)) return undefined
      const bytes = Buffer.from(text, 'base64url')
      const id = bytes.subarray(0, ID_BYTES)
      const isOurs = timingSafeEqual(bytes.subarray(ID_BYTES), macOf(purpose, id))
      return isOurs ? id.toString('hex') : undefined
    },
  }
}
