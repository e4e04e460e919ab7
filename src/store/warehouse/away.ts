import { Fault } from '../../core/model/errors.ts'

/** Faults of a server that could not be reached, or whose answer was lost. */
const AWAY = new WeakSet<Error>()

/** A fault that says: the server is away, or its answer was lost, so that a write may have happened or not. */
export function awayFault(message: string, cause: unknown): Fault {
  const fault = new Fault(message, { cause })
  AWAY.add(fault)
  return fault
}

/** Whether an error, or a cause of it, is that the server of the warehouse is away. */
export function isWarehouseAway(error: unknown): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 8; cause = cause.cause, depth++)
    if (AWAY.has(cause)) return true
  return false
}

/** Gives what was asked, or something else where the server of the warehouse is away. */
export async function unlessAway<T, U>(asked: Promise<T>, otherwise: U): Promise<T | U> {
  try {
    return await asked
  } catch (error) {
    if (isWarehouseAway(error)) return otherwise
    throw error
  }
}
