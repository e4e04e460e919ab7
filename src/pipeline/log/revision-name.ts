import { Fault } from '../../core/model/errors.ts'
import type { LoggedEntry } from './contract.ts'

/** Which revision of which incident an entry of the log holds. Throws Fault for another entry. */
export function nameOfRevision({ leafIndex, bytes }: Pick<LoggedEntry, 'leafIndex' | 'bytes'>): {
  readonly incident: string
  readonly revision: number
} {
  const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'))
  if (typeof value === 'object' && value !== null && 'id' in value && 'revision' in value) {
    const { id, revision } = value
    if (typeof id === 'string' && typeof revision === 'number') return { incident: id, revision }
  }
  throw new Fault(`Cannot read leaf ${leafIndex}: it is no revision of an incident`)
}
