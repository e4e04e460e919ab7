import { DAY_MS } from '../../src/core/model/duration.ts'

// Loaded before the program (node --import), makes the wall clock of the process off by KUAGER_LAB_CLOCK_DAYS days. The
// monotonic clock and the clock of certificates in OpenSSL stay as they are.
const SHIFT_MS = Number(process.env['KUAGER_LAB_CLOCK_DAYS'] ?? '0') * DAY_MS
const TrueDate = Date

globalThis.Date = new Proxy(TrueDate, {
  construct: (target, given: ConstructorParameters<typeof Date> | []) =>
    given.length === 0 ? new target(target.now() + SHIFT_MS) : new target(...given),
  get: (target, key, receiver): unknown =>
    key === 'now' ? () => target.now() + SHIFT_MS : Reflect.get(target, key, receiver),
})
