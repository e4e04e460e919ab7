import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

/** One message as a mail server received it. */
export interface ReceivedMail {
  readonly to: readonly string[]
  readonly from: string
  /** Name with which the client greeted. */
  readonly greeted: string
  readonly secure: boolean
  readonly user: string | undefined
  /** Whole text of the message, headers first. */
  readonly raw: string
}

export interface MailServer extends AsyncDisposable {
  readonly port: number
  readonly received: readonly ReceivedMail[]
  /** Certificate that the server shows, PEM. */
  readonly ca: string
}

export interface MailServerOptions {
  readonly encryption?: 'tls' | 'starttls' | 'none'
  readonly auth?: { readonly user: string; readonly password: string }
  /** Answer to the n-th recipient, from 1: a status to refuse it with, or undefined. */
  readonly refuse?: (count: number) => number | undefined
  /** Called with the n-th message before it is taken; what it throws refuses, what it awaits delays. */
  readonly onData?: (count: number) => Promise<void>
  readonly server?: SMTPServerOptions
}

/** A real mail server on 127.0.0.1 that keeps what it receives. */
export async function openMailServer(options: MailServerOptions = {}): Promise<MailServer> {
  const { encryption = 'none', auth, refuse, onData } = options
  const { key, cert } = encryption === 'none' ? { key: '', cert: '' } : makeCertificate()
  const received: ReceivedMail[] = []
  let recipients = 0
  let messages = 0
  const server = new SMTPServer({
    secure: encryption === 'tls',
    ...(encryption === 'none' ? { hideSTARTTLS: true } : { key, cert }),
    authOptional: auth === undefined,
    ...(auth === undefined ? { disabledCommands: encryption === 'none' ? ['AUTH', 'STARTTLS'] : ['AUTH'] } : {}),
    onAuth({ username, password }, _session, then) {
      if (username === auth?.user && password === auth?.password) return then(null, { user: username })
      then(Object.assign(new Error('no such user'), { responseCode: 535 }))
    },
    onRcptTo(_address, _session, then) {
      const status = refuse?.(++recipients)
      then(status === undefined ? null : Object.assign(new Error('not taken'), { responseCode: status }))
    },
    onData(stream, session, then) {
      const parts: Buffer[] = []
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('end', () => {
        const taken = (onData?.(++messages) ?? Promise.resolve()).then(() => {
          const { rcptTo, mailFrom } = session.envelope
          received.push({
            to: rcptTo.map(({ address }) => address),
            from: mailFrom === false ? '' : mailFrom.address,
            greeted: session.hostNameAppearsAs,
            secure: session.secure,
            user: typeof session.user === 'string' ? session.user : undefined,
            raw: Buffer.concat(parts).toString('utf8'),
          })
        })
        taken.then(
          () => then(null),
          (error: unknown) => then(error instanceof Error ? error : new Error('refused')),
        )
      })
    },
    ...options.server,
  })
  server.on('error', () => undefined) // a client that went away, as some tests want it
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const { port } = server.server.address() as AddressInfo // it listens on a port
  return {
    port,
    received,
    ca: cert,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** Text of a message with its transfer encoding undone. */
export function textOfMail({ raw }: ReceivedMail): string {
  const [head = '', ...body] = raw.split('\r\n\r\n')
  const text = body.join('\r\n\r\n')
  if (!/^content-transfer-encoding: base64$/im.test(head)) return text
  return Buffer.from(text, 'base64').toString('utf8')
}

function makeCertificate(): { readonly key: string; readonly cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'kuager-mail-'))
  try {
    const [key, cert] = [join(folder, 'key'), join(folder, 'cert')]
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
    execFileSync('openssl', ['req', '-x509', ...kind, '-keyout', key, '-out', cert, ...subject], { stdio: 'pipe' })
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
