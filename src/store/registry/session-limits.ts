import { HOUR_MS } from '../../core/model/duration.ts'
import { Fault } from '../../core/model/errors.ts'

/** For how long a session of PostgreSQL may be silent, and a statement in it may take; milliseconds. */
export interface SessionLimits {
  /**
   * A session from which nothing comes for so long is ended by the server, with its locks: its machine is paused or cut
   * off. Shorter than the time after which another machine takes over (`SILENCE_MS` of lead.ts).
   */
  readonly silent: number
  /** How often a session without work shows the server that it is alive. */
  readonly pulse: number
  /** One statement about rows, as the server ends it. */
  readonly rows: number
  /** One statement about whole tables: their making, a new version of them, rewriting after an erasure. */
  readonly tables: number
  /** How long after the server's limit an answer is waited for: a silent network gives none. */
  readonly answer: number
}

export const SESSION_LIMITS: SessionLimits = {
  silent: 8000,
  pulse: 2500,
  rows: 15_000,
  tables: HOUR_MS,
  answer: 5000,
}

/** PostgreSQL's word for a setting that it does not know. */
const UNKNOWN_SETTING = '42704'

/**
 * Has the server end a session that is silent, between two statements and within a transaction, and a connection that is
 * no longer acknowledged, also during a statement. Settings of the server for all its clients are not needed then. On a
 * socket of the same machine those of TCP have no effect. Throws Fault where the server is older than version 14.
 */
export async function limitSession(
  client: { query(text: string): Promise<unknown> },
  limits: SessionLimits,
): Promise<void> {
  const { silent, rows } = limits
  const seconds = Math.max(1, Math.round(silent / 3000))
  const settings = {
    idle_session_timeout: silent,
    idle_in_transaction_session_timeout: silent,
    statement_timeout: rows,
    client_connection_check_interval: silent,
    tcp_user_timeout: silent,
    tcp_keepalives_idle: seconds,
    tcp_keepalives_interval: seconds,
    tcp_keepalives_count: 2,
  }
  try {
    await client.query(
      Object.entries(settings)
        .map(([name, value]) => `SET ${name} = ${value}`)
        .join('; '),
    )
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === UNKNOWN_SETTING)
      throw new Fault('Cannot use PostgreSQL: it is older than version 14', { cause })
    throw cause
  }
}
