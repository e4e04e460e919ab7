import type { FailureCode } from '../../core/model/measured/failure.ts'
import { alertCode } from '../classify-error.ts'
import type { QuicClose } from './binding.ts'

const CRYPTO_ERROR = 0x100
const CONNECTION_REFUSED = 0x02

/**
 * The word for a connection that was closed before it stood. Codes: RFC 9000 §20.1; 0x100 and more are TLS alerts.
 * A close without an error is the end of the conversation, any other close interrupts it. The close of a first
 * packet proves nothing of who sent it: everybody on the path can make one.
 */
export function closeCode(close: QuicClose): FailureCode {
  if (close.isApp) return 'connection_reset'
  const alert = close.errorCode - CRYPTO_ERROR
  if (alert >= 0 && alert < 256) return alertCode(alert, 'udp')
  if (close.errorCode === CONNECTION_REFUSED) return 'connection_refused'
  return close.errorCode === 0 ? 'eof_error' : 'connection_reset'
}

/** `QUIC close 0x128 (application)`: the number alone, the words of the peer are not repeated. */
export const closeDetail = (close: QuicClose, by: 'peer' | 'ourselves'): string =>
  `QUIC close 0x${close.errorCode.toString(16)}${close.isApp ? ' (application)' : ''}${by === 'ourselves' ? ' by ourselves' : ''}`
