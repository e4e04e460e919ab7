import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import { z } from 'zod'
import { InputError } from '../../core/model/errors.ts'
import { portSchema } from '../../core/model/port.ts'

const MOST_ADDRESS = 254
/** What ends a header, parts two addresses, or is read as anything but an address by some mail server. */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const NOT_IN_AN_ADDRESS = /[\s\u0000-\u001f\u007f-\u009f<>()[\]\\,;:"]/u

/**
 * Whether a text can stand as the one recipient of a message: one @ with something around it, nothing that parts or
 * ends.
 */
export function isMailAddress(text: string): boolean {
  const [local = '', domain = '', ...more] = text.split('@')
  if (text.length > MOST_ADDRESS || more.length > 0 || NOT_IN_AN_ADDRESS.test(text)) return false
  return local !== '' && local.length <= 64 && domainToASCII(domain).includes('.')
}

const line = (most: number): z.ZodString =>
  z
    .string()
    .min(1)
    .max(most)
    // oxlint-disable-next-line no-control-regex -- control characters are what is refused
    .regex(/^[^\u0000-\u001f\u007f-\u009f]*$/, 'one line')

/** The file `mail.json` in the folder of secrets. */
const mailSettingsSchema = z
  .strictObject({
    host: line(253),
    port: portSchema,
    /**
     * `tls` from the first byte (port 465), `starttls` (587; refused where the server does not offer it), `none` only
     * on this machine.
     */
    encryption: z.enum(['tls', 'starttls', 'none']),
    user: line(320).optional(),
    password: line(1000).optional(),
    /** Who the mail is from: a neutral name and address, since a mailbox may be read by others. */
    from: z.strictObject({ name: line(60).optional(), address: z.string().refine(isMailAddress, 'an address') }),
    /** Certificate (PEM) of the authority that the mail server's is signed by, where it is none that everyone knows. */
    ca: z.string().max(20_000).optional(),
    /** Most messages a minute. */
    perMinute: z.int().min(1).max(6000).default(300),
  })
  .refine(({ encryption, host }) => encryption !== 'none' || isThisMachine(host), {
    path: ['encryption'],
    error: 'a mail server elsewhere is spoken to with tls or starttls',
  })
  .refine(({ user, password }) => (user === undefined) === (password === undefined), {
    path: ['password'],
    error: 'user and password stand together',
  })
export type MailSettings = z.infer<typeof mailSettingsSchema>

const isThisMachine = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))

/** Reads settings out of a JSON text. Throws InputError, which repeats nothing of it: it holds a password. */
export function parseMailSettings(text: string): MailSettings {
  const refuse = (path: string, expected: string): InputError =>
    new InputError('Cannot read mail.json: it is not of the form of mail settings', {
      code: 'mail-settings.invalid',
      path,
      expected,
    })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw refuse('', 'JSON')
  }
  const { data, error } = mailSettingsSchema.safeParse(value)
  if (data !== undefined) return data
  const [issue] = error.issues
  throw refuse(`/${issue?.path.join('/') ?? ''}`, issue?.message ?? 'mail settings')
}
